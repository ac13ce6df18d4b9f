-- The review of each vacancy, who is in it, and what the hiring manager decided.

create table round (
    vacancy text primary key,
    version int not null,               -- of the timetable below; the highest seen stands
    opens_at timestamptz not null,
    latest_on date not null,
    opened_at timestamptz,
    completed_at timestamptz,
    overdue_at timestamptz,             -- when we said that it is late
    check (completed_at >= opened_at)
);

create table candidate (
    application text primary key,
    vacancy text not null,              -- no foreign key: stages may come before the timetable
    sequence int not null,              -- of the stage below; the highest seen stands
    stage text not null,
    is_counted boolean not null default false  -- eligible when the review opened
);

create index candidate_by_vacancy on candidate (vacancy);

-- Every decision that was accepted; the one with the latest reviewed_at stands.
create table decision (
    application text not null references candidate,
    reviewed_at timestamptz not null,
    reviewer text not null,
    decision text not null check (decision in ('invite', 'decline')),
    scores jsonb not null,
    rationale text not null,
    primary key (application, reviewed_at)
);

comment on column decision.reviewer is 'personal data: who decided';
comment on column decision.scores is 'personal data: how somebody was scored';
comment on column decision.rationale is 'personal data: free text about somebody; never in events';

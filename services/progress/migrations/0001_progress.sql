-- Where every application stands, and the facts from which that follows. No personal data.

create table vacancy (
    vacancy text primary key,
    is_closed boolean not null default false,
    is_review_opened boolean not null default false,
    is_review_completed boolean not null default false
);

-- A row appears with the first fact, whatever it is; the vacancy (no foreign key: locked by
-- storage, in order) is known once the application is accepted or refused.
create table application (
    application text primary key,
    vacancy text,
    is_accepted boolean not null default false,
    is_refused boolean not null default false,
    is_withdrawn boolean not null default false,
    eligibility text,
    eligibility_checked_at timestamptz,
    documents_version int not null default 0,   -- the highest that was accepted
    documents text,                             -- the verdict on the highest that was checked
    documents_checked_version int,
    complete_version int not null default 0,    -- the highest that was found complete
    decision text,
    reviewed_at timestamptz,
    booked_sequence int,
    cancelled_sequence int,
    stage text,                                 -- as announced last
    sequence int not null default 0,            -- how many stages were announced
    check ((eligibility is null) = (eligibility_checked_at is null)),
    check ((documents is null) = (documents_checked_version is null)),
    check ((decision is null) = (reviewed_at is null)),
    check ((stage is null) = (sequence = 0))
) with (fillfactor = 70);                       -- every row is updated several times

create index application_by_vacancy on application (vacancy);

create table stage_change (
    application text not null references application,
    sequence int not null,
    stage text not null,
    at timestamptz not null,
    primary key (application, sequence)
);

-- What people decide about applications. All of it is kept, with its moment and its reason (F2);
-- what stands is computed from all of it, so the order in which it arrives makes no difference.

-- A person may find somebody not eligible without being able to say from when they would be.
alter table verdict
    drop constraint verdict_check1,
    add check ((outcome = 'rejected') = (eligible_from is not null) or basis = 'referral');

create table answer (
    application text not null,
    asked_at timestamptz not null,              -- of the verdict that the person saw
    answer text not null check (answer in ('eligible', 'not_eligible')),
    answered_by text not null,
    decided_at timestamptz not null,
    rationale text not null,
    primary key (application, asked_at, decided_at, answered_by, answer)
);

comment on table answer is 'answers to referred verdicts; the first to each stands';
comment on column answer.answered_by is 'personal data: who decided';
comment on column answer.rationale is 'personal data: free text about a candidate, which the candidate is told';

-- A person's consideration of a conviction; nothing follows from it by itself (K1).
alter table consideration
    add column considered_by text,
    add column considered_at timestamptz,
    add column rationale text,
    add check ((considered_by is null) = (considered_at is null)),
    add check ((rationale is null) = (considered_at is null));

comment on column consideration.rationale is 'personal data about criminal offences: free text, shown to nobody who selects';
comment on column consideration.considered_by is 'personal data: who considered it';

create table challenge (
    application text not null,
    challenged_at timestamptz not null,
    number int not null check (number >= 1),    -- of this application's challenges, by arrival
    vacancy text not null,
    grounds text not null,
    is_late boolean not null,
    decide_by date not null,
    received_at timestamptz not null,
    overdue_at timestamptz,                     -- when we said that nobody had decided in time
    primary key (application, challenged_at),
    unique (application, number)
);

comment on table challenge is 'what candidates say against a rejection (E20); each waits for a person';
comment on column challenge.grounds is 'personal data: free text by the candidate';

create table challenge_decision (
    application text not null,
    challenged_at timestamptz not null,
    outcome text not null check (outcome in ('upheld', 'dismissed')),
    decided_by text not null,
    decided_at timestamptz not null,
    rationale text not null,
    primary key (application, challenged_at, decided_at, decided_by, outcome),
    foreign key (application, challenged_at) references challenge
);

comment on table challenge_decision is 'how people decided challenges; the first decision on each stands';
comment on column challenge_decision.decided_by is 'personal data: who decided';
comment on column challenge_decision.rationale is 'personal data: free text about a candidate, which the candidate is told';

-- Whose vacancy it is, and what its advert prints as required, as published last.
create table vacancy (
    vacancy text primary key,
    employer text not null,
    criteria jsonb not null,
    published_at timestamptz not null
);

-- What people found about printed requirements. Recorded and shown; it gates nothing (K6 to K10).
create table criterion_judgement (
    application text not null,
    criterion text not null,
    part text not null default '',              -- of a requirement with several facts in it (K9)
    finding text not null check (finding in ('met', 'not_met', 'unclear')),
    found_in text not null,
    is_equivalent boolean not null,             -- accepted as equivalent; the rationale is the note
    current_on date,
    judged_by text not null,
    decided_at timestamptz not null,
    rationale text not null,
    primary key (application, criterion, part, decided_at, judged_by)
);

comment on table criterion_judgement is 'of several about the same, the one decided last stands';
comment on column criterion_judgement.found_in is 'personal data: where in the application';
comment on column criterion_judgement.judged_by is 'personal data: who decided';
comment on column criterion_judgement.rationale is 'personal data: free text about a candidate';

-- Lent to notifications: whether a person rejected, and how a challenge stands.
create or replace view explanations as
select application, outcome, reasons, working, eligible_from, submitted_on,
    basis in ('referral', 'challenge') as is_by_person
from verdict;

create view challenges as
select application, number, challenged_at, decide_by, is_late, decision.rationale as reason
from challenge left join lateral (
    select rationale from challenge_decision
    where challenge_decision.application = challenge.application
      and challenge_decision.challenged_at = challenge.challenged_at
    order by decided_at, decided_by, outcome desc limit 1
) as decision on true;

grant select on challenges to muster_notifications;

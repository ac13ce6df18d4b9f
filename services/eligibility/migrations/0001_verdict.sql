-- One verdict per application, with everything needed to reach it again (E6).
create table verdict (
    application text primary key,
    vacancy text not null,
    outcome text not null check (outcome in ('eligible', 'referred', 'rejected')),
    reasons text[] not null,
    working text not null,
    submitted_on date not null,
    eligible_from date,
    rules_version text not null,
    policy jsonb,
    facts jsonb not null,
    checked_at timestamptz not null,
    check ((outcome = 'eligible') = (reasons = '{}')),
    check ((outcome = 'rejected') = (eligible_from is not null)),
    check (eligible_from > submitted_on)
);

comment on table verdict is 'what the early-departure rule says about each application';
comment on column verdict.working is 'personal data: the declared dates and terms of leaving, in words';
comment on column verdict.facts is 'personal data: application.accepted.v1 as judged, with the declaration';
comment on column verdict.policy is 'the readings that the employer had chosen; null: no such rule';

-- A person considers a declared conviction; the text itself stays in intake (K1, K3).
create table consideration (
    application text primary key,
    vacancy text not null,
    declared text not null check (declared in ('yes', 'unsure', 'unanswered')),
    opened_at timestamptz not null
);

comment on column consideration.declared is 'personal data about criminal offences: the answer, never the text';

-- Lent to notifications, which tells the candidate how the verdict was reached.
create view explanations as
select application, outcome, reasons, working, eligible_from, submitted_on from verdict;

grant usage on schema eligibility to muster_notifications;
grant select on explanations to muster_notifications;

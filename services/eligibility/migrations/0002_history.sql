-- A verdict may be reached again: from a corrected declaration (E21), or by a person who resolves a
-- referral or decides a challenge (E20). `verdict` holds the one that stands, so that whoever reads
-- it needs to know of no other; those it superseded lie in `earlier_verdict`, in order of `number`.
alter table verdict
    add column number int not null default 1 check (number >= 1),
    add column basis text not null default 'declaration'
        check (basis in ('declaration', 'correction', 'referral', 'challenge')),
    add column decided_at timestamptz,
    add check ((basis = 'declaration') = (decided_at is null));

comment on column verdict.number is 'counts the verdicts that have stood, from 1';
comment on column verdict.basis is 'what it follows from; all but the declaration are acts of a person';
comment on column verdict.decided_at is 'when that person decided; of two verdicts the later stands, whichever came first';

create table earlier_verdict (
    application text not null,
    vacancy text not null,
    outcome text not null,
    reasons text[] not null,
    working text not null,
    submitted_on date not null,
    eligible_from date,
    rules_version text not null,
    policy jsonb,
    facts jsonb not null,
    checked_at timestamptz not null,
    number int not null,
    basis text not null,
    decided_at timestamptz,
    superseded_at timestamptz not null,
    primary key (application, number)
);

comment on table earlier_verdict is 'verdicts that no longer stand, as they stood';
comment on column earlier_verdict.working is 'personal data: the declared dates and terms of leaving, in words';
comment on column earlier_verdict.facts is 'personal data: the declaration as it was judged then';

-- What people corrected. Folded in order of `decided_at` (and id), whatever order it came in.
create table correction (
    id uuid primary key,                        -- of declaration.corrected.v1
    application text not null,
    departure int not null check (departure >= 1),
    corrected jsonb not null,
    corrected_by text not null,
    decided_at timestamptz not null,
    rationale text not null
);

create index correction_by_application on correction (application);

comment on column correction.corrected is 'personal data: how and when somebody left';
comment on column correction.rationale is 'personal data: free text about a candidate';

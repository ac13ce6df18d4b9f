-- What the documents worker decided, and what it saw. Neither names nor text of anybody.

create table verdict (
    application text not null,
    documents_version int not null,
    vacancy text not null,
    outcome text not null check (outcome in ('complete', 'faulty', 'unclear')),
    findings jsonb not null,
    checked_at timestamptz not null,
    primary key (application, documents_version)
);

comment on column verdict.findings is 'codes of FindingCode, each with the document''s position';

create table inspection (
    application text not null,
    documents_version int not null,
    position int not null,
    sha256 text not null,
    label text not null,
    kind text not null,
    problem text,
    detail text not null,
    primary key (application, documents_version, position),
    foreign key (application, documents_version) references verdict on delete cascade
);

comment on column inspection.sha256 is 'personal data: tells whose document a file is';
comment on column inspection.label is 'what the document is taken for; unlabelled is unclear';
comment on column inspection.detail is 'one fixed word on how the problem was seen';

-- Lent to notifications, which tells the candidate what to put right.
create view findings as
select application, documents_version, finding ->> 'code' as code,
    (finding ->> 'document')::int as document
from verdict, jsonb_array_elements(findings) as finding;

grant usage on schema documents to muster_notifications;
grant select on findings to muster_notifications;

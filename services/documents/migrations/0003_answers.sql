-- What people answered about documents that no machine could judge: the first of each answer.
create table answer (
    application text not null,
    documents_version int not null,
    answer text not null check (answer in ('accept', 'return')),
    answered_by text not null,
    decided_at timestamptz not null,
    rationale text not null,
    primary key (application, documents_version, answer),
    foreign key (application, documents_version) references verdict on delete cascade
);

comment on column answer.answered_by is 'personal data: who decided';
comment on column answer.rationale is 'personal data: free text about a candidate''s documents';

-- A person's answer stands over the machine's verdict, in whatever order the two are heard.
alter table application
    add column eligibility_revision int not null default 0,
    add column documents_by_person boolean not null default false,
    add column documents_revision int not null default 0;

comment on column application.eligibility_revision is 'of the eligibility verdict; the highest heard stands';
comment on column application.documents_by_person is 'whether a person judged the version; that stands over an inspection';
comment on column application.documents_revision is 'of the verdict on the version; the highest heard stands';

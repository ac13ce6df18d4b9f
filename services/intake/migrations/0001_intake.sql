-- What candidates sent. The only place where their contact details and file names are kept.

create table vacancy (
    vacancy text primary key,
    version int not null,               -- of the timetable; the highest seen stands
    employer text not null,
    role_type text not null,
    engagement text not null,
    posted_on date,
    last_accepted_at timestamptz not null
);

-- Every submission that was judged, accepted or (see refusal) not. The reference is the natural
-- key: the first content under it stands.
create table application (
    application text primary key,
    vacancy text not null references vacancy,
    submitted_at timestamptz not null,
    received_at timestamptz not null,
    content_sha256 text not null,
    name text not null,
    email text not null,
    phone text,
    form jsonb not null
);

comment on column application.name is 'personal data: who applies';
comment on column application.email is 'personal data: where letters go';
comment on column application.phone is 'personal data';
comment on column application.form is
    'personal data: declarations about service and convictions, wishes for adjustments';

create table refusal (
    application text primary key references application,
    reason text not null check (reason in ('submitted_after_closing')),
    last_accepted_at timestamptz not null
);

-- Other content under a known reference: kept for a person, applied to nothing.
create table conflict (
    application text not null references application,
    content_sha256 text not null,
    received_at timestamptz not null,
    body json not null,                 -- json, not jsonb, which refuses NUL in a file name
    primary key (application, content_sha256)
);

comment on column conflict.body is 'personal data: a whole submission';

-- Every version of an application's documents, numbered by arrival. Of those not set aside, the
-- one sent last counts.
create table document_set (
    application text not null references application,
    documents_version int not null check (documents_version >= 1),
    replaced_at timestamptz not null,   -- when the candidate sent it
    received_at timestamptz not null,
    content_sha256 text not null,
    set_aside_because text check (set_aside_because in
        ('application_refused', 'replaced_after_closing', 'older_than_current')),
    primary key (application, documents_version),
    unique (application, replaced_at)
);

create table document (
    application text not null,
    documents_version int not null,
    position int not null,              -- from 0, in the submitted order
    key text not null,                  -- in the object store
    sha256 text not null,
    size bigint not null,
    role text not null,
    name text not null,
    primary key (application, documents_version, position),
    foreign key (application, documents_version) references document_set
);

comment on column document.name is 'personal data: a file name as uploaded';

-- Lent views. Refused people are in `contact`, because they get a letter; their files, and files
-- set aside, are lent to nobody.

create view contact as
select application, vacancy, name, email, submitted_at, received_at
from application;

create view files as
select application, documents_version, position, key, sha256, size, role, name
from document
join document_set using (application, documents_version)
where set_aside_because is null
  and not exists (select from refusal where refusal.application = document.application);

create view received_files as
select application, documents_version, position, name, size, sha256
from files;

grant usage on schema intake to muster_notifications, muster_documents;
grant select on contact, received_files to muster_notifications;
grant select on files to muster_documents;

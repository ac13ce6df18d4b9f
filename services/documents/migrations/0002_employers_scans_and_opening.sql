-- By whose terms documents are judged, what the virus scanner said, and what may be opened.

-- Only the acceptance of an application says who the employer is; later documents do not.
create table application (
    application text primary key,
    employer text not null
);

insert into application (application, employer)
select subject, convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'employer'
from messaging.history
where type = 'application.accepted.v1'
on conflict do nothing;

alter table verdict add column terms jsonb;

comment on column verdict.terms is
    'the employer''s settings by which this was judged; null if that was before they were kept';

alter table inspection
    add column scan text not null default 'off'
        check (scan in ('off', 'clean', 'infected', 'not_scanned', 'unread')),
    add column may_be_opened boolean not null default false;

update inspection set may_be_opened = true where problem is null or problem = 'no_text';

comment on column inspection.scan is
    'what the virus scanner said; off: there is none; unread: the document was not read at all';
comment on column inspection.may_be_opened is
    'false for whatever was not scanned although there is a scanner, or is not safe to open';

-- Lent to review, which shows documents to the hiring manager: no document that is not in here.
create view openable as
select application, documents_version, position, label, sha256
from inspection
where may_be_opened;

grant usage on schema documents to muster_review;
grant select on openable to muster_review;

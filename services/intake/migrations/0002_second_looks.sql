-- Withdrawals, first arrivals, what a conflict differs in, and applications that look alike.

-- Hashes by which applications of one person may be found (services/intake/sameness.py).
alter table application
    add column judged_at timestamptz,       -- when the verdict that stands was reached
    add column email_mark bytea,
    add column person_mark bytea;

comment on column application.email_mark is 'personal data: hash of the folded e-mail address';
comment on column application.person_mark is
    'personal data: hash of the folded name and telephone number; null without a number';

-- Applications from before: folded as far as SQL can.
update application set
    judged_at = received_at,
    email_mark = sha256(convert_to(lower(email), 'UTF8')),
    person_mark = case when length(regexp_replace(phone, '\D', '', 'g')) >= 7 then
        sha256(convert_to(
            lower(regexp_replace(name, '\s+', ' ', 'g')) || chr(10)
                || right(regexp_replace(phone, '\D', '', 'g'), 10),
            'UTF8'
        ))
    end;

alter table application
    alter column judged_at set not null,
    alter column email_mark set not null;

create index application_by_email on application (email_mark, application);
create index application_by_person on application (person_mark, application)
    where person_mark is not null;

-- Since when we have a submission that could not be judged yet, by its content. It decides
-- whether a submission "arrived after close" (C3); gone once the submission is recorded.
create table arrival (
    application text not null,
    content_sha256 text not null,
    received_at timestamptz not null,
    primary key (application, content_sha256)
);

create table withdrawal (
    application text primary key references application,
    withdrawn_at timestamptz not null,      -- the earliest, if there are several
    received_at timestamptz not null
);

alter table conflict add column differs_in text[];      -- names of fields, never what they say

-- A version that comes to count after all must have the highest number of those that count.
alter table document
    drop constraint document_application_documents_version_fkey,
    add foreign key (application, documents_version) references document_set on update cascade;

alter table document_set
    drop constraint document_set_set_aside_because_check,
    add check (set_aside_because in ('application_refused', 'application_withdrawn',
        'replaced_after_closing', 'older_than_current'));

create index document_set_aside on document_set (application)
    where set_aside_because is not null;

-- Who may be the same person, in both directions: a suggestion, never a merging. Computed when it
-- is asked for, so that none is missed or outlives its application; at most 20 of each kind for
-- one application, because a shared mailbox may have ten thousand.
create view likeness as
select application.application, alike.other, alike.reasons
from application
cross join lateral (
    select other, array_agg(reason order by reason) as reasons
    from (
        (
            select o.application as other, 'same_email' as reason
            from application o
            where o.email_mark = application.email_mark
              and o.application <> application.application
            order by o.application limit 20
        )
        union all
        (
            select o.application, 'same_name_and_phone'
            from application o
            where o.person_mark = application.person_mark
              and o.application <> application.application
            order by o.application limit 20
        )
    ) as found
    group by other
) as alike;

grant usage on schema intake to muster_eligibility;
grant select on likeness to muster_eligibility;

-- Of the versions of the documents that sent last counts, whichever was heard of last (D8). So
-- everything about each version is kept; the three columns beside it say in short what follows.
alter table application
    add column versions jsonb not null default '[]',
    add column complete_version int;    -- the last of those complete

-- Of what was heard before this, the history knows when it was sent. Should it not, the number
-- tells the order, as it did until now.
with heard as (
    select application, number
    from application, lateral (
        select generate_series(1, documents_version)
        union select documents_checked_version union select unnest(complete_versions || set_aside)
    ) as known (number)
    where number >= 1
), told as (
    select subject as application,
        coalesce((data ->> 'documents_version')::int, 1) as number,
        max(coalesce(data ->> 'replaced_at', data ->> 'submitted_at')::timestamptz) as sent_at
    from messaging.history,
        lateral (select convert_from(body, 'UTF8')::jsonb -> 'data' as data) as said
    where type in ('application.accepted.v1', 'application.documents_accepted.v1')
    group by 1, 2
), version as (
    select a.application, number, a.set_aside @> array[number] as is_set_aside,
        case when number <= documents_version then
            coalesce(sent_at, timestamptz '1970-01-01 00:00Z' + number * interval '1 second')
        end as sent_at,
        case
            when number = documents_checked_version then documents
            when complete_versions @> array[number] then 'complete'
        end as outcome,
        documents_by_person and number = documents_checked_version as is_by_person,
        case number when documents_checked_version then documents_revision else 0 end as revision
    from application a join heard using (application) left join told using (application, number)
), known as (
    select application,
        jsonb_agg(
            jsonb_build_object(
                'number', number, 'sent_at', sent_at, 'outcome', outcome,
                'is_by_person', coalesce(is_by_person, false), 'revision', revision,
                'is_set_aside', is_set_aside
            )
            order by number
        ) as versions,
        max(number) filter (where outcome = 'complete' and not is_set_aside) as complete_version
    from version group by application
)
update application a
set versions = known.versions, complete_version = known.complete_version
from known where known.application = a.application;

-- They go now and not with the next release: what an old worker still wrote into them no new one
-- would read. It fails instead, and its messages wait.
alter table application
    drop column documents_checked_version, drop column documents_by_person,
    drop column documents_revision, drop column complete_versions, drop column set_aside;

update application set documents = (
    select version ->> 'outcome' from jsonb_array_elements(versions) as version
    where (version ->> 'number')::int = documents_version
);

comment on column application.versions is 'every version of the documents: when it was sent, what was found';
comment on column application.documents_version is 'the one sent last of those that count; 0: none yet';
comment on column application.documents is 'what was found in that one, if it was judged';

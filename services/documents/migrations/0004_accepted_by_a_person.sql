-- What a person has accepted is no fault any more: no letter names it (C5, D4, D5).
create or replace view findings as
select application, documents_version, finding ->> 'code' as code,
    (finding ->> 'document')::int as document
from verdict, jsonb_array_elements(findings) as finding
where not exists (
    select from answer
    where answer.application = verdict.application
      and answer.documents_version = verdict.documents_version
      and answer.answer = 'accept'
);

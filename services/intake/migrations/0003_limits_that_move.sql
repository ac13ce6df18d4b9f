-- A closing that moves: whom it concerns is found by the vacancy, and it may move back.

create index application_by_vacancy on application (vacancy);

alter table refusal add column was_accepted boolean not null default false;

comment on column refusal.was_accepted is
    'accepted by an earlier timetable: its files had been lent, and stay so while others read them';

create or replace view files as
select application, documents_version, position, key, sha256, size, role, name
from document
join document_set using (application, documents_version)
where set_aside_because is null
  and not exists (
      select from refusal
      where refusal.application = document.application and not refusal.was_accepted
  );

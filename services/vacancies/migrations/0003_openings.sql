-- Whether applications were ever said to be welcome: never for what was heard of after its closing.
alter table vacancy add column is_opened boolean not null default false;

update vacancy set is_opened =
    exists (
        select from messaging.history h
        where h.type = 'vacancy.opened.v1' and h.subject = vacancy.vacancy
    )
    or exists (select from outbox where key = 'vacancy.opened.v1 ' || vacancy.vacancy);

comment on column vacancy.is_opened is 'whether its opening was announced, or planned for the day of posting';

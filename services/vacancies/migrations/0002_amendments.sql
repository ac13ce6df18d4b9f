-- What the careers site changed after publication, and what the announced timetable rests on.
alter table vacancy
    add column version int not null default 1,
    add column grace_seconds int not null default 0;

update vacancy set grace_seconds = coalesce((published ->> 'grace_seconds')::int, 0);
-- A vacancy that said nothing was written down as saying 0; the same advert again must equal it.
update vacancy set published = published - 'grace_seconds' where grace_seconds = 0;

comment on column vacancy.version is 'of the timetable beside it, as announced; one more for each amendment or replanning';
comment on column vacancy.grace_seconds is 'the vacancy''s own, else the employer''s on the day of publication; it never changes';

-- Each amendment as received; together with what was published, in order of amended_at, they make
-- the advert as it now stands.
create table amendment (
    vacancy text not null references vacancy,
    amended_at timestamptz not null,
    amended jsonb not null,
    primary key (vacancy, amended_at)
);

-- A closing that was announced holds only while the timetable does not close later (C7).
alter table vacancy
    add column closed_at timestamptz,           -- the latest closing announced
    add column timetable_version int not null default 0,  -- the highest heard of
    add column last_accepted_at timestamptz;    -- by that timetable

update vacancy set closed_at = coalesce(
    (
        select max((convert_from(body, 'UTF8')::jsonb #>> '{data,closed_at}')::timestamptz)
        from messaging.history where type = 'vacancy.closed.v1' and subject = vacancy.vacancy
    ),
    now()
) where is_closed;

alter table vacancy drop column is_closed;

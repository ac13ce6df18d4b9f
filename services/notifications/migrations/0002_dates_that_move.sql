-- Every timetable that a letter may have told, so that the next letter can name what has changed.
create table timetable (
    vacancy text not null references vacancy,
    version int not null,
    timetable text not null,
    primary key (vacancy, version)
);
insert into timetable select vacancy, version, timetable from vacancy;
alter table vacancy drop column timetable;

-- The version that a message tells, known once a sender has claimed it.
alter table message add column timetable_version int;
update message set timetable_version = vacancy.version
from vacancy where vacancy.vacancy = message.vacancy and state in ('sending', 'sent', 'unknown');

-- Everybody who was, or will be, told dates of a vacancy.
create index message_acknowledgement on message (vacancy) where kind = 'acknowledgement';

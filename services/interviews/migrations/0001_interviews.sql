-- Who is interviewed when. The database itself refuses a slot to two people (G13).

create extension if not exists btree_gist with schema public;

-- How an employer's interview days are cut: settings, to be changed here and not in code.
create table diary (
    employer text primary key,
    day_starts time not null default '09:00',           -- London
    day_ends time not null default '17:00',
    interview_minutes int not null default 45 check (interview_minutes > 0),
    gap_minutes int not null default 15 check (gap_minutes >= 0),
    notice_working_days int not null default 5 check (notice_working_days >= 0),
    horizon_working_days int not null default 20 check (horizon_working_days > 0),
    check (day_starts < day_ends)
);

insert into diary (employer) values ('met'), ('kent_essex');

create table vacancy (
    vacancy text primary key,
    version int not null,               -- of the timetable; the highest seen stands
    employer text not null references diary,
    location text not null,
    min_weeks int not null,
    max_weeks int not null,
    review_completed_at timestamptz
);

-- The latest stage seen of each application, so that an older one that comes late is known as such.
create table candidate (
    application text primary key,
    sequence int not null
);

-- One row per application: its interview as it now is. `sequence` is the calendar entry's.
create table appointment (
    application text primary key references candidate,
    vacancy text not null references vacancy,
    during tstzrange not null check (not isempty(during)),
    location text not null,
    sequence int not null,
    state text not null check (state in ('booked', 'cancelled')),
    constraint one_person_per_slot
        exclude using gist (vacancy with =, during with &&) where (state = 'booked')
);

create view appointments as
select application, vacancy, lower(during) as starts_at, upper(during) as ends_at, location,
    sequence, state
from appointment;

grant usage on schema interviews to muster_notifications;
grant select on interviews.appointments to muster_notifications;

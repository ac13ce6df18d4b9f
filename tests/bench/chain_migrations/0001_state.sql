-- What a hop decided of each application; a second effect would show in the version.

create table state (
    application text primary key,
    vacancy text not null,
    outcome text not null,
    version int not null default 1
) with (fillfactor = 70);

-- Where a run of the simulator is, so that it goes on after a kill.

create table run (
    only_row boolean primary key default true check (only_row),
    seed bigint not null,
    applications int not null,
    virtual_now timestamptz not null    -- the last instant that the clock was moved to
);

-- Entries of the script that the broker has confirmed completely.
create table published_entry (
    name text primary key
);

-- Every message sent to the pipeline, written before it is published.
create table sent (
    position bigint generated always as identity primary key,
    id uuid not null,
    sha256 bytea not null,
    type text not null,
    unique (id, sha256)
);

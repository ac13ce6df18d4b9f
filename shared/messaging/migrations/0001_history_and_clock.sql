-- The append-only record of everything announced, and the clock's offset (zero in production).

create schema messaging;
revoke all on schema messaging from public;

create table messaging.history (
    position bigint generated always as identity primary key,
    -- Sequences commit out of order: a reader takes only rows whose transaction lies before
    -- pg_snapshot_xmin(pg_current_snapshot()), ordered by (xid, position), and misses none.
    xid xid8 not null default pg_current_xact_id(),
    id uuid not null unique,
    type text not null,
    subject text not null,
    cause uuid,
    recorded_at timestamptz not null default now(),
    body bytea not null
);

create index history_by_subject on messaging.history (subject, position);
create index history_by_commit on messaging.history (xid, position);

create table messaging.clock (
    only_row boolean primary key default true check (only_row),
    clock_offset interval not null default interval '0'
);

insert into messaging.clock default values;

create function messaging.virtual_now() returns timestamptz
language sql stable as $$ select now() + clock_offset from messaging.clock $$;

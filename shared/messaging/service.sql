-- What every service owns in its own schema, under that schema's search_path.

-- Ids of messages whose effects are committed. Never dropped by age: an old message that is
-- replayed must still be known.
create table inbox (
    id uuid primary key,
    sha256 bytea not null,
    subject text not null,
    received_at timestamptz not null default now()
);

-- Ids of announced events that the broker has not confirmed yet (the body is in history), and
-- timers, which carry their body until they fire.
create table outbox (
    id uuid primary key,
    type text not null,
    created_at timestamptz not null default now(),
    leased_until timestamptz,
    due_at timestamptz,
    key text unique,
    body bytea,
    check ((due_at is null) = (body is null)),
    check ((due_at is null) = (key is null))
) with (fillfactor = 70);

create index outbox_due on outbox (due_at) where due_at is not null;

-- The one waiting room: to retry, to park until a parent has come, to quarantine.
create table held (
    number bigint generated always as identity unique,
    message text not null,              -- message id, or the hash of the body where it has none
    sha256 bytea not null,
    status text not null check (status in ('retrying', 'parked', 'quarantined')),
    routing_key text not null,
    body bytea not null,
    reason text not null,
    detail text not null,
    first_error text not null,
    attempts int not null default 0,
    waiting_for text,
    due_at timestamptz,
    leased_until timestamptz,
    first_held_at timestamptz not null default now(),
    last_held_at timestamptz not null default now(),
    primary key (message, sha256)
);

create index held_due on held (due_at) where due_at is not null;
create index held_waiting on held (waiting_for) where waiting_for is not null;

-- Redelivered messages, which may be what killed their worker; gone once handled.
create table suspect (
    message text primary key,
    group_attempts int not null default 0,
    lone_attempts int not null default 0,
    first_seen_at timestamptz not null default now()
);

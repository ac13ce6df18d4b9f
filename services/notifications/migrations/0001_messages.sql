-- What candidates are told, each message at most once, and the few facts that decides it.

-- The timetable as announced: what every letter says about the vacancy.
create table vacancy (
    vacancy text primary key,
    version int not null,
    timetable text not null
);

-- The latest stage heard of; stage changes may arrive in any order.
create table standing (
    application text primary key,
    last_sequence int not null default 0,
    stage text
);

create table message (
    number bigint generated always as identity,
    application text not null,
    vacancy text not null references vacancy,
    kind text not null,
    version int not null check (version >= 1),
    state text not null default 'queued' check (
        state in (
            'queued',       -- to be sent
            'sending',      -- claimed by a sender, which may or may not have sent it
            'sent',         -- the mail server accepted it
            'refused',      -- certainly not sent, and not tried again by itself
            'unknown',      -- perhaps sent: for a person, never sent again blindly
            'overtaken'     -- no longer true when its turn came; not sent
        )
    ),
    attempts int not null default 0,
    detail text,                                -- a reply code, never the server's words
    planned_at timestamptz not null,
    send_after timestamptz not null,
    sent_at timestamptz,
    -- Leases and back-off follow the server's own clock, which no virtual jump moves.
    first_queued_at timestamptz not null default now(),
    claimed_at timestamptz,
    retry_at timestamptz,
    -- The interview a booking or a cancellation is about.
    starts_at timestamptz,
    ends_at timestamptz,
    location text,
    primary key (application, kind, version)
);

create index message_queued on message (send_after, number) where state = 'queued';
create index message_sending on message (claimed_at) where state = 'sending';

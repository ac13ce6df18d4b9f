-- One row per published vacancy: the advert as it came, and the timetable computed from it.
create table vacancy (
    vacancy text primary key,
    published jsonb not null,
    closes_at timestamptz not null,
    last_accepted_at timestamptz not null check (last_accepted_at >= closes_at),
    review_promised_on date not null,
    review_opens_at timestamptz not null,
    review_latest_on date not null check (review_latest_on >= review_promised_on),
    interviews_promised_on date not null,
    interviews_latest_on date not null check (interviews_latest_on >= interviews_promised_on),
    timetabled_at timestamptz not null,
    closed_at timestamptz,
    closing_noticed_at timestamptz,
    check ((closed_at is null) = (closing_noticed_at is null))
);

comment on column vacancy.published is 'vacancy.published.v1 as received, to tell a repetition from a change';
comment on column vacancy.review_promised_on is 'the London date printed; the work begins at review_opens_at, on a working day (W10)';
comment on column vacancy.closed_at is 'last_accepted_at of the timetable, however late it was noticed (C6)';

-- How often a document of a version was looked for and not found (G17): counted are looks, not time,
-- which passes as well while the store is away or nobody looks. `since` is what workers of the last
-- release go by; it goes with a later one.
alter table missing add column looks int not null default 1;

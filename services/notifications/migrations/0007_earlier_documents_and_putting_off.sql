-- The version of the documents that counts at the latest stage: a letter says if it is an earlier
-- one (D8).
alter table standing add column documents_version int;

-- Since when the mail server has put a message off; until now days were counted that it waited here.
alter table message drop column first_queued_at, add column first_put_off_at timestamptz;

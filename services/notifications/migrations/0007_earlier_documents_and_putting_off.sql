-- The version of the documents that counts at the latest stage: a letter says if it is an earlier
-- one (D8).
alter table standing add column documents_version int;

-- Since when the mail server has put a message off; senders of the release before still count the
-- days that it waited here, by `first_queued_at`, which goes in a later release.
alter table message add column first_put_off_at timestamptz;

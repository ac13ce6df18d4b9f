-- News for everybody of a vacancy overtakes what still waits there of an earlier one: found without
-- walking through all that waits for others.
create index message_queued_of_vacancy on message (vacancy, kind) where state = 'queued';

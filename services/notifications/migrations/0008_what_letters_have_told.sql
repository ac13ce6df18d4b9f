-- What only its sender knows of a letter: the version of the documents of which it tells faults
-- (D8), and whether a correction takes a rejection back (E21); null also of what older senders sent.
alter table message add column faults_of int, add column is_way_back boolean;

-- Which versions of the documents were complete, and which count no longer: a complete one that was
-- sent after a closing that has moved earlier must not be taken for the last complete one (D8).
alter table application
    add column complete_versions int[] not null default '{}',   -- all that were found complete
    add column set_aside int[] not null default '{}';           -- all that count no longer

update application set complete_versions = array[complete_version] where complete_version > 0;

alter table application drop column complete_version;

-- By which timetable an application was accepted or refused: the verdict by the newest stands (C7).
alter table application
    add column accepted_by int,     -- the highest version of those timetables; 0: not told
    add column refused_by int;

update application set
    accepted_by = case when is_accepted then 0 end,
    refused_by = case when is_refused then 0 end;

alter table application drop column is_accepted, drop column is_refused;

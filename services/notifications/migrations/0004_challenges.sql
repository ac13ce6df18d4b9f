-- Lent to eligibility: a challenge is late by the day on which its candidate was told (E20).
create view rejection_letters as
select application, kind, sent_at from message
where kind in ('not_eligible', 'submitted_late') and state = 'sent';

grant usage on schema notifications to muster_eligibility;
grant select on rejection_letters to muster_eligibility;

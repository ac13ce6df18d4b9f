-- Lent to eligibility: which vacancy an application is for, also one that was refused as late and
-- so never judged; a challenge of it that names another is held (E20).
create or replace view rejection_letters as
select application, kind, sent_at, vacancy from message
where kind in ('not_eligible', 'submitted_late', 'rejection_corrected') and state = 'sent';

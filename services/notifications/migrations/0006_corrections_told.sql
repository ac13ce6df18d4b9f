-- Lent to eligibility: a corrected rejection gives its candidate a later day to challenge, which is
-- the day that counts (E20, E21).
create or replace view rejection_letters as
select application, kind, sent_at from message
where kind in ('not_eligible', 'submitted_late', 'rejection_corrected') and state = 'sent';

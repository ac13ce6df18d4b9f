-- Lent to notifications with what the verdict follows from: a machine may have judged by answers that
-- a person has corrected (E21), and the letter says so.
create or replace view explanations as
select application, outcome, reasons, working, eligible_from, submitted_on,
    basis in ('referral', 'challenge') and outcome <> 'referred' as is_by_person, basis
from verdict;

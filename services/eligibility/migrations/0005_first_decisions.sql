-- What waits for a person has not been decided by one, whoever decided before (E20).
create or replace view explanations as
select application, outcome, reasons, working, eligible_from, submitted_on,
    basis in ('referral', 'challenge') and outcome <> 'referred' as is_by_person
from verdict;

-- The first decision on each challenge stands. Who made it is lent to nobody.
create or replace view challenges as
select application, number, challenged_at, decide_by, is_late, decision.rationale as reason,
    decision.outcome, decision.decided_by, decision.decided_at
from challenge left join lateral (
    select rationale, outcome, decided_by, decided_at from challenge_decision
    where challenge_decision.application = challenge.application
      and challenge_decision.challenged_at = challenge.challenged_at
    order by decided_at, decided_by, outcome desc limit 1
) as decision on true;

revoke select on challenges from muster_notifications;
grant select (application, number, challenged_at, decide_by, is_late, reason, outcome)
    on challenges to muster_notifications;

-- Lent to notifications, with the answer that stands: a letter that says another is not sent.
create or replace view challenges as
select application, number, challenged_at, decide_by, is_late, decision.rationale as reason,
    decision.outcome
from challenge left join lateral (
    select rationale, outcome from challenge_decision
    where challenge_decision.application = challenge.application
      and challenge_decision.challenged_at = challenge.challenged_at
    order by decided_at, decided_by, outcome desc limit 1
) as decision on true;

"""What people of ours decide, and what candidates say against it, with defaults."""

from datetime import datetime, timedelta
from typing import Any

from shared.contracts.challenges import ChallengeDecided, ChallengeOutcome, DecisionChallenged
from shared.contracts.criteria import CriterionFinding, CriterionJudged
from shared.contracts.referrals import ReferralAnswer, ReferralKind, ReferralResolved
from tests.support.story import APPLICATION, NOW, VACANCY

DECIDED_AT = NOW + timedelta(days=1)
CHALLENGED_AT = NOW + timedelta(days=3)


def _decision(**changes: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "application": APPLICATION,
        "vacancy": VACANCY,
        "by": "recruiter-4",
        "decided_at": DECIDED_AT,
        "rationale": "The letter of release shows it.",
    }
    return defaults | changes


def referral_resolved(
    answer: ReferralAnswer = ReferralAnswer.ELIGIBLE, *, asked_at: datetime = NOW, **changes: Any
) -> ReferralResolved:
    """An answer; its kind follows from what is answered, about version 1 of the documents."""
    kind = {
        ReferralAnswer.ACCEPT: ReferralKind.DOCUMENTS,
        ReferralAnswer.RETURN: ReferralKind.DOCUMENTS,
        ReferralAnswer.CONSIDERED: ReferralKind.CONVICTION,
        ReferralAnswer.FIRST_STANDS: ReferralKind.CONFLICT,
    }.get(answer, ReferralKind.ELIGIBILITY)
    if kind is ReferralKind.DOCUMENTS:
        changes = {"documents_version": 1} | changes
    return ReferralResolved(**_decision(kind=kind, answer=answer, asked_at=asked_at, **changes))


def decision_challenged(
    application: str = APPLICATION, challenged_at: datetime = CHALLENGED_AT, **changes: Any
) -> DecisionChallenged:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "challenged_at": challenged_at,
        "grounds": "Nobody paid me anything.",
    }
    return DecisionChallenged(**defaults | changes)


def challenge_decided(
    outcome: ChallengeOutcome = ChallengeOutcome.UPHELD, **changes: Any
) -> ChallengeDecided:
    defaults = {
        "challenged_at": CHALLENGED_AT,
        "outcome": outcome,
        "decided_at": CHALLENGED_AT + timedelta(days=2),
    }
    return ChallengeDecided(**_decision(**defaults | changes))


def criterion_judged(
    criterion: str, finding: CriterionFinding = CriterionFinding.MET, **changes: Any
) -> CriterionJudged:
    defaults = {"criterion": criterion, "finding": finding, "found_in": "CV, page 2"}
    return CriterionJudged(**_decision(**defaults | changes))

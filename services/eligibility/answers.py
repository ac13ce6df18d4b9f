"""What people's decisions make of a verdict: answers, challenges, judged criteria (E20, K1, K6).

Everything a person decides is kept with its moment, and what stands is computed from all of it, so
that the order in which decisions arrive makes no difference.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from shared.calendar import add_working_days, end_of_london_day, london_date
from shared.contracts.challenges import ChallengeDecided, ChallengeOutcome
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.criteria import CriterionJudged
from shared.contracts.referrals import ReferralAnswer, ReferralResolved


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the machine last said, at `at`: of the declaration, or of what was corrected in it."""

    outcome: EligibilityOutcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer, given at `at`, to what the machine referred at `asked_at`."""

    outcome: EligibilityOutcome
    at: datetime
    asked_at: datetime
    rationale: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reversal:
    """A challenge that a person upheld at `at`."""

    at: datetime
    rationale: str = field(repr=False)

    @property
    def outcome(self) -> EligibilityOutcome:
        """Whoever is reinstated is eligible."""
        return EligibilityOutcome.ELIGIBLE


Act: TypeAlias = Answer | Reversal


def stands(judgement: Judgement, acts: Iterable[Act]) -> Judgement | Act:
    """Find what stands: the machine's last word, unless people decided since then.

    An answer counts if it is the first to the question that the machine really left open; an
    upheld challenge makes anybody eligible (E20).
    """
    standing: Judgement | Act = judgement
    for act in sorted(acts, key=lambda act: act.at):
        if act.at < judgement.at:
            continue
        match act, standing:
            case Answer(asked_at=asked_at), Judgement(EligibilityOutcome.REFERRED, at):
                standing = act if asked_at == at else standing
            case Answer(), _:
                pass
            case Reversal(), _ if standing.outcome is not EligibilityOutcome.ELIGIBLE:
                standing = act
            case Reversal(), _:
                pass
    return standing


@dataclass(frozen=True, slots=True)
class Taken:
    """The decision is kept; what stands is computed anew."""


@dataclass(frozen=True, slots=True)
class Early:
    """What it is about is not known here yet: it waits."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The decision changes nothing, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """It cannot be right: a person has to look, with a reason code and a sentence."""

    reason: str
    detail: str


Answering: TypeAlias = Taken | Early | Ignored


def answer(
    resolved: ReferralResolved, judgement: Judgement | None, standing: EligibilityOutcome | None
) -> Answering:
    """Take an answer to what the machine referred, unless it has been answered or overtaken."""
    if judgement is None or standing is None:
        return Early()
    if judgement.at != resolved.asked_at:
        return Ignored("the declaration has been corrected and judged again since")
    if judgement.outcome is not EligibilityOutcome.REFERRED:
        return Ignored("nothing was asked")
    if standing is not EligibilityOutcome.REFERRED:
        return Ignored("somebody has answered already")
    return Taken()


def outcome_of(given: ReferralAnswer) -> EligibilityOutcome:
    """Tell what an answer about eligibility means."""
    is_eligible = given is ReferralAnswer.ELIGIBLE
    return EligibilityOutcome.ELIGIBLE if is_eligible else EligibilityOutcome.REJECTED

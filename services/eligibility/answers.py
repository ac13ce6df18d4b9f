"""What people's decisions make of a verdict: answers, challenges, judged criteria (E20, K1, K6).

Everything a person decides is kept with its moment, and what stands is computed from all of it, so
that the order in which decisions arrive makes no difference.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from shared.calendar import (
    CLOCK_TOLERANCE,
    add_working_days_or_weekdays,
    end_of_london_day,
    london_date,
)
from shared.contracts import Payload
from shared.contracts.challenges import ChallengeOutcome, DecisionChallenged
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.criteria import CriterionJudged
from shared.contracts.referrals import ReferralAnswer
from shared.contracts.vacancies import VacancyTimetabled
from shared.employers import EmployerTerms


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the machine last said, at `at`: of the declaration, or of what was corrected in it."""

    outcome: EligibilityOutcome
    at: datetime
    is_corrected: bool = False


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
    upheld challenge makes anybody eligible (E20). Who was right once is not rejected by a machine
    because of what is corrected afterwards: that is left to a person.
    """
    standing: Judgement | Act = judgement
    for act in sorted(acts, key=lambda act: (act.at, act.outcome)):
        if judgement.is_corrected and act.at < judgement.at:
            # It was about what the declaration said before.
            if isinstance(act, Reversal) and judgement.outcome is EligibilityOutcome.REJECTED:
                standing = replace(judgement, outcome=EligibilityOutcome.REFERRED)
            continue
        if _counts(act, standing):
            standing = act
    return standing


def _counts(act: Act, standing: Judgement | Act) -> bool:
    """Tell whether a decision takes the place of what stands; only the machine's word refers."""
    match act:
        case Answer():
            return standing.outcome is EligibilityOutcome.REFERRED and standing.at == act.asked_at
        case Reversal():
            return standing.outcome is not EligibilityOutcome.ELIGIBLE


@dataclass(frozen=True, slots=True)
class Taken:
    """The decision is kept, and what stands is computed anew."""


@dataclass(frozen=True, slots=True)
class Early:
    """What it is about is not known here yet: it waits for this event."""

    until: type[Payload]
    subject: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """The decision is kept, and changes nothing, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """It cannot be right: a person has to look, with a reason code and a sentence."""

    reason: str
    detail: str


def outcome_of(given: ReferralAnswer) -> EligibilityOutcome:
    """Tell what an answer about eligibility means."""
    is_eligible = given is ReferralAnswer.ELIGIBLE
    return EligibilityOutcome.ELIGIBLE if is_eligible else EligibilityOutcome.REJECTED


@dataclass(frozen=True, slots=True)
class Opened:
    """A challenge waits for a person: until when, and whether it came late itself (E20)."""

    decide_by: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """It is dated later than any honest clock: a person has to look."""


def receive_challenge(
    made: DecisionChallenged,
    *,
    own_vacancy: str | None,
    earlier_grounds: str | None,
    told_at: datetime | None,
    terms: EmployerTerms | None,
    now: datetime,
) -> Opened | Quarantined | InTheFuture | Early | Ignored:
    """Open a challenge, unless it is known or cannot be right (E20).

    What is None is not known: of which vacancy the application is, an earlier challenge of that
    moment, when its candidate was told, the terms of a vacancy that was not heard of.
    """
    if own_vacancy not in {None, made.vacancy}:  # its letters would name the wrong post
        return Quarantined("wrong_vacancy", "the application is for another vacancy")
    if earlier_grounds == made.grounds:
        return Ignored("known")
    if earlier_grounds is not None:
        return Quarantined("challenges_contradict", "two differ, made at one moment")
    if made.challenged_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    if terms is None:
        return Early(VacancyTimetabled, made.vacancy)
    return open_challenge(
        made.challenged_at,
        told_at,
        received_at=now,
        days=terms.challenge_days,
        working_days=terms.challenge_working_days,
    )


def open_challenge(
    challenged_at: datetime,
    told_at: datetime | None,
    *,
    received_at: datetime,
    days: int,
    working_days: int,
) -> Opened:
    """Open a challenge, which is late by the day on which its candidate was told of the rejection.

    Nobody is late who has not been told, and a late challenge is decided like any other. Whoever
    decides has their days from when we heard of it.
    """
    made_on = london_date(challenged_at)
    is_late = told_at is not None and made_on > london_date(told_at) + timedelta(days=days)
    heard_on = max(made_on, london_date(received_at))
    return Opened(add_working_days_or_weekdays(heard_on, working_days), is_late)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Nobody has decided a challenge by its last day."""


def chase(
    decide_by: date, outcome: ChallengeOutcome | None, overdue_at: datetime | None, now: datetime
) -> Overdue | Ignored:
    """Say once that a challenge is late; it stays open, and nobody loses anything by it (E20)."""
    if outcome is not None:
        return Ignored("decided")
    if overdue_at is not None:
        return Ignored("said before")
    if now < end_of_london_day(decide_by):
        return Ignored("not yet")
    return Overdue()


def judge_criterion(
    judged: CriterionJudged, printed: Collection[str] | None
) -> Taken | Early | Quarantined:
    """Take a judgement of a requirement that the advert prints; none is ever invented (K15)."""
    if printed is None:
        return Early(VacancyTimetabled, judged.vacancy)
    if judged.criterion not in printed:
        return Quarantined("no_such_criterion", "the advert prints no such requirement (K15)")
    return Taken()

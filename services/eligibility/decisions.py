"""The early-departure rule: who may apply, who not yet, and who needs a person's judgement.

A machine rejects only where every reading of the words rejects; doubt goes to a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.eligibility.departures import (
    ONE_DAY,
    Effect,
    Reason,
    Weighed,
    may_be_one,
    weigh,
)
from shared.calendar import london_date
from shared.contracts.applications import Answer, ApplicationAccepted, Departure, EarlyDeparture
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.vacancies import Engagement, RoleType
from shared.employers import EarlyDepartureTerms, Reading

RULES_VERSION: Final = "early-departure-5"


class Ground(StrEnum):
    """Why nothing bars an application."""

    NO_RULE = "no_rule"
    NOT_POLICE_STAFF = "not_police_staff"
    TEMPORARY_POST = "temporary_post"
    NEVER_SERVED = "never_served"
    NOTHING_BARS = "nothing_bars"


@dataclass(frozen=True, slots=True)
class Eligible:
    """In no reading is the application barred."""

    ground: Ground
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Referred:
    """Some readings bar and some do not, or an answer is missing: a question for a person.

    `eligible_from` is the first day that no reading bars any more, if that is known (E16).
    """

    reasons: tuple[Reason, ...]
    weighed: tuple[Weighed, ...] = ()
    eligible_from: date | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Every reading bars; `eligible_from` is the first day that none bars any more (E16)."""

    reasons: tuple[Reason, ...]
    eligible_from: date
    weighed: tuple[Weighed, ...]


Verdict: TypeAlias = Eligible | Referred | Rejected


def judge(facts: ApplicationAccepted, terms: EarlyDepartureTerms | None) -> Verdict:
    """Apply the early-departure rule as on the London date of submission (E1, E2, E5).

    The same facts under the same terms give the same verdict, whenever it is asked (E6).
    """
    if terms is None:
        return Eligible(Ground.NO_RULE)
    if facts.role_type is not RoleType.POLICE_STAFF:
        return Eligible(Ground.NOT_POLICE_STAFF)
    is_temporary = facts.engagement is not Engagement.PERMANENT
    if is_temporary and terms.temporary_posts is Reading.ALLOWS:
        return Eligible(Ground.TEMPORARY_POST)
    declared = facts.early_departure
    if doubts := _doubts_about_answers(declared):
        return Referred(doubts)
    if declared.served_before is Answer.NO:
        return Eligible(Ground.NEVER_SERVED)
    weighed = weigh_all(declared, london_date(facts.submitted_at), terms)
    is_doubtful_post = is_temporary and terms.temporary_posts is Reading.REFERS
    return _conclude(weighed, (Reason.TEMPORARY_POST,) if is_doubtful_post else ())


def weigh_all(
    declared: EarlyDeparture, applied_on: date, terms: EarlyDepartureTerms
) -> tuple[Weighed, ...]:
    """Weigh every departure, in doubt where two that may be one say different things (E13)."""
    plain = [weigh(one, applied_on, terms) for one in declared.departures]
    return tuple(
        weigh(one.departure, applied_on, terms, (Reason.CONTRADICTION,))
        if _is_contradicted(one, plain)
        else one
        for one in plain
    )


def _doubts_about_answers(declared: EarlyDeparture) -> tuple[Reason, ...]:
    """List what makes a declaration unusable as a whole (E13, E14)."""
    match declared.served_before:
        case Answer.UNANSWERED:
            return (Reason.SERVICE_UNANSWERED,)
        case Answer.UNSURE:
            return (Reason.SERVICE_UNSURE,)
        case Answer.NO:
            return (Reason.CONTRADICTION,) if declared.departures else ()
        case Answer.YES:
            return () if declared.departures else (Reason.DEPARTURES_MISSING,)


def _is_contradicted(one: Weighed, others: Iterable[Weighed]) -> bool:
    """Tell whether another departure may be the same one but differs in more than its date.

    Their dates differ in what matters where one of them bars for certain and the other does not.
    """
    told = one.departure
    dated = {"left_on": told.left_on, "left_on_is": told.left_on_is}
    return any(
        may_be_one(told, other.departure)
        and (
            other.departure.model_copy(update=dated) != told
            or (
                one.effect is Effect.BARS
                and other.effect is not Effect.BARS
                and other.barred_until < date.max  # where it is, a person decides anyhow
            )
        )
        for other in others
    )


def _conclude(weighed: tuple[Weighed, ...], doubts_about_post: tuple[Reason, ...]) -> Verdict:
    """Let the latest departure that may bar decide; a later ordinary leaving does not (E9).

    Where that one is in doubt a person decides, even if an earlier one bars for certain: the day
    from which the candidate may apply again depends on it.
    """
    standing = [one for one in weighed if one.effect is not Effect.CLEARS]
    if not standing:
        return Eligible(Ground.NOTHING_BARS, weighed)
    latest = max(one.barred_until for one in standing)
    free_from = latest + ONE_DAY if latest < date.max else None
    is_doubtful = any(one.doubts and one.barred_until == latest for one in standing)
    if is_doubtful or doubts_about_post or free_from is None:
        doubts = [doubt for one in standing for doubt in one.doubts]
        return Referred(tuple(dict.fromkeys([*doubts, *doubts_about_post])), weighed, free_from)
    return Rejected((Reason.BARRED,), free_from, weighed)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person found out about one declared departure, counted from 1 (E21)."""

    id: UUID
    departure: int
    corrected: Departure
    decided_at: datetime


def correct(declared: EarlyDeparture, corrections: Iterable[Correction]) -> EarlyDeparture:
    """Apply corrections in order of when they were decided, whatever order they came in (E21).

    Each replaces its departure as a whole, so that applying some of them twice changes nothing.
    """
    departures = list(declared.departures)
    for one in sorted(corrections, key=lambda one: (one.decided_at, one.id)):
        departures[one.departure - 1] = one.corrected
    return declared.model_copy(update={"departures": tuple(departures)})


def is_told(before: EligibilityOutcome, after: EligibilityOutcome) -> bool:
    """Tell whether a corrected rejection needs a letter of its own.

    That a person is checking now is told as a stage, and so is a rejection that is new.
    """
    is_rejected = before is EligibilityOutcome.REJECTED
    return is_rejected and after is not EligibilityOutcome.REFERRED


@dataclass(frozen=True, slots=True)
class Considered:
    """A person will consider a conviction that is declared, or at least not denied."""

    declared: Answer


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, and why."""

    reason: str


def consider(facts: ApplicationAccepted) -> Considered | Ignored:
    """Open a consideration beside the verdict, which it neither worsens nor waits for (K1)."""
    if facts.conviction_declared is Answer.NO:
        return Ignored("no conviction declared")
    return Considered(facts.conviction_declared)

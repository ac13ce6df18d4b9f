"""The early-departure rule: who may apply, who not yet, and who needs a person's judgement.

A machine rejects only where every reading of the words rejects; doubt goes to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from shared.calendar import london_date, years_after
from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    Departure,
    EarlyDeparture,
    LeavingReason,
    ServiceKind,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType

RULES_VERSION: Final = "early-departure-1"
_ONE_DAY: Final = timedelta(days=1)
WHOLE_DAY: Final = len("2020-10-21")


class Reading(StrEnum):
    """How an employer reads words that can be read in two ways; by default a person does."""

    BARS = "bars"
    ALLOWS = "allows"
    REFERS = "refers"


@dataclass(frozen=True, slots=True)
class Policy:
    """An employer's early-departure rule, and how it reads what the words leave open.

    `anniversary` is the day on which the years end, or both days where somebody left on
    29 February (E3, E4). `temporary_posts` asks whether "any police staff role" includes
    temporary and interim ones (E18).
    """

    years: int = 5
    anniversary: Reading = Reading.REFERS
    temporary_posts: Reading = Reading.REFERS


POLICIES: Final[Mapping[Employer, Policy | None]] = {
    Employer.MET: Policy(),
    Employer.KENT_ESSEX: None,
}
"""Each employer's rule. Kent and Essex have none, and nobody re-joins the Met there (E15)."""


class Reason(StrEnum):
    """Why an application is rejected or referred; each code begins with its rule."""

    BARRED = "E1_left_with_compensation"
    ANNIVERSARY = "E3_anniversary_day"
    LEAP_DAY = "E4_left_on_leap_day"
    PARTIAL_DATE = "E8_partial_date"
    IMPOSSIBLE_DATE = "E8_impossible_date"
    COMPENSATION_UNSURE = "E10_compensation_unsure"
    SCHEME_UNCLEAR = "E10_scheme_unclear"
    NOT_LEFT_YET = "E11_not_left_yet"
    OFFICER_SCHEME = "E12_officer_scheme"
    CONTRACTOR = "E12_contractor"
    CONTRADICTION = "E13_contradictory_answers"
    COMPENSATION_UNANSWERED = "E14_compensation_unanswered"
    SERVICE_UNANSWERED = "E14_service_unanswered"
    SERVICE_UNSURE = "E14_service_unsure"
    DEPARTURES_MISSING = "E14_departures_missing"
    TEMPORARY_POST = "E18_temporary_post"


class Ground(StrEnum):
    """Why nothing bars an application."""

    NO_RULE = "no_rule"
    NOT_POLICE_STAFF = "not_police_staff"
    TEMPORARY_POST = "temporary_post"
    NEVER_SERVED = "never_served"
    NOTHING_BARS = "nothing_bars"


class Effect(StrEnum):
    """What a departure does to an application: the same in every reading, or not."""

    CLEARS = "clears"
    BARS = "bars"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that something may mean: a whole date means one, a month or a leap day more."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one departure means on the day of the application.

    `years_end` holds the anniversaries of leaving; `barred_until` is the last day that any reading
    bars. Both are missing where they make no difference.
    """

    departure: Departure
    effect: Effect
    doubts: tuple[Reason, ...] = ()
    years_end: Span | None = None
    barred_until: date = date.min


@dataclass(frozen=True, slots=True)
class Eligible:
    """In no reading is the application barred."""

    ground: Ground
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Referred:
    """Some readings bar and some do not, or an answer is missing: a question for a person."""

    reasons: tuple[Reason, ...]
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Every reading bars; `eligible_from` is the first day that none bars any more (E16)."""

    reasons: tuple[Reason, ...]
    eligible_from: date
    weighed: tuple[Weighed, ...]


Verdict: TypeAlias = Eligible | Referred | Rejected


def judge(facts: ApplicationAccepted, policy: Policy | None) -> Verdict:
    """Apply the early-departure rule as on the London date of submission (E1, E2, E5).

    The same facts under the same policy give the same verdict, whenever it is asked (E6).
    """
    if policy is None:
        return Eligible(Ground.NO_RULE)
    if facts.role_type is not RoleType.POLICE_STAFF:
        return Eligible(Ground.NOT_POLICE_STAFF)
    is_temporary = facts.engagement is not Engagement.PERMANENT
    if is_temporary and policy.temporary_posts is Reading.ALLOWS:
        return Eligible(Ground.TEMPORARY_POST)
    declared = facts.early_departure
    if doubts := _doubts_about_answers(declared):
        return Referred(doubts)
    if declared.served_before is Answer.NO:
        return Eligible(Ground.NEVER_SERVED)
    applied_on = london_date(facts.submitted_at)
    weighed = tuple(weigh(departure, applied_on, policy) for departure in declared.departures)
    is_doubtful_post = is_temporary and policy.temporary_posts is Reading.REFERS
    return _conclude(weighed, (Reason.TEMPORARY_POST,) if is_doubtful_post else ())


def _doubts_about_answers(declared: EarlyDeparture) -> tuple[Reason, ...]:
    """List what makes a declaration unusable as a whole (E13, E14)."""
    match declared.served_before:
        case Answer.UNANSWERED:
            return (Reason.SERVICE_UNANSWERED,)
        case Answer.UNSURE:
            return (Reason.SERVICE_UNSURE,)
        case Answer.NO:
            return (Reason.CONTRADICTION,) if declared.departures else ()
        case Answer.YES if not declared.departures:
            return (Reason.DEPARTURES_MISSING,)
        case Answer.YES:
            return (Reason.CONTRADICTION,) if _tells_one_day_twice(declared) else ()


def _tells_one_day_twice(declared: EarlyDeparture) -> bool:
    """Tell whether two departures on one whole day differ in what else they say (E13)."""
    days = [one.left_on for one in set(declared.departures) if len(one.left_on) == WHOLE_DAY]
    return len(set(days)) < len(days)


def _conclude(weighed: tuple[Weighed, ...], doubts_about_post: tuple[Reason, ...]) -> Verdict:
    """Let the latest departure that may bar decide; a later ordinary leaving does not (E9).

    Where that one is in doubt a person decides, even if an earlier one bars for certain: the day
    from which the candidate may apply again depends on it.
    """
    standing = [one for one in weighed if one.effect is not Effect.CLEARS]
    if not standing:
        return Eligible(Ground.NOTHING_BARS, weighed)
    latest = max(one.barred_until for one in standing)
    is_doubtful = any(one.doubts and one.barred_until == latest for one in standing)
    if is_doubtful or doubts_about_post:
        doubts = [doubt for one in standing for doubt in one.doubts]
        return Referred(tuple(dict.fromkeys([*doubts, *doubts_about_post])), weighed)
    return Rejected((Reason.BARRED,), latest + _ONE_DAY, weighed)


def weigh(departure: Departure, applied_on: date, policy: Policy) -> Weighed:
    """Judge one departure: without compensation, or long enough ago, it is clear (E1, E10)."""
    if departure.compensated is Answer.NO:
        return Weighed(departure, Effect.CLEARS)
    left = days_meant(departure.left_on)
    if left is None:
        doubts = (*_doubts_about_terms(departure), Reason.IMPOSSIBLE_DATE)
        return Weighed(departure, Effect.IN_DOUBT, doubts, barred_until=date.max)
    years_end = Span(
        years_after(left.first, policy.years).earliest, years_after(left.last, policy.years).latest
    )
    certainly_until, possibly_until = _barred_until(left, policy)
    if applied_on > possibly_until:
        return Weighed(departure, Effect.CLEARS, years_end=years_end)
    doubts = (
        *_doubts_about_terms(departure),
        *_doubts_about_date(left, applied_on, certainly_until),
    )
    effect = Effect.IN_DOUBT if doubts else Effect.BARS
    return Weighed(departure, effect, doubts, years_end, possibly_until)


def days_meant(left_on: str) -> Span | None:
    """Read a day, a month or a year (E8); None where the calendar has no such day."""
    year, *rest = (int(part) for part in left_on.split("-"))
    try:
        match rest:
            case [month, day]:
                return Span(date(year, month, day), date(year, month, day))
            case [month]:
                next_month = date(year, month, 28) + timedelta(days=4)
                return Span(date(year, month, 1), next_month.replace(day=1) - _ONE_DAY)
            case _:
                return Span(date(year, 1, 1), date(year, 12, 31))
    except ValueError:
        return None


def _doubts_about_terms(departure: Departure) -> tuple[Reason, ...]:
    """List what leaves open whether this was a compensated corporate scheme (E10, E12, E14)."""
    is_open = {
        Reason.COMPENSATION_UNSURE: departure.compensated is Answer.UNSURE,
        Reason.COMPENSATION_UNANSWERED: departure.compensated is Answer.UNANSWERED,
        Reason.SCHEME_UNCLEAR: departure.reason is not LeavingReason.EARLY_DEPARTURE_SCHEME,
        Reason.OFFICER_SCHEME: departure.service is ServiceKind.POLICE_OFFICER,
        Reason.CONTRACTOR: departure.service is ServiceKind.CONTRACTOR,
    }
    return tuple(reason for reason in is_open if is_open[reason])


def _doubts_about_date(left: Span, applied_on: date, certainly_until: date) -> tuple[Reason, ...]:
    """List what leaves open whether the application came within the years (E3, E4, E8, E11)."""
    if left.first >= applied_on:
        return (Reason.NOT_LEFT_YET,)
    if left.last < applied_on <= certainly_until:
        return ()
    if left.first != left.last:
        return (Reason.PARTIAL_DATE,)
    is_leap_day = (left.first.month, left.first.day) == (2, 29)
    return (Reason.LEAP_DAY if is_leap_day else Reason.ANNIVERSARY,)


def _barred_until(left: Span, policy: Policy) -> tuple[date, date]:
    """Find the last days barred in every reading and in at least one (E3, E4, E8)."""
    first, last = years_after(left.first, policy.years), years_after(left.last, policy.years)
    match policy.anniversary:
        case Reading.REFERS:
            return first.earliest - _ONE_DAY, last.latest
        case Reading.ALLOWS:
            return first.earliest - _ONE_DAY, last.earliest - _ONE_DAY
        case Reading.BARS:
            return first.latest, last.latest


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

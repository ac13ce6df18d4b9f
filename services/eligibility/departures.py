"""What one declared departure from the Met means on the day of the application."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from shared.calendar import years_after
from shared.contracts.applications import Answer, Departure, LeavingReason, ServiceKind

_ONE_DAY: Final = timedelta(days=1)


class Reading(StrEnum):
    """How an employer reads words that can be read in two ways; by default a person does."""

    BARS = "bars"
    ALLOWS = "allows"
    REFERS = "refers"


@dataclass(frozen=True, slots=True)
class Policy:
    """An employer's early-departure rule, and how it reads what the words leave open.

    `on_anniversary` is the day on which the years end, and both days where somebody left on
    29 February (E3, E4). `temporary_posts` asks whether "any police staff role" includes
    temporary and interim ones (E18).
    """

    years: int = 5
    on_anniversary: Reading = Reading.REFERS
    temporary_posts: Reading = Reading.REFERS


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


@dataclass(frozen=True, slots=True)
class Clear:
    """In no reading does this departure bar the application."""

    working: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A departure that bars in every reading or, where there are `doubts`, in some.

    `ends_on` is the last day on which it can bar in any reading.
    """

    ends_on: date
    doubts: tuple[Reason, ...]
    working: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days that may be meant by a date as people give it; a whole date means one (E8)."""

    first: date
    last: date


def days_meant(left_on: str) -> Span | None:
    """Read a day, a month or a year; None where the calendar has no such day."""
    year, *rest = (int(part) for part in left_on.split("-"))
    try:
        match rest:
            case []:
                return Span(date(year, 1, 1), date(year, 12, 31))
            case [month]:
                in_next_month = date(year, month, 28) + timedelta(days=4)
                return Span(date(year, month, 1), in_next_month.replace(day=1) - _ONE_DAY)
            case [month, day, *_]:
                return Span(date(year, month, day), date(year, month, day))
    except ValueError:
        return None


def weigh(departure: Departure, applied_on: date, policy: Policy) -> Clear | Bar:
    """Judge one departure: without compensation, or long enough ago, it is clear (E1, E10)."""
    account = _account(departure)
    if departure.compensated is Answer.NO:
        return Clear(f"{account} The rule is only about leaving with compensation.")
    doubts = _doubts_about_terms(departure)
    left = days_meant(departure.left_on)
    if left is None:
        doubts = (*doubts, Reason.IMPOSSIBLE_DATE)
        return Bar(date.max, doubts, _join(account, *_explain(doubts)))
    certainly_until, possibly_until = _barred_until(left, policy)
    account = f"{account} {_period(left, policy)} You applied on {in_words(applied_on)}"
    if applied_on > possibly_until:
        return Clear(f"{account}, after they had ended.")
    date_doubts = _doubts_about_date(left, applied_on, certainly_until)
    account = f"{account}." if date_doubts else f"{account}, before they had ended."
    doubts = (*doubts, *date_doubts)
    return Bar(possibly_until, doubts, _join(account, *_explain(doubts)))


def _doubts_about_terms(departure: Departure) -> tuple[Reason, ...]:
    """List what leaves open whether this was a compensated corporate scheme (E10, E12, E14)."""
    doubts = []
    if departure.compensated is Answer.UNSURE:
        doubts.append(Reason.COMPENSATION_UNSURE)
    if departure.compensated is Answer.UNANSWERED:
        doubts.append(Reason.COMPENSATION_UNANSWERED)
    if departure.reason is not LeavingReason.EARLY_DEPARTURE_SCHEME:
        doubts.append(Reason.SCHEME_UNCLEAR)
    if departure.service is ServiceKind.POLICE_OFFICER:
        doubts.append(Reason.OFFICER_SCHEME)
    if departure.service is ServiceKind.CONTRACTOR:
        doubts.append(Reason.CONTRACTOR)
    return tuple(doubts)


def _doubts_about_date(left: Span, applied_on: date, certainly_until: date) -> tuple[Reason, ...]:
    """List what leaves open whether the application came within the years (E3, E4, E8, E11)."""
    if left.first >= applied_on:
        return (Reason.NOT_LEFT_YET,)
    if left.last < applied_on <= certainly_until:
        return ()
    if left.first != left.last:
        return (Reason.PARTIAL_DATE,)
    return (Reason.LEAP_DAY if _is_leap_day(left.first) else Reason.ANNIVERSARY,)


def _barred_until(left: Span, policy: Policy) -> tuple[date, date]:
    """Find the last days barred in every reading and in at least one reading (E3, E4, E8)."""
    first, last = years_after(left.first, policy.years), years_after(left.last, policy.years)
    match policy.on_anniversary:
        case Reading.REFERS:
            return first.earliest - _ONE_DAY, last.latest
        case Reading.ALLOWS:
            return first.earliest - _ONE_DAY, last.earliest - _ONE_DAY
        case Reading.BARS:
            return first.latest, last.latest


def _is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 29)

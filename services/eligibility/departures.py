"""What one departure means on the day of an application: barred, clear, or a person's question."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from shared.calendar import years_after
from shared.contracts.applications import (
    Answer,
    Departure,
    LeavingDay,
    LeavingReason,
    ServiceKind,
)
from shared.employers import EarlyDepartureTerms, Reading

ONE_DAY: Final = timedelta(days=1)
WHOLE_DAY: Final = len("2020-10-21")
_MONTH: Final = len("2020-10")
# Of one leaving told twice: by how much its days may be apart, and notice precede the last day.
_SLIP: Final = timedelta(days=7)
_LONGEST_NOTICE: Final = timedelta(days=366)


class Reason(StrEnum):
    """Why an application is rejected, referred or free; each code begins with its rule."""

    BARRED = "E1_left_with_compensation"
    ANNIVERSARY = "E3_anniversary_day"
    LEAP_DAY = "E4_left_on_leap_day"
    ANOTHER_DAY = "E7_not_the_day_that_counts"
    PARTIAL_DATE = "E8_partial_date"
    PERHAPS_NOT_LEFT = "E8_perhaps_not_left_yet"
    IMPOSSIBLE_DATE = "E8_impossible_date"
    WITHOUT_COMPENSATION = "E10_without_compensation"
    COMPENSATION_UNSURE = "E10_compensation_unsure"
    COMPENSATION_REPAID = "E10_compensation_repaid"
    REPAYMENT_UNSURE = "E10_repayment_unsure"
    EARLY_RETIREMENT = "E10_early_retirement"
    SCHEME_UNCLEAR = "E10_scheme_unclear"
    NOT_LEFT_YET = "E11_not_left_yet"
    OFFICER_SCHEME = "E12_officer_scheme"
    CONTRACTOR = "E12_contractor"
    AGENCY = "E12_agency"
    CONTRADICTION = "E13_contradictory_answers"
    COMPENSATION_UNANSWERED = "E14_compensation_unanswered"
    SERVICE_UNANSWERED = "E14_service_unanswered"
    SERVICE_UNSURE = "E14_service_unsure"
    DEPARTURES_MISSING = "E14_departures_missing"
    TEMPORARY_POST = "E18_temporary_post"
    CHALLENGE_UPHELD = "E20_challenge_upheld_before"


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

    def overlaps(self, other: "Span") -> bool:
        """Tell whether both may mean the same day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is not plain about a departure, and how it is read."""

    reason: Reason
    reading: Reading


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one departure means on the day of the application.

    `points` are what made a difference beyond the plain rule. `years_end` holds the anniversaries
    of leaving; `barred_until` is the last day that any reading bars. Both are missing where they
    make no difference.
    """

    departure: Departure
    effect: Effect
    points: tuple[Point, ...] = ()
    years_end: Span | None = None
    barred_until: date = date.min

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """What a person must decide about it."""
        return tuple(point.reason for point in self.points if point.reading is Reading.REFERS)


def weigh(
    departure: Departure,
    applied_on: date,
    terms: EarlyDepartureTerms,
    doubts: tuple[Reason, ...] = (),
) -> Weighed:
    """Judge one departure: one condition that fails, or years that passed, make it clear (E1).

    `doubts` are about the declaration as a whole; to what is clear they make no difference.
    """
    points = tuple(_points(departure, terms))
    if free := [point for point in points if point.reading is Reading.ALLOWS]:
        return Weighed(departure, Effect.CLEARS, tuple(free[:1]))
    left = days_meant(departure.left_on)
    if left is None or departure.left_on_is is not terms.leaving:
        unusable = Reason.ANOTHER_DAY if left else Reason.IMPOSSIBLE_DATE
        points += _referred(unusable, *doubts)
        return Weighed(departure, Effect.IN_DOUBT, points, barred_until=date.max)
    years_end = Span(
        years_after(left.first, terms.years).earliest, years_after(left.last, terms.years).latest
    )
    certainly_until, possibly_until = _barred_until(left, terms)
    if applied_on > possibly_until:
        return Weighed(departure, Effect.CLEARS, years_end=years_end)
    points += _referred(*_doubts_about_date(left, applied_on, certainly_until), *doubts)
    is_doubtful = any(point.reading is Reading.REFERS for point in points)
    effect = Effect.IN_DOUBT if is_doubtful else Effect.BARS
    return Weighed(departure, effect, points, years_end, possibly_until)


def days_meant(left_on: str) -> Span | None:
    """Read a day, a month or a year (E8); None where the calendar has no such day."""
    year, *rest = (int(part) for part in left_on.split("-"))
    try:
        match rest:
            case [month, day]:
                return Span(date(year, month, day), date(year, month, day))
            case [month]:
                next_month = date(year, month, 28) + timedelta(days=4)
                return Span(date(year, month, 1), next_month.replace(day=1) - ONE_DAY)
            case _:
                return Span(date(year, 1, 1), date(year, 12, 31))
    except ValueError:
        return None


def days_perhaps_meant(left_on: str) -> Span:
    """Read a day, a month or a year; a day that does not exist may be any of its month."""
    days = days_meant(left_on) or days_meant(left_on[:_MONTH])
    assert days is not None
    return days


def may_be_one(one: Departure, other: Departure) -> bool:
    """Tell whether two departures may be the same leaving, told twice (E13)."""
    days, others = days_perhaps_meant(one.left_on), days_perhaps_meant(other.left_on)
    days = Span(days.first - _SLIP, days.last + _SLIP)
    if one.left_on_is is not other.left_on_is:
        days, others = _last_days(one.left_on_is, days), _last_days(other.left_on_is, others)
    return days.overlaps(others)


def _last_days(left_on_is: LeavingDay, days: Span) -> Span:
    """Find when service may have ended: notice comes before, and compensation at any time."""
    match left_on_is:
        case LeavingDay.LAST_DAY_OF_SERVICE:
            return days
        case LeavingDay.NOTICE_GIVEN:
            return Span(days.first, days.last + _LONGEST_NOTICE)
        case LeavingDay.COMPENSATION_PAID:
            return Span(date.min, date.max)


def _referred(*doubts: Reason) -> tuple[Point, ...]:
    return tuple(Point(doubt, Reading.REFERS) for doubt in doubts)


def _points(departure: Departure, terms: EarlyDepartureTerms) -> list[Point]:
    """List what about the terms of leaving is not plain: plain bars, and is not listed (E10)."""
    return [
        *_points_about_compensation(departure, terms),
        *_points_about_scheme(departure, terms),
        *_points_about_service(departure, terms),
    ]


def _points_about_compensation(departure: Departure, terms: EarlyDepartureTerms) -> list[Point]:
    """Ask whether compensation was awarded and kept (E10, E13, E14)."""
    has_repaid = departure.repaid is Answer.YES
    match departure.compensated:
        case Answer.NO if has_repaid:
            return [Point(Reason.CONTRADICTION, Reading.REFERS)]
        case Answer.NO:
            return [Point(Reason.WITHOUT_COMPENSATION, Reading.ALLOWS)]
        case Answer.UNSURE:
            points = [Point(Reason.COMPENSATION_UNSURE, Reading.REFERS)]
        case Answer.UNANSWERED:
            points = [Point(Reason.COMPENSATION_UNANSWERED, Reading.REFERS)]
        case Answer.YES:
            points = []
    if has_repaid:
        points.append(Point(Reason.COMPENSATION_REPAID, terms.compensation_repaid))
    elif departure.repaid is not Answer.NO and terms.compensation_repaid is not Reading.BARS:
        points.append(Point(Reason.REPAYMENT_UNSURE, Reading.REFERS))
    return points


def _points_about_scheme(departure: Departure, terms: EarlyDepartureTerms) -> list[Point]:
    """Ask whether it was a corporate early departure scheme; redundancy is only its example."""
    match departure.reason:
        case LeavingReason.EARLY_DEPARTURE_SCHEME:
            return []
        case LeavingReason.RETIREMENT:
            return [Point(Reason.EARLY_RETIREMENT, terms.early_retirement)]
        case _:
            return [Point(Reason.SCHEME_UNCLEAR, Reading.REFERS)]


def _points_about_service(departure: Departure, terms: EarlyDepartureTerms) -> list[Point]:
    """Ask whether it was service that the words mean (E12)."""
    match departure.service:
        case ServiceKind.POLICE_STAFF:
            return []
        case ServiceKind.POLICE_OFFICER:
            return [Point(Reason.OFFICER_SCHEME, terms.officer_schemes)]
        case ServiceKind.CONTRACTOR:
            return [Point(Reason.CONTRACTOR, terms.contractors)]
        case ServiceKind.AGENCY:
            return [Point(Reason.AGENCY, terms.contractors)]


def _doubts_about_date(left: Span, applied_on: date, certainly_until: date) -> tuple[Reason, ...]:
    """List what leaves open whether the application came within the years (E3, E4, E8, E11)."""
    if left.first >= applied_on:
        return (Reason.NOT_LEFT_YET,)
    if left.last < applied_on <= certainly_until:
        return ()
    if left.first != left.last:
        has_left = left.last < applied_on
        return (Reason.PARTIAL_DATE if has_left else Reason.PERHAPS_NOT_LEFT,)
    is_leap_day = (left.first.month, left.first.day) == (2, 29)
    return (Reason.LEAP_DAY if is_leap_day else Reason.ANNIVERSARY,)


def _barred_until(left: Span, terms: EarlyDepartureTerms) -> tuple[date, date]:
    """Find the last days barred in every reading and in at least one (E3, E4, E8)."""
    first, last = years_after(left.first, terms.years), years_after(left.last, terms.years)
    match terms.anniversary:
        case Reading.REFERS:
            return first.earliest - ONE_DAY, last.latest
        case Reading.ALLOWS:
            return first.earliest - ONE_DAY, last.earliest - ONE_DAY
        case Reading.BARS:
            return first.latest, last.latest

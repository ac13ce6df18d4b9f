"""When a vacancy opens, closes, is reviewed and is interviewed for: pure rules on dates."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from shared.calendar import (
    BankHolidaysUnknownError,
    at_london,
    london_date,
    on_or_next_working_day,
    weeks_after,
)
from shared.contracts.vacancies import ClosingAnchor, VacancyPublished

REVIEW_OPENS: Final = time(9)
_INSTANT: Final = timedelta(microseconds=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every date that an advert promises, and the instants at which work begins.

    Dates are London dates as a reader of the advert would count them; they stand even where they
    fall on a weekend or bank holiday. Work moves to the next working day (W10).
    """

    opens_at: datetime | None
    closes_at: datetime
    last_accepted_at: datetime
    review_promised_on: date
    review_opens_at: datetime
    review_latest_on: date
    interviews_promised_on: date
    interviews_latest_on: date


@dataclass(frozen=True, slots=True)
class Unusable:
    """The advert cannot be timetabled: `reason` is a code, `detail` a sentence for its sender."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, and why."""

    reason: str


def schedule(published: VacancyPublished) -> Timetable | Unusable:
    """Compute the timetable of an advert, unless its dates make no sense.

    An advert that closes before it is posted is held for a person, not interpreted (D9, D11).
    """
    if published.posted_on and london_date(published.closes_at) < published.posted_on:
        return Unusable("closes_before_posting", "closes_at lies before posted_on")
    try:
        return timetable(published)
    except BankHolidaysUnknownError as error:
        return Unusable("bank_holidays_unknown", str(error))


def timetable(published: VacancyPublished, *, closed_at: datetime | None = None) -> Timetable:
    """Count the advert's weeks from its closing (W3 to W5, W8, W11).

    `closed_at` is the actual close where it is known to differ from the advertised one: the weeks
    of "after the vacancy has closed" run from it, those of "after the closing date" do not (C7).
    Raises BankHolidaysUnknownError where the day on which the review opens cannot be known.
    """
    counted_from = published.closes_at
    if closed_at and published.review_anchor is ClosingAnchor.ACTUAL_CLOSE:
        counted_from = closed_at
    review, interviews = published.review, published.interviews
    review_promised_on = weeks_after(london_date(counted_from), review.min_weeks)
    review_latest_on = weeks_after(london_date(counted_from), review.max_weeks)
    return Timetable(
        opens_at=at_london(published.posted_on, time.min) if published.posted_on else None,
        closes_at=published.closes_at,
        last_accepted_at=last_accepted_at(published.closes_at, published.grace_seconds),
        review_promised_on=review_promised_on,
        review_opens_at=at_london(on_or_next_working_day(review_promised_on), REVIEW_OPENS),
        review_latest_on=review_latest_on,
        interviews_promised_on=weeks_after(review_promised_on, interviews.min_weeks),
        interviews_latest_on=weeks_after(review_latest_on, interviews.max_weeks),
    )


def last_accepted_at(closes_at: datetime, grace_seconds: int) -> datetime:
    """Find the last instant that is in time: "by 23:55" lasts while a clock shows 23:55 (C2)."""
    shown = closes_at.replace(second=0, microsecond=0)
    return shown + _MINUTE - _INSTANT + timedelta(seconds=grace_seconds)


def too_late_from(last_accepted_at: datetime) -> datetime:
    """Name the first instant that is too late: 23:56:00 where "by 23:55" is printed (C2)."""
    return last_accepted_at + _INSTANT


def compare(published: VacancyPublished, earlier: VacancyPublished) -> Ignored | Unusable:
    """Judge a vacancy that was published before: the same words again change nothing."""
    if published == earlier:
        return Ignored("already published with the same content")
    return Unusable(
        "vacancy_already_published", "this vacancy was published before with other content"
    )


@dataclass(frozen=True, slots=True)
class OpensNow:
    """Applications are welcome from now on."""


@dataclass(frozen=True, slots=True)
class OpensLater:
    """Applications are welcome from the day of posting."""

    opens_at: datetime


def admit(timetable: Timetable, now: datetime) -> OpensNow | OpensLater | Ignored:
    """Judge when a vacancy that has just been timetabled opens."""
    if now > timetable.last_accepted_at:
        return Ignored("its closing had passed before we heard of it")
    if timetable.opens_at and now < timetable.opens_at:
        return OpensLater(timetable.opens_at)
    return OpensNow()


@dataclass(frozen=True, slots=True)
class Closing:
    """What is recorded about a vacancy's closing."""

    last_accepted_at: datetime
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """The vacancy closes now; the last instant that was in time is `closed_at`."""

    closed_at: datetime


@dataclass(frozen=True, slots=True)
class TooEarly:
    """The timetable closes later than the trigger says: wait until `due_at`."""

    due_at: datetime


CloseVerdict: TypeAlias = Closed | TooEarly | Ignored


def close(closing: Closing, now: datetime) -> CloseVerdict:
    """Judge a closing trigger: early, late, twice or from whoever, the timetable decides (C6)."""
    if closing.is_closed:
        return Ignored("already closed")
    if now <= closing.last_accepted_at:
        return TooEarly(too_late_from(closing.last_accepted_at))
    return Closed(closing.last_accepted_at)

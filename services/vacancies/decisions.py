"""When a vacancy opens, closes, is reviewed and is interviewed for: pure rules on dates."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Final

from shared.calendar import (
    CLOCK_TOLERANCE,
    BankHolidaysUnknownError,
    at_london,
    london_date,
    on_or_next_working_day,
    weeks_after,
)
from shared.contracts.vacancies import ClosingAnchor, VacancyAmended, VacancyPublished
from shared.employers import terms_of

_INSTANT: Final = timedelta(microseconds=1)
_MINUTE: Final = timedelta(minutes=1)
_ONE_DAY: Final = timedelta(days=1)
_AMENDABLE: Final = ("title", "location", "closes_at", "review", "review_anchor", "interviews")


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


@dataclass(frozen=True, slots=True)
class Plan:
    """A vacancy with its amendments so far, and the version of the timetable announced last.

    `grace_seconds` is of the day of publication; `is_opened`: its opening was announced, planned.
    """

    published: VacancyPublished
    amendments: tuple[VacancyAmended, ...] = ()
    grace_seconds: int = 0
    version: int = 1
    is_opened: bool = False


_BEFORE_POSTING: Final = Unusable("closes_before_posting", "the closing lies before posted_on")


def _is_before_posting(advert: VacancyPublished, closes_at: datetime) -> bool:
    return advert.posted_on is not None and london_date(closes_at) < advert.posted_on


def grace_of(published: VacancyPublished) -> int:
    """Find the seconds of grace: the vacancy's own, else its employer's (C2)."""
    if published.grace_seconds is None:
        return terms_of(published.employer).grace_seconds
    return published.grace_seconds


def begin(published: VacancyPublished) -> Plan:
    """Make the plan of a vacancy that has just been published."""
    return Plan(published, grace_seconds=grace_of(published))


def as_amended(plan: Plan) -> tuple[VacancyPublished, datetime | None]:
    """Lay the amendments over what was published, in the order in which they were made (C7).

    Returns the advert as it now stands, and when applications end in fact, where an amendment
    says that this is another moment than the closing date.
    """
    advert, actual_close_at = plan.published, None
    for amendment in sorted(plan.amendments, key=attrgetter("amended_at")):
        changed = {
            field: value
            for field in _AMENDABLE
            if (value := getattr(amendment, field)) is not None
        }
        advert = advert.model_copy(update=changed)
        if amendment.closes_at or amendment.actual_close_at:
            actual_close_at = amendment.actual_close_at
    return advert, actual_close_at


def schedule(
    advert: VacancyPublished,
    *,
    closed_at: datetime | None = None,
    grace_seconds: int | None = None,
) -> Timetable | Unusable:
    """Compute the timetable of an advert, unless its dates make no sense.

    An advert that closes before it is posted is held for a person, not interpreted (D9, D11).
    """
    if _is_before_posting(advert, advert.closes_at):
        return _BEFORE_POSTING
    try:
        made = timetable(advert, closed_at=closed_at, grace_seconds=grace_seconds)
        on_or_next_working_day(made.review_latest_on)  # the review asks when it is late (W4)
    except BankHolidaysUnknownError as error:
        return Unusable("bank_holidays_unknown", str(error))
    return made


def timetable(
    advert: VacancyPublished,
    *,
    closed_at: datetime | None = None,
    grace_seconds: int | None = None,
) -> Timetable:
    """Count the advert's weeks from its closing (W3 to W5, W8, W11).

    `closed_at` is the actual close where it is known to differ from the advertised one: the weeks
    of "after the vacancy has closed" run from it, those of "after the closing date" do not (C7).
    `grace_seconds` is asked of the advert and its employer where it is not given.
    Raises BankHolidaysUnknownError where the day on which the review opens cannot be known.
    """
    closes_at = closed_at or advert.closes_at
    is_actual = advert.review_anchor is ClosingAnchor.ACTUAL_CLOSE
    counted_from = london_date(closes_at if is_actual else advert.closes_at)
    grace = grace_of(advert) if grace_seconds is None else grace_seconds
    review, interviews = advert.review, advert.interviews
    review_promised_on = weeks_after(counted_from, review.min_weeks)
    review_latest_on = weeks_after(counted_from, review.max_weeks)
    last = last_accepted_at(closes_at, grace)
    return Timetable(
        opens_at=at_london(advert.posted_on, time.min) if advert.posted_on else None,
        closes_at=closes_at,
        last_accepted_at=last,
        review_promised_on=review_promised_on,
        review_opens_at=_opening(review_promised_on, last, terms_of(advert.employer).review_opens),
        review_latest_on=review_latest_on,
        interviews_promised_on=weeks_after(review_promised_on, interviews.min_weeks),
        interviews_latest_on=weeks_after(review_latest_on, interviews.max_weeks),
    )


def _opening(promised_on: date, last_accepted_at: datetime, opens: time) -> datetime:
    """Find when the review's work begins: on a working day, and never before the closing (W10)."""
    day = on_or_next_working_day(max(promised_on, london_date(last_accepted_at)))
    if at_london(day, opens) <= last_accepted_at:
        day = on_or_next_working_day(day + _ONE_DAY)
    return at_london(day, opens)


def last_accepted_at(closes_at: datetime, grace_seconds: int) -> datetime:
    """Find the last instant that is in time: "by 23:55" lasts while a clock shows 23:55 (C2)."""
    shown = closes_at.replace(second=0, microsecond=0)
    return shown + _MINUTE - _INSTANT + timedelta(seconds=grace_seconds)


def too_late_from(last_accepted_at: datetime) -> datetime:
    """Name the first instant that is too late: 23:56:00 where "by 23:55" is printed (C2)."""
    return last_accepted_at + _INSTANT


def compare(published: VacancyPublished, earlier: Plan) -> Ignored | Unusable:
    """Judge a vacancy that was published before: the same again changes nothing.

    Nor does saying, or leaving out, the grace that counts anyway (C2).
    """
    if grace_of(published) == earlier.grace_seconds:
        said_then = earlier.published.grace_seconds
        published = published.model_copy(update={"grace_seconds": said_then})
    if published == earlier.published:
        return Ignored("already published with the same content")
    return Unusable(
        "vacancy_already_published", "this vacancy was published before with other content"
    )


@dataclass(frozen=True, slots=True)
class Replanned:
    """The vacancy is to be timetabled by this plan from now on."""

    plan: Plan
    timetable: Timetable


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """It is dated later than any honest clock."""


def amend(
    plan: Plan, amendment: VacancyAmended, now: datetime
) -> Replanned | Unusable | InTheFuture | Ignored:
    """Judge an amendment: whatever comes when, the same amendments make the same plan.

    Every one of them counts as a version, also one that later ones have overtaken.
    """
    if amendment in plan.amendments:
        return Ignored("already amended so")
    if amendment.amended_at in {known.amended_at for known in plan.amendments}:
        return Unusable("amendments_contradict", "another amendment carries the same amended_at")
    if amendment.amended_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    for moment in filter(None, (amendment.closes_at, amendment.actual_close_at)):
        if _is_before_posting(plan.published, moment):
            return _BEFORE_POSTING
        if last_accepted_at(moment, 0) < amendment.amended_at:
            return Unusable(
                "closing_moved_into_the_past",
                "the new closing had passed at amended_at: people in time would become late",
            )
    return _replan(plan, (*plan.amendments, amendment))


def replan(plan: Plan) -> Replanned | Unusable:
    """Compute a timetable anew, because bank holidays or the employer's settings changed (W10)."""
    return _replan(plan, plan.amendments)


def _replan(plan: Plan, amendments: tuple[VacancyAmended, ...]) -> Replanned | Unusable:
    new = replace(plan, amendments=amendments, version=plan.version + 1)
    advert, closed_at = as_amended(new)
    match schedule(advert, closed_at=closed_at, grace_seconds=new.grace_seconds):
        case Unusable() as unusable:
            return unusable
        case Timetable() as made:
            return Replanned(new, made)


@dataclass(frozen=True, slots=True)
class OpensNow:
    """Applications are welcome from now on."""


@dataclass(frozen=True, slots=True)
class OpensLater:
    """Applications are welcome from the day of posting."""

    opens_at: datetime


def admit(plan: Plan, timetable: Timetable, now: datetime) -> OpensNow | OpensLater | Ignored:
    """Judge when a vacancy that has just been timetabled opens: once, if need be once extended."""
    if plan.is_opened:
        return Ignored("its opening was announced before")
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


def close(closing: Closing, now: datetime) -> Closed | TooEarly | Ignored:
    """Judge a closing trigger: early, late, twice or from whoever, the timetable decides (C6)."""
    if closing.is_closed:
        return Ignored("already closed")
    if now <= closing.last_accepted_at:
        return TooEarly(too_late_from(closing.last_accepted_at))
    return Closed(closing.last_accepted_at)

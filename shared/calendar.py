"""London time, calendar weeks, working days and anniversaries. Pure: no clock is read here.

Instants are aware and returned in UTC; dates are London dates. Bank holidays of England and Wales
are data (`bank_holidays.json`, from GOV.UK) which an operator extends each year;
`MUSTER_BANK_HOLIDAYS` names another file. After a change restart the workers (compose.yaml mounts
the file), so that all count alike, and plan what is under way anew: `./muster vacancy replan`.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
CLOCK_TOLERANCE: Final = timedelta(minutes=15)
"""How far another's clock may be ahead of ours: what is dated later is kept for a person."""

_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_SHIPPED: Final = Path(__file__).with_name("bank_holidays.json")


class BankHolidaysUnknownError(Exception):
    """Whether a weekday is a bank holiday is asked of a year that the data does not cover.

    Guessing "no holiday" would open a review on Christmas Day; so the question is refused until
    somebody has added the year to the file of bank holidays.
    """

    def __init__(self, year: int) -> None:
        super().__init__(
            f"the bank holidays of {year} are not known: add them to shared/bank_holidays.json, or"
            " name a file that has them in MUSTER_BANK_HOLIDAYS"
        )
        self.year = year


class UnusableBankHolidays(Exception):  # noqa: N818 - it names what the file is
    """The file of bank holidays cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Anniversary:
    """The same day some years on; two readings where 29 February has no counterpart (E4)."""

    earliest: date
    latest: date


def london_date(instant: datetime) -> date:
    """Tell the date that a calendar in London showed at `instant` (E5)."""
    return _aware(instant).astimezone(LONDON).date()


def at_london(day: date, clock_time: time) -> datetime:
    """Tell when a London clock shows `clock_time` on `day`.

    On the last Sunday of March 01:00 to 01:59 never happens: the answer is as many minutes after
    the change (01:30 becomes 02:30 BST). On the last Sunday of October it happens twice: the
    answer is the first time (BST), unless `clock_time` has `fold=1`. As in RFC 5545.
    """
    if clock_time.tzinfo is not None:
        raise ValueError("clock_time is London's already; it must not carry an offset")
    return datetime.combine(day, clock_time, tzinfo=LONDON).astimezone(UTC)


def last_at_london(day: date, clock_time: time) -> tuple[datetime, str]:
    """Tell when a London clock last shows `clock_time` on `day`, and say so where one may differ.

    A closing is read like this: where the clocks change, the later reading makes nobody late.
    """
    first, second = at_london(day, clock_time), at_london(day, clock_time.replace(fold=1))
    taken = max(first, second)
    if first == second:
        return taken, ""
    shown = taken.astimezone(LONDON)
    on = f"{clock_time:%H:%M} on {day.day} {day:%b %Y}"
    if shown.time() == clock_time.replace(fold=0):
        return taken, (
            f"{on} comes twice, as the clocks go back: the second is taken, {shown:%H:%M %Z}, so"
            " that nobody is late by the first"
        )
    return taken, (
        f"{on} does not come, as the clocks go forward: {shown:%H:%M %Z} is taken, as long after"
        " the change"
    )


def end_of_london_day(day: date) -> datetime:
    """Tell the first instant that is no longer `day` in London, 23 to 25 hours after its start."""
    return at_london(day + _ONE_DAY, time.min)


def weeks_after(day: date, weeks: int) -> date:
    """Count calendar weeks: the same weekday, whatever the clocks do in between (W3, W10)."""
    return day + timedelta(weeks=weeks)


def years_after(day: date, years: int) -> Anniversary:
    """Find the anniversary; 29 February falls on 28 February or 1 March of a common year (E4)."""
    try:
        same_day = day.replace(year=day.year + years)
    except ValueError:
        first_of_march = date(day.year + years, 3, 1)
        return Anniversary(first_of_march - _ONE_DAY, first_of_march)
    return Anniversary(same_day, same_day)


def is_working_day(day: date) -> bool:
    """Tell whether people work on `day`: no weekend and no bank holiday.

    Raises BankHolidaysUnknownError for a weekday of a year that the data does not cover.
    """
    if day.weekday() >= _SATURDAY:
        return False
    known = _bank_holidays()
    if not known.first_year <= day.year <= known.last_year:
        raise BankHolidaysUnknownError(day.year)
    return day not in known.days


def on_or_next_working_day(day: date) -> date:
    """Keep a working day; move any other to the next one, as work moves (W10)."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """Find the `count`-th working day after `day`, which itself never counts."""
    if count < 0:
        raise ValueError("working days are counted forwards only")
    for _ in range(count):
        day = on_or_next_working_day(day + _ONE_DAY)
    return day


def add_working_days_or_weekdays(day: date, count: int) -> date:
    """Count working days; where holidays are not known, days from Monday to Friday."""
    while count > 0:
        day += _ONE_DAY
        if day.weekday() < _SATURDAY and day not in _bank_holidays().days:
            count -= 1
    return day


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """All bank holidays from the first to the last year that is known."""

    first_year: int
    last_year: int
    days: frozenset[date]


def read_bank_holidays(text: str, source: str) -> BankHolidays:
    """Read the text of a file of bank holidays; `source` names it in errors.

    It is a JSON object: `first_year`, `last_year`, and `holidays`, an object of dates and names.
    Raises UnusableBankHolidays: a holiday that is misspelt must not silently be a working day.
    """
    try:
        known = json.loads(text)
        days = frozenset(date.fromisoformat(day) for day in known["holidays"])
        first_year, last_year = int(known["first_year"]), int(known["last_year"])
    except (ValueError, TypeError, KeyError) as error:
        raise UnusableBankHolidays(f"{source}: {error!r}") from None
    years = {day.year for day in days}
    if strangers := sorted(years - {*range(first_year, last_year + 1)}):
        raise UnusableBankHolidays(f"{source}: {strangers[0]} is not from first_year to last_year")
    if missing := sorted({*range(first_year, last_year + 1)} - years):
        raise UnusableBankHolidays(f"{source}: there is no bank holiday in {missing[0]}")
    return BankHolidays(first_year, last_year, days)


@cache
def _bank_holidays() -> BankHolidays:
    path = Path(os.environ.get("MUSTER_BANK_HOLIDAYS", _SHIPPED))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnusableBankHolidays(f"MUSTER_BANK_HOLIDAYS: {error}") from None
    return read_bank_holidays(text, str(path))


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("an instant needs an offset; a naive time could be any zone's")
    return instant

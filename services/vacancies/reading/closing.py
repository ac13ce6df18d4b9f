"""When a vacancy is posted and when it closes; whatever can be read in two ways is held."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from services.vacancies.reading.dates import MONTH, WEEKDAY, WEEKDAYS, PrintedDate, find_weekdays
from services.vacancies.reading.result import (
    NOT_PRINTED,
    Finding,
    Found,
    Held,
    Outcome,
    Source,
)
from services.vacancies.reading.statements import Statement, Topic, mentions
from services.vacancies.reading.text import Text
from services.vacancies.reading.times import LAST_MINUTE
from shared.calendar import LONDON, last_at_london

# A closing without a year is taken for the next such day after posting, within half a year of it.
_LONGEST: Final = timedelta(weeks=26)
# Nothing is advertised for longer: such a year is mistyped, in the one date or in the other.
_A_YEAR: Final = timedelta(days=366)

_APPLY: Final = re.compile(r"appl|submit|send|return|forms?\b", re.IGNORECASE)
_BEFORE_A_DAY: Final = re.compile(
    rf"(?<!or\s)(?<!/)\bbefore\W+(?:the\W+)?(?:(?:{WEEKDAY}|{MONTH})\b\W+)?(?:the\W+)?\d",
    re.IGNORECASE,
)
_CLOSINGS: Final = (Topic.CLOSING, Topic.FOR_SOME)


def read_posting(
    text: Text, said: Iterable[Statement], closes_on: date | None
) -> Outcome[date | None]:
    """Read the day of posting, if one is printed; its year may follow from the closing."""
    found = [s for s in said if s.topic is Topic.POSTING and s.dates]
    phrases = tuple(text.phrase(s.span) for s in found)
    printed = [d for s in found for d in s.dates]
    if not printed:
        return NOT_PRINTED
    days = set()
    findings: tuple[Finding, ...] = ()
    for one in printed:
        year = one.year
        if year is None:
            if closes_on is None:
                return Held("no_year", "the posting date has no year", phrases)
            year = _year(one, closes_on, is_before=True)
            findings = (Finding("year_from_closing", f"posted in {year} by the closing date"),)
        wrong = _wrong_day(one, one.on(year), phrases)
        if wrong:
            return wrong
        days.add(one.on(year))
    if len(days) > 1:
        return Held("two_postings", "two posting dates are printed", phrases)
    [day] = days
    assert day
    return Found(day, phrases[0], findings=findings)


def read_closing(
    text: Text, said: Iterable[Statement], posted_on: date | None, default: time | None
) -> Outcome[datetime]:
    """Read the closing instant; `default` is the employer's closing time, for a day alone (C1).

    Midnight is the end of that day and flagged; so is a time that the clocks skip or repeat.
    """
    said = tuple(said)
    found = [s for s in said if s.topic is Topic.CLOSING]
    phrases = tuple(dict.fromkeys(text.phrase(s.span) for s in found))
    if any(s.dates for s in said if s.topic is Topic.FOR_SOME):
        detail = "internal and external applicants may have closing dates of their own"
        return Held("closing_for_some", detail, tuple(mentions(text, *_CLOSINGS)))
    dates = [d for s in found for d in s.dates]
    if not dates:
        cues = tuple(mentions(text, *_CLOSINGS, Topic.LOOKALIKE)[:3])
        return Held("no_closing", "no closing date is printed", phrases or cues)
    day = _one_day(dates, posted_on, phrases)
    if isinstance(day, Held):
        return day
    for named in (find_weekdays(s.span.text) for s in found):
        if len(named) == 1 and day.weekday() not in named:
            return _weekday_disagrees(named.pop(), day, phrases)
    at = _one_time(found, default, phrases)
    if isinstance(at, Held):
        return at
    closes_at, more = instant_of(day, at.value)
    wrong = _wrong_zone(found, closes_at, phrases)
    return wrong or Found(closes_at, "; ".join(phrases), findings=(*at.findings, *more))


def _one_day(
    dates: Sequence[PrintedDate], posted_on: date | None, phrases: tuple[str, ...]
) -> date | Held:
    """Agree on the day that all closing statements name."""
    years = {(d.day, d.month): d.year for d in dates if d.year}
    days: set[date] = set()
    for printed in dates:
        year = printed.year or years.get((printed.day, printed.month))
        if year is None:
            if posted_on is None:
                return Held("no_year", "the closing date has no year, nor is it posted", phrases)
            year = _year(printed, posted_on, is_before=False)
        day = printed.on(year)
        if wrong := _wrong_day(printed, day, phrases):
            return wrong
        assert day
        if posted_on and not printed.year and not years and day - posted_on > _LONGEST:
            return Held(
                "no_year",
                f"the closing date has no year, and posting settles none: {day}",
                phrases,
            )
        days.add(day)
    if len(days) > 1:
        named = " and ".join(f"{day.day} {day:%b %Y}" for day in sorted(days))
        return Held("two_closings", f"two closing dates are printed: {named}", phrases)
    return _beside_posting(days.pop(), posted_on, phrases)


def _beside_posting(day: date, posted_on: date | None, phrases: tuple[str, ...]) -> date | Held:
    """Keep the day, unless one of the two dates must be mistyped (D9)."""
    if posted_on and day < posted_on:
        detail = f"it closes before it is posted, {posted_on}"
        return Held("closes_before_posting", detail, phrases)
    if posted_on and day - posted_on > _A_YEAR:
        detail = f"it closes more than a year after it is posted, {posted_on}"
        return Held("closes_long_after_posting", detail, phrases)
    return day


def _year(printed: PrintedDate, other: date, *, is_before: bool) -> int:
    """Find the year of the nearest such day before or after the other date."""
    beside = printed.on(other.year)
    if is_before:
        return other.year if beside and beside <= other else other.year - 1
    return other.year if beside and beside >= other else other.year + 1


def _wrong_day(printed: PrintedDate, day: date | None, phrases: tuple[str, ...]) -> Held | None:
    if printed.is_no_single_day:
        detail = "several days, a week or an uncertain day is printed"
        return Held("no_single_day", detail, phrases)
    if day is None:
        return Held("impossible_date", "there is no such day", phrases)
    if printed.weekday is not None and printed.weekday != day.weekday():
        return _weekday_disagrees(printed.weekday, day, phrases)
    return None


def _weekday_disagrees(weekday: int, day: date, phrases: tuple[str, ...]) -> Held:
    named = WEEKDAYS[weekday].capitalize()
    detail = f"{named} is printed, but {day.day} {day:%B %Y} is a {day:%A}"
    return Held("weekday_disagrees", detail, phrases)


def _one_time(
    found: Sequence[Statement], default: time | None, phrases: tuple[str, ...]
) -> Outcome[time]:
    """Agree on the clock time that all closing statements give."""
    printed = [t for s in found for t in s.times]
    if unread := next((t for t in printed if t.at is None), None):
        reason = "unread_time" if unread.doubt else "impossible_time"
        return Held(reason, unread.doubt or "there is no such clock time", phrases)
    if any(t.is_ambiguous for t in printed):
        return Held("ambiguous_time", "it may be the morning or the evening", phrases)
    times = {t.at for t in printed if t.at is not None}
    if len(times) > 1:
        named = " and ".join(f"{at:%H:%M}" for at in sorted(times))
        return Held("two_closings", f"two closing times are printed: {named}", phrases)
    doubts = dict.fromkeys(t.doubt for t in printed if t.doubt)
    if times and not any(s.dates or not _APPLY.match(s.span.text) for s in found if s.times):
        doubts["the clock time is printed apart from the date: is it that day's?"] = None
    if times:
        code = "midnight" if times == {LAST_MINUTE} else "clock_time"
        said = "; ".join(phrases)
        return Found(times.pop(), findings=tuple(Finding(code, d, said) for d in doubts))
    return _time_of_a_day(found, default, phrases)


def _time_of_a_day(
    found: Sequence[Statement], default: time | None, phrases: tuple[str, ...]
) -> Outcome[time]:
    """Take the employer's closing time for a day alone, unless that day may be too late."""
    if any(_BEFORE_A_DAY.search(s.span.text) for s in found):
        detail = "before a day is printed, and no clock time: is that day itself in time?"
        return Held("before_a_day", detail, phrases)
    if default is None:
        return Held("no_closing_time", "no clock time is printed, nor is the employer known")
    detail = f"no clock time is printed: {default:%H:%M}, this employer's default"
    return Found(default, "", Source.ASSUMED, (Finding("no_closing_time", detail),))


def instant_of(day: date, at: time) -> tuple[datetime, tuple[Finding, ...]]:
    """Find the instant, and say which is taken where the clocks change in that hour (C1)."""
    instant, doubt = last_at_london(day, at)
    return instant, (Finding("clocks_change", doubt),) if doubt else ()


def _wrong_zone(
    found: Sequence[Statement], closes_at: datetime, phrases: tuple[str, ...]
) -> Held | None:
    """Hold a time that names a zone which London does not keep on that day."""
    here = closes_at.astimezone(LONDON).tzname()
    named = {t.zone for s in found for t in s.times if t.zone}
    if named <= {here} or (here == "GMT" and named <= {"GMT", "UTC", "Z", "+00:00"}):
        return None
    return Held("zone_disagrees", f"London keeps {here} on that day", phrases)

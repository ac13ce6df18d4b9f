"""Dates as people write them: `21st October 2025`, `8 th February`, `27/02/2026`: day first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARS: Final = range(2000, 2100)
_CENTURY: Final = 2000

WEEKDAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY: Final = r"(?<![\d\u00a3])(?<!\d[.,:])(?P<day>\d{1,2})(?!\d)(?:\s*(?:st|nd|rd|th))?\b"
# Two figures behind a month are a year unless they begin a clock time; a mistyped one is one too.
_YEAR: Final = (
    r"(?P<year>(?:\d{4,5}|20\d)(?!\d|\s*(?:hrs|hours)\b)"
    r"|'\d{2}\b|\d{2}(?![\d:]|\.\d|\s*(?:[ap]\.?m|hrs|hours|noon|midday|midnight|o'clock)\b))"
)
_BEFORE: Final = rf"(?:\b(?P<weekday>{WEEKDAY})\b\.?[\s,(-]*(?:the\s+)?)?"
_AFTER: Final = rf"(?:\s*\(\s*(?P<later>{WEEKDAY})\b\.?\s*\)|,\s*(?P<last>{WEEKDAY})\b)?"
_FIGURES: Final = (
    r"(?<![\d/.-])(?P<day>\d{1,2})\s?(?P<mark>[/.-])\s?(?P<number>\d{1,2})\s?(?P=mark)\s?"
    r"(?P<year>\d{4}|\d{2})(?![\d/])"
)
_ISO: Final = r"(?<![\d/.-])(?P<year>20\d{2})-(?P<number>\d{2})-(?P<day>\d{2})(?![\d-])"
# `13th or 14 May`, `w/c 11 May`, `after 11 May`: not the one day that is printed last.
_LOOSE: Final = re.compile(
    r"(?:(?<![\d:.\u00a3])\b\d{1,2}\s*(?:st|nd|rd|th)?\s*(?:-|/|&|\bto\b|\bor\b|\band\b|\buntil\b)"
    r"|\b(?:w/[ceb]|wc)\b:?|\bweek\s+(?:commencing|beginning|starting|ending|of)\b:?"
    r"|\b(?:weeks?|fortnight|days?|months?)\s+from\b|\bafter\b|\b(?:not?|never)\s+before\b"
    r"|\b(?:no|not)\s+(?:earlier|sooner)\s+than\b|\b(?:around|about|circa|approx\w*|likely"
    r"|provisional\w*|probabl[ey]|expected|tbc)\b\W*(?:on\b)?)"
    r"\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_NEAR: Final = 30
_NAMED_DAY: Final = re.compile(rf"\b{WEEKDAY}\b", re.IGNORECASE)
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_BEFORE}{_DAY}[\s,/-]*(?:of\s+)?\b(?P<month>{MONTH})\b\.?(?:[\s,/-]+{_YEAR})?{_AFTER}",
        rf"{_BEFORE}\b(?P<month>{MONTH})\b\.?\s+(?:the\s+)?{_DAY}(?:[\s,]+{_YEAR})?{_AFTER}",
        rf"{_BEFORE}{_FIGURES}{_AFTER}",
        rf"{_BEFORE}{_ISO}{_AFTER}",
    )
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as it stands in a text, with or without year and weekday; it may be impossible.

    `is_no_single_day` says that the words before it make it a range, a week or an uncertain day.
    """

    start: int
    end: int
    day: int
    month: int
    year: int | None
    weekday: int | None
    is_no_single_day: bool = False

    def on(self, year: int | None = None) -> date | None:
        """Read it as a date, of `year` where none is printed; None if there is no such day."""
        year = self.year or year
        try:
            return date(year, self.month, self.day) if year in _YEARS and year else None
        except ValueError:
            return None


def find_dates(text: str) -> list[PrintedDate]:
    """Find every date, from left to right; where two forms overlap the first to begin counts."""
    found = sorted(
        (printed for form in _FORMS for printed in _find(form, text)),
        key=lambda printed: (printed.start, -printed.end),
    )
    dates: list[PrintedDate] = []
    for printed in found:
        if not dates or printed.start >= dates[-1].end:
            dates.append(printed)
    return dates


def find_weekdays(text: str) -> set[int]:
    """Find every weekday that is named, beside a date or apart from it; Monday is 0."""
    return {_place(name, WEEKDAYS) - 1 for name in _NAMED_DAY.findall(text)}


def _find(form: re.Pattern[str], text: str) -> Iterator[PrintedDate]:
    for match in form.finditer(text):
        parts = match.groupdict()
        year = parts["year"]
        month = parts.get("month")
        if year is None and month == "may":
            continue  # `the first 5 may apply`
        weekday = parts["weekday"] or parts["later"] or parts["last"]
        yield PrintedDate(
            start=match.start(),
            end=match.end(),
            day=int(parts["day"]),
            month=_place(month, MONTHS) if month else int(parts["number"]),
            year=_full(year) if year else None,
            weekday=_place(weekday, WEEKDAYS) - 1 if weekday else None,
            is_no_single_day=_LOOSE.search(text[max(0, match.start() - _NEAR) : match.start()])
            is not None,
        )


def _place(name: str, names: tuple[str, ...]) -> int:
    return next(n for n, full in enumerate(names, 1) if full.startswith(name.casefold()[:3]))


def _full(year: str) -> int:
    figures = year.lstrip("'")
    return int(figures) + (_CENTURY if len(figures) == len("25") else 0)

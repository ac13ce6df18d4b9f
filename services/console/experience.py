"""How long somebody did something, from the months they name: an aid, never a gate (K6)."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

_SPAN: Final = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])\.\.((?:19|20)\d\d)-(0[1-9]|1[0-2])")
_MONTHS: Final = 12


class Span(NamedTuple):
    """Months from the first to the last, both included, counted from year 0."""

    first: int
    last: int


def read_span(text: str) -> Span:
    """Read `2019-01..2021-06`; raises ValueError that says what it should look like."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} does not look like 2019-01..2021-06")
    from_year, from_month, to_year, to_month = map(int, found.groups())
    span = Span(from_year * _MONTHS + from_month, to_year * _MONTHS + to_month)
    if span.last < span.first:
        raise ValueError(f"{text!r} ends before it begins")
    return span


def months_of(spans: Iterable[Span]) -> int:
    """Count the months worked, overlapping jobs once; a month begun counts as a month (K6)."""
    return len({month for span in spans for month in range(span.first, span.last + 1)})


def in_years(months: int) -> str:
    """Write months as years: 4.0 years is 48 of them, and 47 never look like it."""
    return f"{months // _MONTHS}.{months % _MONTHS * 10 // _MONTHS} years ({months} months)"

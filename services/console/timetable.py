"""`./muster timetable`: every date that an advert's words promise; computed, nothing is stored.

Of a range, the earliest is the first promised day as printed, the latest the last one. The target
is the day on which work is planned to start: the first promised day or, where that is none to work
on, the next working day (W10); for interviews also not before the promised weeks after the review
opens (W8).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from pydantic import ValidationError

from services.console import words
from services.console.mistakes import USAGE_ERROR, read_as, read_day
from services.review.decisions import overdue_from
from services.vacancies.decisions import Timetable, schedule, too_late_from
from services.vacancies.reading import window_of
from shared.calendar import LONDON, last_at_london, london_date, weeks_after
from shared.contracts.vacancies import (
    ClosingAnchor,
    Employer,
    Engagement,
    RoleType,
    VacancyPublished,
)
from shared.employers import terms_of

read_window: Final = read_as(window_of, 'is no window, as "1 week" and "2 to 3 weeks" are')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--closes", required=True, type=_clock_time, metavar="TIME",
        help='London clock time, such as "2025-10-21 23:55"; a day alone closes at the employer\'s'
        " usual time",
    )  # fmt: skip
    for name, after in (("review", "the closing"), ("interviews", "the review")):
        parser.add_argument(
            f"--{name}", required=True, type=read_window, metavar="WEEKS",
            help=f'how long after {after}: "1 week", "2 to 3 weeks"',
        )  # fmt: skip
    parser.add_argument(
        "--anchor", choices=("closing-date", "actual-close"), default="closing-date",
        help="what the weeks to the review count from (C7)",
    )  # fmt: skip
    parser.add_argument(
        "--closed", type=_clock_time, metavar="TIME",
        help="when it closed in fact, if that is another moment than --closes",
    )  # fmt: skip
    parser.add_argument("--posted", type=read_day, metavar="DAY", help="2025-10-01")
    parser.add_argument("--employer", type=Employer, default=Employer.MET, choices=list(Employer))
    parser.add_argument("--json", action="store_true", help="for a program")


def _clock_time(text: str) -> tuple[date, time | None]:
    day, _, clock_time = text.strip().replace("T", " ").partition(" ")
    try:
        shown = time.fromisoformat(clock_time) if clock_time else None
        if shown is None or shown.tzinfo is None:
            return date.fromisoformat(day), shown
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f'{text!r} is no London clock time, as "2025-10-21 23:55" is')


def run(arguments: argparse.Namespace) -> int:
    """Print the timetable, or say why there is none."""
    closing_time = terms_of(arguments.employer).closing_time

    notes: list[str] = []

    def instant(of: tuple[date, time | None]) -> datetime:
        at, doubt = last_at_london(of[0], closing_time if of[1] is None else of[1])
        notes.extend([doubt] if doubt else [])
        return at

    try:
        advert = VacancyPublished(
            vacancy="what-if",
            employer=arguments.employer,
            title="What if",
            location="London",
            role_type=RoleType.POLICE_STAFF,
            engagement=Engagement.PERMANENT,
            posted_on=arguments.posted,
            closes_at=instant(arguments.closes),
            review=arguments.review,
            review_anchor=ClosingAnchor(arguments.anchor.replace("-", "_")),
            interviews=arguments.interviews,
        )
    except ValidationError as error:
        first = error.errors()[0]
        print(f"muster: {first['loc'][0]}: {first['msg']}", file=sys.stderr)
        return USAGE_ERROR
    made = schedule(advert, closed_at=instant(arguments.closed) if arguments.closed else None)
    if not isinstance(made, Timetable):
        print(f"muster: {made.detail} ({made.reason})", file=sys.stderr)
        return USAGE_ERROR
    if arguments.json:
        print(json.dumps(as_json(advert, made) | {"clocks_change": notes}, indent=2))
    else:
        print(words.fit(*lines(advert, made), *notes))
    return 0


@dataclass(frozen=True, slots=True)
class Span:
    """The promised days on which something starts; work is planned to start on `target`."""

    first: date
    target: date
    last: date


def _review(made: Timetable) -> Span:
    works_on = london_date(made.review_opens_at)
    return Span(made.review_promised_on, works_on, made.review_latest_on)


def _interviews(advert: VacancyPublished, made: Timetable) -> Span:
    target = interviews_target(advert, made)
    return Span(made.interviews_promised_on, target, made.interviews_latest_on)


def interviews_target(advert: VacancyPublished, made: Timetable) -> date:
    """Find the first day of interviews if the review is complete on the day it opens (W8, W10)."""
    day = weeks_after(london_date(made.review_opens_at), advert.interviews.min_weeks)
    return words.works_on(day) or day


def _overdue_from(made: Timetable) -> datetime:
    return overdue_from(made.review_latest_on, made.review_opens_at)


def _counted_from(advert: VacancyPublished, made: Timetable) -> date:
    is_actual = advert.review_anchor is ClosingAnchor.ACTUAL_CLOSE
    return london_date(made.closes_at if is_actual else advert.closes_at)


def lines(advert: VacancyPublished, made: Timetable) -> Iterator[str]:
    """Write a timetable for a person: each moment with weekday, clock time and zone."""
    if made.opens_at:
        yield f"opens            {words.zoned(made.opens_at)}"
    yield f"closes           {words.zoned(made.closes_at)}"
    yield f"last accepted    {words.zoned(made.last_accepted_at, seconds=True)}"
    yield f"too late from    {words.zoned(too_late_from(made.last_accepted_at), seconds=True)}"
    anchor = words.plain(advert.review_anchor)
    counted_from = words.day(_counted_from(advert, made))
    yield f"review           {words.weeks(advert.review)} after the {anchor}, {counted_from}"
    yield from _span_lines(_review(made), words.zoned(made.review_opens_at))
    yield f"  overdue from   {words.zoned(_overdue_from(made))}"
    yield (
        "                 unless somebody has been decided by then: staff and candidates are told,"
        " nobody is rejected"
    )
    yield f"interviews       {words.weeks(advert.interviews)} after the review"
    interviews = _interviews(advert, made)
    yield from _span_lines(interviews, words.promised(interviews.target))
    yield (
        "                 counted from the review's promised days until it is complete, and then"
        " from its completion: not before"
    )


def _span_lines(span: Span, target: str) -> Iterator[str]:
    yield f"  earliest       {words.promised(span.first)}"
    yield f"  target         {target}"
    yield f"  latest         {words.promised(span.last)}"


def as_json(advert: VacancyPublished, made: Timetable) -> dict[str, Any]:
    """Write a timetable for a program."""
    return {
        "employer": advert.employer,
        "opens_at": _moment(made.opens_at) if made.opens_at else None,
        "closes_at": _moment(made.closes_at),
        "last_accepted_at": _moment(made.last_accepted_at),
        "too_late_from": _moment(too_late_from(made.last_accepted_at)),
        "review": {
            "anchor": advert.review_anchor,
            "counted_from": _counted_from(advert, made).isoformat(),
            **_span(_review(made)),
            "opens_at": _moment(made.review_opens_at),
            "overdue_from": _moment(_overdue_from(made)),
        },
        "interviews": _span(_interviews(advert, made)),
    }


def _moment(at: datetime) -> dict[str, str]:
    local = at.astimezone(LONDON)
    return {
        "utc": at.isoformat().replace("+00:00", "Z"),
        "london": local.isoformat(),
        "zone": f"{local:%Z}",
        "weekday": f"{local:%A}",
    }


def _span(span: Span) -> dict[str, dict[str, str | None]]:
    return {"earliest": _day(span.first), "target": _day(span.target), "latest": _day(span.last)}


def _day(day: date) -> dict[str, str | None]:
    works_on = words.works_on(day)
    return {
        "on": day.isoformat(),
        "weekday": f"{day:%A}",
        "works_on": works_on.isoformat() if works_on else None,
    }

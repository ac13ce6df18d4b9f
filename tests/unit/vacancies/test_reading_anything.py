"""Any day in any form is read back; no text whatever makes the reader raise."""

import re
from datetime import date, time, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vacancies.reading import Settled, VacancyReading, read_advert
from shared.calendar import at_london, london_date
from shared.employers import terms_of
from tests.support.adverts import advert, field, holds, read_vacancy
from tests.unit.vacancies.test_reading_pages import POOL, PROFILE

TEN_YEARS = st.dates(date(2019, 1, 1), date(2028, 6, 30))
SUFFIX = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
DAYS = {
    "ordinal": lambda d: f"{d.day}{SUFFIX.get(d.day, 'th')} {d:%B %Y}",
    "broken ordinal": lambda d: f"{d.day} {SUFFIX.get(d.day, 'th')} {d:%B %Y}",
    "bare": lambda d: f"{d.day} {d:%B %Y}",
    "short": lambda d: f"{d.day} {d:%b %Y}",
    "with of": lambda d: f"the {d.day}{SUFFIX.get(d.day, 'th')} of {d:%B}, {d:%Y}",
    "weekday": lambda d: f"{d:%A}, {d.day} {d:%B %Y}",
    "short weekday": lambda d: f"{d:%a} {d.day} {d:%b %Y}",
    "weekday behind": lambda d: f"{d.day} {d:%B %Y} ({d:%A})",
    "month first": lambda d: f"{d:%B} {d.day}, {d:%Y}",
    "month first, weekday": lambda d: f"{d:%A}, {d:%B} {d.day}{SUFFIX.get(d.day, 'th')} {d:%Y}",
    "slashes": lambda d: f"{d:%d/%m/%Y}",
    "short slashes": lambda d: f"{d.day}/{d.month}/{d:%y}",
    "dots": lambda d: f"{d:%d.%m.%Y}",
    "dashes": lambda d: f"{d:%d-%m-%Y}",
    "capitals": lambda d: f"{d.day} {d:%B %Y}".upper(),
    "two figures": lambda d: f"{d.day} {d:%b} '{d:%y}",
    "iso": lambda d: d.isoformat(),
}
TIMES = {
    "24 hours": lambda t: f"{t:%H:%M}",
    "24 hours, dot": lambda t: f"{t:%H.%M}",
    "military": lambda t: f"{t:%H%M}hrs",
    "12 hours": lambda t: f"{t.hour % 12 or 12}:{t:%M}{t:%p}".lower(),
    "12 hours, dot": lambda t: f"{t.hour % 12 or 12}.{t:%M} {t:%p}".lower(),
    "12 hours, dots": lambda t: f"{t.hour % 12 or 12}:{t:%M} {'ap'[t.hour // 12]}.m.",
}
ORDERS = (
    "Closing date: {day} at {time}",
    "Closing date: {day}, {time}",
    "Applications must reach us by {time} on {day}.",
    "Closing date:\n{day}\n{time}",
    "This vacancy closes at {time}, {day}.",
)


@pytest.mark.parametrize("day_form", DAYS)
@given(
    day=TEN_YEARS,
    at=st.times().filter(lambda at: (at.hour, at.minute) != (0, 0)),
    time_form=st.sampled_from(sorted(TIMES)),
    order=st.sampled_from(ORDERS),
)
def test_C1_any_day_and_time_in_any_form_is_read_back(day_form, day, at, time_form, order):
    at = time(at.hour, at.minute)
    text = order.format(day=DAYS[day_form](day), time=TIMES[time_form](at))
    closes_at = field(read_vacancy(text), "closes_at").value
    assert closes_at == max(at_london(day, at), at_london(day, at.replace(fold=1)))


@given(day=TEN_YEARS, wrong=st.integers(1, 6))
def test_C1_a_wrong_weekday_is_always_held(day, wrong):
    weekday = day + timedelta(days=wrong)
    text = advert(closing=f"Closing date: {weekday:%A} {day.day} {day:%B %Y}, 23:55")
    assert holds(read_vacancy(text)) == {"closes_at": "weekday_disagrees"}


@given(posted=TEN_YEARS, later=st.integers(0, 180))
def test_C1_the_year_after_posting_is_found_over_any_new_year(posted, later):
    day = posted + timedelta(days=later)
    text = advert(
        posted=f"Posted on {posted.day} {posted:%B %Y}",
        closing=f"Closing date: {day:%A} {day.day} {day:%B}, 23:55",
    )
    assert london_date(field(read_vacancy(text), "closes_at").value) == day


WHOLE = st.sampled_from([advert(posted="Posted on 2 May 2026"), PROFILE, POOL])
CRUMBS = st.sampled_from(
    ["\n", " ", "\t", "|", ":", "\u00a3", "\u2013", "\u00a0", "(Level )", "31 June 2026", "12am",
     "closing date", "0", "99", "weeks after", "\x00", "\u2028", "st", "Friday", "= 1,000", "must"]
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """An advert with pieces cut out, doubled, moved and strewn in."""
    pieces = re.split(r"(?<=[ \n])", draw(WHOLE))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(pieces)))
        other = draw(st.integers(0, len(pieces)))
        low, high = sorted((place, other))
        match draw(st.sampled_from(["cut", "double", "move", "strew"])):
            case "cut":
                del pieces[low : min(high, low + 20)]
            case "double":
                pieces[low:low] = pieces[low : min(high, low + 20)]
            case "move":
                pieces[low:low], pieces[high:] = pieces[high : high + 5], pieces[high + 5 :]
            case "strew":
                pieces.insert(place, draw(st.one_of(CRUMBS, st.text(max_size=5))))
    return "".join(pieces)


@given(mangled())
def test_no_mangled_advert_makes_the_reader_raise_and_none_is_published_with_a_doubt(text):
    reading = read_advert(text, Settled(), terms_of)
    if isinstance(reading, VacancyReading):
        assert (reading.published is None) == bool(reading.held)


@given(st.text())
def test_no_text_at_all_makes_the_reader_raise(text):
    read_advert(text, Settled(), terms_of)


@pytest.mark.parametrize(
    "unit",
    ["a\n", "\n", "Label:\n", "- a\n", "review 1 to 2 weeks after ", "closing date 14 May 2026 ",
     "The Head of ", "\u00a31,000 basic ", "(Level ", "submit a b c ", "12:10 ", "must "],
)  # fmt: skip
def test_a_long_text_of_one_pattern_is_not_read_for_ever(unit):
    began = process_time()
    read_advert(unit * (20_000 // len(unit)), Settled(), terms_of)
    assert process_time() - began < 8

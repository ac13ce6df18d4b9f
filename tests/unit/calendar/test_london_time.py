"""What London's clocks and calendars show."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import at_london, end_of_london_day, last_at_london, london_date

DAYS = st.dates(date(2018, 1, 1), date(2028, 12, 30))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2025-06-18T22:59:59.999999", date(2025, 6, 18)),
        ("2025-06-18T23:00", date(2025, 6, 19)),
        ("2025-06-18T23:30", date(2025, 6, 19)),
        ("2025-12-18T23:30", date(2025, 12, 18)),
        ("2025-12-19T00:00", date(2025, 12, 19)),
        ("2026-03-29T00:59", date(2026, 3, 29)),
        ("2026-03-29T22:59", date(2026, 3, 29)),
        ("2026-03-29T23:00", date(2026, 3, 30)),
        ("2026-10-24T23:30", date(2026, 10, 25)),
        ("2026-10-25T23:30", date(2026, 10, 25)),
    ],
)
def test_E5_a_date_is_the_date_in_london(instant, day):
    assert london_date(utc(instant)) == day


def test_E5_any_offset_names_the_same_london_date():
    assert london_date(datetime.fromisoformat("2025-06-19T08:30+09:00")) == date(2025, 6, 19)


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        london_date(datetime(2025, 6, 19))  # noqa: DTZ001


def test_a_london_time_that_carries_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        at_london(date(2025, 6, 19), time(9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2025, 10, 21), time(23, 55), "2025-10-21T22:55"),
        (date(2025, 10, 28), time(9), "2025-10-28T09:00"),
        (date(2025, 6, 26), time(9), "2025-06-26T08:00"),
        (date(2026, 3, 29), time(0, 59), "2026-03-29T00:59"),
        (date(2026, 3, 29), time(1), "2026-03-29T01:00"),
        (date(2026, 3, 29), time(1, 30), "2026-03-29T01:30"),
        (date(2026, 3, 29), time(2), "2026-03-29T01:00"),
        (date(2026, 10, 25), time(0, 59), "2026-10-24T23:59"),
        (date(2026, 10, 25), time(1, 30), "2026-10-25T00:30"),
        (date(2026, 10, 25), time(1, 30, fold=1), "2026-10-25T01:30"),
        (date(2026, 10, 25), time(2), "2026-10-25T02:00"),
    ],
)
def test_a_london_clock_time_is_one_instant_on_every_day(day, clock, instant):
    """Half past one never comes in March (one hour later counts) and comes twice in October."""
    assert at_london(day, clock) == utc(instant)
    assert at_london(day, clock).tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)],
)
def test_a_day_of_a_clock_change_is_an_hour_shorter_or_longer(day, hours):
    length = end_of_london_day(day) - at_london(day, time.min)
    assert length.total_seconds() == hours * 3600


@given(DAYS)
def test_a_day_ends_where_the_next_begins(day):
    end = end_of_london_day(day)
    assert london_date(end) == date.fromordinal(day.toordinal() + 1)
    assert london_date(end - datetime.resolution) == day


@given(DAYS, st.times())
def test_a_london_time_lies_on_its_own_london_date(day, clock):
    assert london_date(at_london(day, clock)) == day


@pytest.mark.parametrize(
    ("day", "taken", "told"),
    [
        (date(2025, 10, 26), "2025-10-26T01:30", "comes twice"),
        (date(2026, 3, 29), "2026-03-29T01:30", "does not come"),
        (date(2026, 3, 30), "2026-03-30T00:30", ""),
    ],
)
def test_C1_the_last_reading_of_a_clock_time_says_so_where_the_clocks_change(day, taken, told):
    instant, doubt = last_at_london(day, time(1, 30))
    assert f"{instant:%Y-%m-%dT%H:%M}" == taken
    assert told in doubt
    assert bool(doubt) == bool(told)

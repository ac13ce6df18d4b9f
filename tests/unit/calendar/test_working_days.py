"""Calendar weeks, working days of England and Wales, and anniversaries."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.calendar
from shared.calendar import (
    BankHolidaysUnknownError,
    add_working_days,
    add_working_days_or_weekdays,
    is_working_day,
    on_or_next_working_day,
    weeks_after,
    years_after,
)

KNOWN_DAYS = st.dates(date(2018, 1, 1), date(2028, 11, 30))


@pytest.mark.parametrize(
    "holiday",
    [
        date(2018, 3, 30), date(2020, 5, 8), date(2021, 12, 27), date(2021, 12, 28),
        date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8),
        date(2025, 4, 18), date(2025, 8, 25), date(2026, 12, 28), date(2028, 1, 3),
    ],
)  # fmt: skip
def test_moved_extra_and_substitute_bank_holidays_are_no_working_days(holiday):
    assert not is_working_day(holiday)


@pytest.mark.parametrize(
    "working_day",
    [date(2020, 5, 4), date(2022, 5, 30), date(2022, 9, 16), date(2025, 12, 24), date(2026, 1, 2)],
)
def test_the_days_that_holidays_moved_away_from_are_working_days(working_day):
    """2 January is a holiday in Scotland only; Whit Monday of 2022 moved to June."""
    assert is_working_day(working_day)


@pytest.mark.parametrize(
    ("day", "worked_on"),
    [
        (date(2025, 10, 28), date(2025, 10, 28)),
        (date(2025, 10, 25), date(2025, 10, 27)),
        (date(2025, 4, 18), date(2025, 4, 22)),
        (date(2025, 12, 25), date(2025, 12, 29)),
        (date(2021, 12, 25), date(2021, 12, 29)),
        (date(2028, 12, 25), date(2028, 12, 27)),
    ],
)
def test_W10_work_moves_to_the_next_working_day(day, worked_on):
    assert on_or_next_working_day(day) == worked_on


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2025, 10, 21), 0, date(2025, 10, 21)),
        (date(2025, 10, 21), 5, date(2025, 10, 28)),
        (date(2025, 10, 24), 1, date(2025, 10, 27)),
        (date(2025, 10, 25), 1, date(2025, 10, 27)),
        (date(2025, 4, 17), 1, date(2025, 4, 22)),
        (date(2025, 12, 24), 5, date(2026, 1, 5)),
    ],
)
def test_working_days_are_counted_from_the_next_day(day, count, result):
    assert add_working_days(day, count) == result


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2025, 10, 21), -1)


@pytest.mark.parametrize("day", [date(2017, 12, 29), date(2029, 1, 1)])
def test_a_weekday_outside_the_data_is_an_error_and_never_silently_a_working_day(day):
    with pytest.raises(BankHolidaysUnknownError, match=str(day.year)):
        is_working_day(day)


def test_a_weekend_outside_the_data_is_known_to_be_one():
    assert not is_working_day(date(2029, 1, 6))


def test_the_holiday_data_is_in_order_and_covers_every_year_it_says():
    path = Path(shared.calendar.__file__).with_name("bank_holidays.json")
    known = json.loads(path.read_text(encoding="utf-8"))
    days = [date.fromisoformat(day) for day in known["holidays"]]
    assert days == sorted(set(days))
    for year in range(known["first_year"], known["last_year"] + 1):
        assert sum(day.year == year for day in days) >= 8
    assert {day.year for day in days} == set(range(known["first_year"], known["last_year"] + 1))
    assert all(day.weekday() < 5 for day in days)


@given(KNOWN_DAYS)
def test_W10_work_moves_by_at_most_four_days_and_never_backwards(day):
    worked_on = on_or_next_working_day(day)
    assert day <= worked_on <= day + timedelta(days=4)
    assert is_working_day(worked_on)
    assert not any(is_working_day(day + timedelta(n)) for n in range((worked_on - day).days))


@given(st.dates(date(2018, 1, 1), date(2028, 6, 1)), st.integers(0, 15), st.integers(0, 15))
def test_counting_working_days_in_two_goes_is_counting_them_in_one(day, first, second):
    assert add_working_days(add_working_days(day, first), second) == add_working_days(
        day, first + second
    )


@given(st.dates(date(2018, 1, 1), date(2028, 12, 31)), st.integers(0, 52))
def test_W3_weeks_keep_the_weekday(day, weeks):
    assert weeks_after(day, weeks).weekday() == day.weekday()
    assert (weeks_after(day, weeks) - day).days == 7 * weeks


@pytest.mark.parametrize(
    ("day", "years", "earliest", "latest"),
    [
        (date(2020, 10, 21), 5, date(2025, 10, 21), date(2025, 10, 21)),
        (date(2020, 2, 29), 5, date(2025, 2, 28), date(2025, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2020, 2, 28), 5, date(2025, 2, 28), date(2025, 2, 28)),
        (date(2019, 2, 28), 5, date(2024, 2, 28), date(2024, 2, 28)),
        (date(2019, 3, 1), 5, date(2024, 3, 1), date(2024, 3, 1)),
        (date(1896, 2, 29), 4, date(1900, 2, 28), date(1900, 3, 1)),
    ],
)
def test_E4_only_29_february_has_two_anniversaries(day, years, earliest, latest):
    anniversary = years_after(day, years)
    assert (anniversary.earliest, anniversary.latest) == (earliest, latest)


@given(st.dates(date(2029, 1, 1), date(2200, 12, 31)), st.integers(1, 30))
def test_E20_F2_weekdays_are_counted_where_no_holiday_is_known(day, count):
    following = (day + timedelta(days=number) for number in range(1, 60))
    weekdays = [day for day in following if day.weekday() < 5]
    assert add_working_days_or_weekdays(day, count) == weekdays[count - 1]


@given(st.dates(date(2018, 1, 1), date(2028, 6, 1)), st.integers(0, 30))
def test_E20_F2_working_days_are_counted_where_holidays_are_known(day, count):
    assert add_working_days_or_weekdays(day, count) == add_working_days(day, count)


def test_E20_F2_known_holidays_do_not_count_where_the_last_day_is_in_a_year_that_is_not_known():
    assert add_working_days_or_weekdays(date(2028, 12, 21), 5) == date(2029, 1, 1)

"""Five years from the date of leaving, day by day (E3 to E5, E8, E11, E16)."""

from datetime import date

import pytest

from services.eligibility.departures import Span, days_meant
from shared.employers import EarlyDepartureTerms, Reading
from tests.support.build_eligibility import ELIGIBLE, applied, outcome, rejected
from tests.support.builders import departure

ANNIVERSARY = "referred E3_anniversary_day"
LEAP_DAY = "referred E4_left_on_leap_day"
PARTIAL = "referred E8_partial_date"
IMPOSSIBLE = "referred E8_impossible_date"
NOT_LEFT_YET = "referred E11_not_left_yet"


@pytest.mark.parametrize(
    ("left_on", "applied_on", "expected"),
    [
        ("2020-10-21", "2020-10-22", rejected("2025-10-22")),
        ("2020-10-21", "2025-10-19", rejected("2025-10-22")),
        ("2020-10-21", "2025-10-20", rejected("2025-10-22")),
        ("2020-10-21", "2025-10-21", ANNIVERSARY),
        ("2020-10-21", "2025-10-22", ELIGIBLE),
        ("2020-10-21", "2025-10-23", ELIGIBLE),
        ("2010-10-21", "2025-10-21", ELIGIBLE),
        ("2019-12-31", "2024-12-30", rejected("2025-01-01")),
        ("2019-12-31", "2024-12-31", ANNIVERSARY),
        ("2019-12-31", "2025-01-01", ELIGIBLE),
        ("2020-01-01", "2024-12-31", rejected("2025-01-02")),
        ("2020-01-01", "2025-01-01", ANNIVERSARY),
        ("2019-02-28", "2024-02-27", rejected("2024-02-29")),
        ("2019-02-28", "2024-02-28", ANNIVERSARY),
        ("2019-02-28", "2024-02-29", ELIGIBLE),
        ("2019-03-01", "2024-02-29", rejected("2024-03-02")),
        ("2020-02-28", "2025-02-28", ANNIVERSARY),
        ("2020-02-28", "2025-03-01", ELIGIBLE),
        ("2020-03-01", "2025-02-28", rejected("2025-03-02")),
    ],
)
def test_E3_E16_before_the_anniversary_barred_on_it_a_person_after_it_free(
    left_on, applied_on, expected
):
    assert outcome(applied(applied_on, departure(left_on))) == expected


@pytest.mark.parametrize(
    ("left_on", "applied_on", "expected"),
    [
        ("2020-02-29", "2025-02-27", rejected("2025-03-02")),
        ("2020-02-29", "2025-02-28", LEAP_DAY),
        ("2020-02-29", "2025-03-01", LEAP_DAY),
        ("2020-02-29", "2025-03-02", ELIGIBLE),
        ("2016-02-29", "2021-02-27", rejected("2021-03-02")),
        ("2016-02-29", "2021-03-01", LEAP_DAY),
        ("2024-02-29", "2025-06-19", rejected("2029-03-02")),
    ],
)
def test_E4_both_anniversaries_of_29_february_go_to_a_person(left_on, applied_on, expected):
    assert outcome(applied(applied_on, departure(left_on))) == expected


@pytest.mark.parametrize(
    ("left_on", "submitted_at", "expected"),
    [
        ("2020-06-19", "2025-06-18T22:59:59+00:00", rejected("2025-06-20")),
        ("2020-06-19", "2025-06-18T23:00:00+00:00", ANNIVERSARY),
        ("2020-06-19", "2025-06-18T23:30:00+00:00", ANNIVERSARY),
        ("2020-06-19", "2025-06-19T22:59:59+00:00", ANNIVERSARY),
        ("2020-06-19", "2025-06-19T23:00:00+00:00", ELIGIBLE),
        ("2020-06-19", "2025-06-19T06:00:00+09:00", rejected("2025-06-20")),
        ("2020-12-19", "2025-12-18T23:30:00+00:00", rejected("2025-12-20")),
        ("2020-12-19", "2025-12-19T23:59:59+00:00", ANNIVERSARY),
        ("2020-12-19", "2025-12-20T00:00:00+00:00", ELIGIBLE),
        # The nights of the two clock changes: 28 to 29 March 2026, 24 to 25 October 2026.
        ("2021-03-29", "2026-03-28T23:59:59+00:00", rejected("2026-03-30")),
        ("2021-03-29", "2026-03-29T00:00:00+00:00", ANNIVERSARY),
        ("2021-03-29", "2026-03-29T22:59:59+00:00", ANNIVERSARY),
        ("2021-03-29", "2026-03-29T23:00:00+00:00", ELIGIBLE),
        ("2021-10-25", "2026-10-24T22:59:59+00:00", rejected("2026-10-26")),
        ("2021-10-25", "2026-10-24T23:00:00+00:00", ANNIVERSARY),
        ("2021-10-25", "2026-10-25T23:59:59+00:00", ANNIVERSARY),
        ("2021-10-25", "2026-10-26T00:00:00+00:00", ELIGIBLE),
    ],
)
def test_E5_the_day_of_applying_is_the_date_in_london(left_on, submitted_at, expected):
    assert outcome(applied(submitted_at, departure(left_on))) == expected


@pytest.mark.parametrize(
    ("left_on", "applied_on", "expected"),
    [
        ("2020-06", "2025-05-31", rejected("2025-07-01")),
        ("2020-06", "2025-06-01", PARTIAL),
        ("2020-06", "2025-06-30", PARTIAL),
        ("2020-06", "2025-07-01", ELIGIBLE),
        ("2020-02", "2025-01-31", rejected("2025-03-02")),
        ("2020-02", "2025-02-01", PARTIAL),
        ("2020-02", "2025-03-01", PARTIAL),
        ("2020-02", "2025-03-02", ELIGIBLE),
        ("2020-12", "2025-12-31", PARTIAL),
        ("2020-12", "2026-01-01", ELIGIBLE),
        ("2020", "2024-12-31", rejected("2026-01-01")),
        ("2020", "2025-01-01", PARTIAL),
        ("2020", "2025-06-19", PARTIAL),
        ("2020", "2025-12-31", PARTIAL),
        ("2020", "2026-01-01", ELIGIBLE),
        ("2025", "2025-06-19", PARTIAL),
        ("2025-06", "2025-06-19", PARTIAL),
        ("2025-06", "2025-07-01", rejected("2030-07-01")),
        ("1999", "2025-06-19", ELIGIBLE),
    ],
)
def test_E8_part_of_a_date_bars_only_if_both_its_ends_bar(left_on, applied_on, expected):
    assert outcome(applied(applied_on, departure(left_on))) == expected


@pytest.mark.parametrize("left_on", ["2021-02-30", "2021-02-29", "2021-04-31", "2001-06-31"])
def test_E8_a_day_that_does_not_exist_is_a_question_for_a_person(left_on):
    assert outcome(applied("2025-06-19", departure(left_on))) == IMPOSSIBLE


@pytest.mark.parametrize(
    ("left_on", "applied_on"),
    [
        ("2025-06-19", "2025-06-19"),
        ("2025-06-20", "2025-06-19"),
        ("2026-03", "2025-06-19"),
        ("2030", "2025-06-19"),
    ],
)
def test_E11_somebody_who_has_not_left_yet_is_not_rejected(left_on, applied_on):
    assert outcome(applied(applied_on, departure(left_on))) == NOT_LEFT_YET


@pytest.mark.parametrize(
    ("reading", "left_on", "applied_on", "expected"),
    [
        (Reading.ALLOWS, "2020-10-21", "2025-10-20", rejected("2025-10-21")),
        (Reading.ALLOWS, "2020-10-21", "2025-10-21", ELIGIBLE),
        (Reading.ALLOWS, "2020-02-29", "2025-02-27", rejected("2025-02-28")),
        (Reading.ALLOWS, "2020-02-29", "2025-02-28", ELIGIBLE),
        (Reading.ALLOWS, "2020-06", "2025-06-29", PARTIAL),
        (Reading.ALLOWS, "2020-06", "2025-06-30", ELIGIBLE),
        (Reading.BARS, "2020-10-21", "2025-10-21", rejected("2025-10-22")),
        (Reading.BARS, "2020-10-21", "2025-10-22", ELIGIBLE),
        (Reading.BARS, "2020-02-29", "2025-03-01", rejected("2025-03-02")),
        (Reading.BARS, "2020-06", "2025-06-01", rejected("2025-07-01")),
        (Reading.BARS, "2020-06", "2025-06-02", PARTIAL),
    ],
)
def test_E3_E4_an_employer_may_settle_how_the_anniversary_is_read(
    reading, left_on, applied_on, expected
):
    policy = EarlyDepartureTerms(anniversary=reading)
    assert outcome(applied(applied_on, departure(left_on)), policy) == expected


@pytest.mark.parametrize(
    ("years", "applied_on", "expected"),
    [
        (2, "2022-10-20", rejected("2022-10-22")),
        (2, "2022-10-22", ELIGIBLE),
        (12, "2032-10-20", rejected("2032-10-22")),
    ],
)
def test_E1_the_number_of_years_is_the_employers(years, applied_on, expected):
    policy = EarlyDepartureTerms(years=years)
    assert outcome(applied(applied_on, departure("2020-10-21")), policy) == expected


@pytest.mark.parametrize(
    ("left_on", "first", "last"),
    [
        ("2020-10-21", date(2020, 10, 21), date(2020, 10, 21)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
        ("2021-12", date(2021, 12, 1), date(2021, 12, 31)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_E8_a_part_of_a_date_means_all_its_days(left_on, first, last):
    assert days_meant(left_on) == Span(first, last)

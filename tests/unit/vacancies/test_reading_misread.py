"""Words that look like a closing or a figure and mean another: read right or held, never wrong."""

import pytest

from shared.calendar import LONDON
from tests.support.adverts import advert, field, holds, lints, read_vacancy


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("14 May 2026 at 08:00 in the evening", "20:00"),
        ("14 May 2026 at 5:30 in the afternoon", "17:30"),
        ("14 May 2026 at 20:00 in the evening", "20:00"),
        ("14 May 2026 at 09:30 in the morning", "09:30"),
        ("14 May 2026 at 00:30 in the morning", "00:30"),
        ("14 May 2026 at 23:55 at night", "23:55"),
    ],
)
def test_C1_the_part_of_the_day_behind_a_clock_time_counts(printed, shown):
    reading = read_vacancy(advert(closing=f"Closing date: {printed}"))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%H:%M}" == shown
    assert lints(reading) == set()


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("14 May 2026 at 12:30 at night", "ambiguous_time"),
        ("2026-05-14T22:55:00Z", "zone_disagrees"),
        ("14 May 2026, 17:00 CET", "zone_disagrees"),
        ("14 January 2026, 17:00 GMT+1", "zone_disagrees"),
        ("14 January 2026, 17:00 GMT-1", "zone_disagrees"),
        ("2026-01-14T17:00+01:00", "zone_disagrees"),
    ],
)
def test_C1_a_clock_time_of_another_zone_or_half_of_the_day_is_held(printed, reason):
    assert holds(read_vacancy(advert(closing=f"Closing date: {printed}"))) == {"closes_at": reason}


def test_C1_universal_time_is_londons_in_winter():
    reading = read_vacancy(advert(closing="Closing date: 2026-01-14T23:55:00Z"))
    assert f"{field(reading, 'closes_at').value:%H:%M}" == "23:55"


OPENINGS = (
    "Do not apply before 14 May 2026, 09:00.",
    "Applications will not be accepted before 09:00 on 14 May 2026.",
    "We can't have applications sent in before 14 May 2026.",
)


@pytest.mark.parametrize("printed", OPENINGS)
def test_C1_a_day_before_which_nobody_may_apply_is_no_closing(printed):
    assert holds(read_vacancy(advert(closing=printed))) == {"closes_at": "no_closing"}
    reading = read_vacancy(advert(closing=f"{printed} Closing date: 28 May 2026, 23:55."))
    assert f"{field(reading, 'closes_at').value.astimezone(LONDON):%d %H:%M}" == "28 23:55"


def test_A1_thousands_apart_from_their_pounds_are_not_a_salary_of_29_pounds():
    reading = read_vacancy(advert(salary="Basic \u00a329 000, top of the scale \u00a332 150"))
    assert field(reading, "salary").value is None
    assert lints(reading) == {"salary_incomplete"}

"""Timetables over clock changes, bank holidays, leap days and year ends: every date of each.

Written out by weekday and zone, so that a person can check a row against a calendar on the wall.
"""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.timetable import interviews_target
from services.review.decisions import overdue_from
from services.vacancies.decisions import timetable
from shared.calendar import LONDON, at_london, is_working_day, london_date
from shared.contracts.vacancies import Window
from tests.support.builders import vacancy_published

# closes (London), weeks to the review, weeks to the interviews; then of the review: the promised
# day, when its work begins, the latest day, from when it is overdue; of the interviews: the
# promised day, the first on which they can be (so many weeks after the review opens), the latest.
ROWS = [
    # ordinary summer week
    ("2025-07-01 23:55 BST", "1", "1",
     "Tue 2025-07-08", "Tue 2025-07-08 09:00 BST", "Tue 07-08", "Wed 2025-07-09 00:00 BST",
     "Tue 2025-07-15", "Tue 07-15", "Tue 2025-07-15"),
    # ordinary winter week
    ("2025-02-03 17:00 GMT", "2", "3",
     "Mon 2025-02-17", "Mon 2025-02-17 09:00 GMT", "Mon 02-17", "Tue 2025-02-18 00:00 GMT",
     "Mon 2025-03-10", "Mon 03-10", "Mon 2025-03-10"),
    # closing at midday
    ("2025-05-13 12:00 BST", "1", "1",
     "Tue 2025-05-20", "Tue 2025-05-20 09:00 BST", "Tue 05-20", "Wed 2025-05-21 00:00 BST",
     "Tue 2025-05-27", "Tue 05-27", "Tue 2025-05-27"),
    # closing at midnight's minute
    ("2025-05-13 00:00 BST", "1", "1",
     "Tue 2025-05-20", "Tue 2025-05-20 09:00 BST", "Tue 05-20", "Wed 2025-05-21 00:00 BST",
     "Tue 2025-05-27", "Tue 05-27", "Tue 2025-05-27"),
    # closing just before midnight
    ("2025-05-13 23:59 BST", "1", "1",
     "Tue 2025-05-20", "Tue 2025-05-20 09:00 BST", "Tue 05-20", "Wed 2025-05-21 00:00 BST",
     "Tue 2025-05-27", "Tue 05-27", "Tue 2025-05-27"),
    # clocks back between closing and review
    ("2025-10-21 23:55 BST", "1", "2-3",
     "Tue 2025-10-28", "Tue 2025-10-28 09:00 GMT", "Tue 10-28", "Wed 2025-10-29 00:00 GMT",
     "Tue 2025-11-11", "Tue 11-11", "Tue 2025-11-18"),
    # clocks back the night after closing
    ("2025-10-25 23:55 BST", "1", "1",
     "Sat 2025-11-01", "Mon 2025-11-03 09:00 GMT", "Sat 11-01", "Tue 2025-11-04 00:00 GMT",
     "Sat 2025-11-08", "Mon 11-10", "Sat 2025-11-08"),
    # closing on the day clocks go back
    ("2025-10-26 23:55 GMT", "1", "1",
     "Sun 2025-11-02", "Mon 2025-11-03 09:00 GMT", "Sun 11-02", "Tue 2025-11-04 00:00 GMT",
     "Sun 2025-11-09", "Mon 11-10", "Sun 2025-11-09"),
    # closing in the hour that comes twice
    ("2025-10-26 01:30 BST", "1", "1",
     "Sun 2025-11-02", "Mon 2025-11-03 09:00 GMT", "Sun 11-02", "Tue 2025-11-04 00:00 GMT",
     "Sun 2025-11-09", "Mon 11-10", "Sun 2025-11-09"),
    # review promised for the day clocks go back
    ("2024-10-20 23:55 BST", "1", "1",
     "Sun 2024-10-27", "Mon 2024-10-28 09:00 GMT", "Sun 10-27", "Tue 2024-10-29 00:00 GMT",
     "Sun 2024-11-03", "Mon 11-04", "Sun 2024-11-03"),
    # clocks back between review and interviews
    ("2026-10-13 23:55 BST", "1", "1",
     "Tue 2026-10-20", "Tue 2026-10-20 09:00 BST", "Tue 10-20", "Wed 2026-10-21 00:00 BST",
     "Tue 2026-10-27", "Tue 10-27", "Tue 2026-10-27"),
    # clocks back in the range
    ("2026-10-13 23:55 BST", "1-2", "2-3",
     "Tue 2026-10-20", "Tue 2026-10-20 09:00 BST", "Tue 10-27", "Wed 2026-10-28 00:00 GMT",
     "Tue 2026-11-03", "Tue 11-03", "Tue 2026-11-17"),
    # clocks forward between closing and review
    ("2025-03-25 23:55 GMT", "1", "1",
     "Tue 2025-04-01", "Tue 2025-04-01 09:00 BST", "Tue 04-01", "Wed 2025-04-02 00:00 BST",
     "Tue 2025-04-08", "Tue 04-08", "Tue 2025-04-08"),
    # closing on the day clocks go forward
    ("2025-03-30 23:55 BST", "1", "1",
     "Sun 2025-04-06", "Mon 2025-04-07 09:00 BST", "Sun 04-06", "Tue 2025-04-08 00:00 BST",
     "Sun 2025-04-13", "Mon 04-14", "Sun 2025-04-13"),
    # closing in the hour that never comes
    ("2026-03-29 01:30 BST", "1", "1",
     "Sun 2026-04-05", "Tue 2026-04-07 09:00 BST", "Sun 04-05", "Wed 2026-04-08 00:00 BST",
     "Sun 2026-04-12", "Tue 04-14", "Sun 2026-04-12"),
    # review promised for the day clocks go forward
    ("2026-03-22 23:55 GMT", "1", "1",
     "Sun 2026-03-29", "Mon 2026-03-30 09:00 BST", "Sun 03-29", "Tue 2026-03-31 00:00 BST",
     "Sun 2026-04-05", "Tue 04-07", "Sun 2026-04-05"),
    # clocks forward between review and interviews
    ("2026-03-20 23:55 GMT", "1", "1",
     "Fri 2026-03-27", "Fri 2026-03-27 09:00 GMT", "Fri 03-27", "Sat 2026-03-28 00:00 GMT",
     "Fri 2026-04-03", "Tue 04-07", "Fri 2026-04-03"),
    # clocks forward in the range
    ("2027-03-17 12:00 GMT", "1-2", "2-3",
     "Wed 2027-03-24", "Wed 2027-03-24 09:00 GMT", "Wed 03-31", "Thu 2027-04-01 00:00 BST",
     "Wed 2027-04-07", "Wed 04-07", "Wed 2027-04-21"),
    # both changes between closing and interviews
    ("2025-10-20 23:55 BST", "1", "22",
     "Mon 2025-10-27", "Mon 2025-10-27 09:00 GMT", "Mon 10-27", "Tue 2025-10-28 00:00 GMT",
     "Mon 2026-03-30", "Mon 03-30", "Mon 2026-03-30"),
    # Saturday closing
    ("2025-06-14 23:55 BST", "1", "1",
     "Sat 2025-06-21", "Mon 2025-06-23 09:00 BST", "Sat 06-21", "Tue 2025-06-24 00:00 BST",
     "Sat 2025-06-28", "Mon 06-30", "Sat 2025-06-28"),
    # Sunday closing
    ("2025-06-15 23:55 BST", "1", "1",
     "Sun 2025-06-22", "Mon 2025-06-23 09:00 BST", "Sun 06-22", "Tue 2025-06-24 00:00 BST",
     "Sun 2025-06-29", "Mon 06-30", "Sun 2025-06-29"),
    # Saturday closing, range ends on a Saturday
    ("2025-06-14 23:55 BST", "1-2", "1-2",
     "Sat 2025-06-21", "Mon 2025-06-23 09:00 BST", "Sat 06-28", "Tue 2025-07-01 00:00 BST",
     "Sat 2025-06-28", "Mon 06-30", "Sat 2025-07-12"),
    # review on Good Friday
    ("2025-04-11 23:55 BST", "1", "1",
     "Fri 2025-04-18", "Tue 2025-04-22 09:00 BST", "Fri 04-18", "Wed 2025-04-23 00:00 BST",
     "Fri 2025-04-25", "Tue 04-29", "Fri 2025-04-25"),
    # review on Easter Saturday
    ("2025-04-12 23:55 BST", "1", "1",
     "Sat 2025-04-19", "Tue 2025-04-22 09:00 BST", "Sat 04-19", "Wed 2025-04-23 00:00 BST",
     "Sat 2025-04-26", "Tue 04-29", "Sat 2025-04-26"),
    # review on Easter Sunday
    ("2025-04-13 23:55 BST", "1", "1",
     "Sun 2025-04-20", "Tue 2025-04-22 09:00 BST", "Sun 04-20", "Wed 2025-04-23 00:00 BST",
     "Sun 2025-04-27", "Tue 04-29", "Sun 2025-04-27"),
    # review on Easter Monday
    ("2025-04-14 23:55 BST", "1", "1",
     "Mon 2025-04-21", "Tue 2025-04-22 09:00 BST", "Mon 04-21", "Wed 2025-04-23 00:00 BST",
     "Mon 2025-04-28", "Tue 04-29", "Mon 2025-04-28"),
    # latest day on Easter Monday
    ("2025-04-07 23:55 BST", "1-2", "1",
     "Mon 2025-04-14", "Mon 2025-04-14 09:00 BST", "Mon 04-21", "Wed 2025-04-23 00:00 BST",
     "Mon 2025-04-21", "Tue 04-22", "Mon 2025-04-28"),
    # interviews on Good Friday
    ("2026-03-20 23:55 GMT", "1", "1",
     "Fri 2026-03-27", "Fri 2026-03-27 09:00 GMT", "Fri 03-27", "Sat 2026-03-28 00:00 GMT",
     "Fri 2026-04-03", "Tue 04-07", "Fri 2026-04-03"),
    # Easter in March
    ("2024-03-22 23:55 GMT", "1", "1",
     "Fri 2024-03-29", "Tue 2024-04-02 09:00 BST", "Fri 03-29", "Wed 2024-04-03 00:00 BST",
     "Fri 2024-04-05", "Tue 04-09", "Fri 2024-04-05"),
    # Early May bank holiday
    ("2026-04-27 23:55 BST", "1", "1",
     "Mon 2026-05-04", "Tue 2026-05-05 09:00 BST", "Mon 05-04", "Wed 2026-05-06 00:00 BST",
     "Mon 2026-05-11", "Tue 05-12", "Mon 2026-05-11"),
    # Early May moved to a Friday for VE day
    ("2020-05-01 23:55 BST", "1", "1",
     "Fri 2020-05-08", "Mon 2020-05-11 09:00 BST", "Fri 05-08", "Tue 2020-05-12 00:00 BST",
     "Fri 2020-05-15", "Mon 05-18", "Fri 2020-05-15"),
    # Spring bank holiday
    ("2026-05-18 23:55 BST", "1", "1",
     "Mon 2026-05-25", "Tue 2026-05-26 09:00 BST", "Mon 05-25", "Wed 2026-05-27 00:00 BST",
     "Mon 2026-06-01", "Tue 06-02", "Mon 2026-06-01"),
    # Spring moved and an extra day, the Jubilee
    ("2022-05-26 23:55 BST", "1", "1",
     "Thu 2022-06-02", "Mon 2022-06-06 09:00 BST", "Thu 06-02", "Tue 2022-06-07 00:00 BST",
     "Thu 2022-06-09", "Mon 06-13", "Thu 2022-06-09"),
    # Summer bank holiday
    ("2026-08-24 23:55 BST", "1", "1",
     "Mon 2026-08-31", "Tue 2026-09-01 09:00 BST", "Mon 08-31", "Wed 2026-09-02 00:00 BST",
     "Mon 2026-09-07", "Tue 09-08", "Mon 2026-09-07"),
    # a bank holiday proclaimed at short notice
    ("2022-09-12 23:55 BST", "1", "1",
     "Mon 2022-09-19", "Tue 2022-09-20 09:00 BST", "Mon 09-19", "Wed 2022-09-21 00:00 BST",
     "Mon 2022-09-26", "Tue 09-27", "Mon 2022-09-26"),
    # Coronation
    ("2023-05-01 23:55 BST", "1", "1",
     "Mon 2023-05-08", "Tue 2023-05-09 09:00 BST", "Mon 05-08", "Wed 2023-05-10 00:00 BST",
     "Mon 2023-05-15", "Tue 05-16", "Mon 2023-05-15"),
    # Christmas Day
    ("2025-12-18 23:55 GMT", "1", "1",
     "Thu 2025-12-25", "Mon 2025-12-29 09:00 GMT", "Thu 12-25", "Tue 2025-12-30 00:00 GMT",
     "Thu 2026-01-01", "Mon 01-05", "Thu 2026-01-01"),
    # Boxing Day, a Friday before a weekend
    ("2025-12-19 23:55 GMT", "1", "1",
     "Fri 2025-12-26", "Mon 2025-12-29 09:00 GMT", "Fri 12-26", "Tue 2025-12-30 00:00 GMT",
     "Fri 2026-01-02", "Mon 01-05", "Fri 2026-01-02"),
    # Christmas at a weekend, substitutes
    ("2021-12-18 23:55 GMT", "1", "1",
     "Sat 2021-12-25", "Wed 2021-12-29 09:00 GMT", "Sat 12-25", "Thu 2021-12-30 00:00 GMT",
     "Sat 2022-01-01", "Wed 01-05", "Sat 2022-01-01"),
    # Boxing Day substitute on the 28th
    ("2026-12-21 23:55 GMT", "1", "1",
     "Mon 2026-12-28", "Tue 2026-12-29 09:00 GMT", "Mon 12-28", "Wed 2026-12-30 00:00 GMT",
     "Mon 2027-01-04", "Tue 01-05", "Mon 2027-01-04"),
    # New Year's Day
    ("2025-12-25 23:55 GMT", "1", "1",
     "Thu 2026-01-01", "Fri 2026-01-02 09:00 GMT", "Thu 01-01", "Sat 2026-01-03 00:00 GMT",
     "Thu 2026-01-08", "Fri 01-09", "Thu 2026-01-08"),
    # New Year's Day substitute
    ("2022-12-26 23:55 GMT", "1", "1",
     "Mon 2023-01-02", "Tue 2023-01-03 09:00 GMT", "Mon 01-02", "Wed 2023-01-04 00:00 GMT",
     "Mon 2023-01-09", "Tue 01-10", "Mon 2023-01-09"),
    # range over Christmas and New Year
    ("2025-12-11 23:55 GMT", "1-2", "1-2",
     "Thu 2025-12-18", "Thu 2025-12-18 09:00 GMT", "Thu 12-25", "Tue 2025-12-30 00:00 GMT",
     "Thu 2025-12-25", "Mon 12-29", "Thu 2026-01-08"),
    # closing on New Year's Eve
    ("2025-12-31 23:55 GMT", "1", "1",
     "Wed 2026-01-07", "Wed 2026-01-07 09:00 GMT", "Wed 01-07", "Thu 2026-01-08 00:00 GMT",
     "Wed 2026-01-14", "Wed 01-14", "Wed 2026-01-14"),
    # year's end inside the weeks
    ("2026-12-24 12:00 GMT", "2", "2",
     "Thu 2027-01-07", "Thu 2027-01-07 09:00 GMT", "Thu 01-07", "Fri 2027-01-08 00:00 GMT",
     "Thu 2027-01-21", "Thu 01-21", "Thu 2027-01-21"),
    # review on 29 February
    ("2024-02-22 23:55 GMT", "1", "1",
     "Thu 2024-02-29", "Thu 2024-02-29 09:00 GMT", "Thu 02-29", "Fri 2024-03-01 00:00 GMT",
     "Thu 2024-03-07", "Thu 03-07", "Thu 2024-03-07"),
    # closing on 29 February
    ("2024-02-29 23:55 GMT", "1", "1-2",
     "Thu 2024-03-07", "Thu 2024-03-07 09:00 GMT", "Thu 03-07", "Fri 2024-03-08 00:00 GMT",
     "Thu 2024-03-14", "Thu 03-14", "Thu 2024-03-21"),
    # interviews on 29 February
    ("2028-02-15 23:55 GMT", "1", "1",
     "Tue 2028-02-22", "Tue 2028-02-22 09:00 GMT", "Tue 02-22", "Wed 2028-02-23 00:00 GMT",
     "Tue 2028-02-29", "Tue 02-29", "Tue 2028-02-29"),
    # from 28 February to March in a common year
    ("2025-02-28 23:55 GMT", "1", "1",
     "Fri 2025-03-07", "Fri 2025-03-07 09:00 GMT", "Fri 03-07", "Sat 2025-03-08 00:00 GMT",
     "Fri 2025-03-14", "Fri 03-14", "Fri 2025-03-14"),
    # from 28 February to March in a leap year
    ("2028-02-28 23:55 GMT", "1", "1",
     "Mon 2028-03-06", "Mon 2028-03-06 09:00 GMT", "Mon 03-06", "Tue 2028-03-07 00:00 GMT",
     "Mon 2028-03-13", "Mon 03-13", "Mon 2028-03-13"),
    # no weeks at all
    ("2025-06-19 23:55 BST", "0", "0",
     "Thu 2025-06-19", "Fri 2025-06-20 09:00 BST", "Thu 06-19", "Sat 2025-06-21 00:00 BST",
     "Thu 2025-06-19", "Fri 06-20", "Thu 2025-06-19"),
    # no weeks, closing on a bank holiday
    ("2025-08-25 12:00 BST", "0", "0",
     "Mon 2025-08-25", "Tue 2025-08-26 09:00 BST", "Mon 08-25", "Wed 2025-08-27 00:00 BST",
     "Mon 2025-08-25", "Tue 08-26", "Mon 2025-08-25"),
    # a whole year of weeks
    ("2025-01-01 23:55 GMT", "52", "52",
     "Wed 2025-12-31", "Wed 2025-12-31 09:00 GMT", "Wed 12-31", "Thu 2026-01-01 00:00 GMT",
     "Wed 2026-12-30", "Wed 12-30", "Wed 2026-12-30"),
]  # fmt: skip


def window(text: str) -> Window:
    first, _, last = text.partition("-")
    return Window(min_weeks=int(first), max_weeks=int(last or first))


def moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%a %Y-%m-%d %H:%M %Z}"


def day(on: date) -> str:
    return f"{on:%a %Y-%m-%d}"


def short(on: date) -> str:
    return f"{on:%a %m-%d}"


def test_there_are_more_than_forty():
    assert len({row[:3] for row in ROWS}) >= 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}, {row[1]} and {row[2]}")
def test_W3_W4_W5_W8_W9_W10_W11_every_date_of_a_timetable(row):
    closes, review, interviews, *expected = row
    on, clock_time, zone = closes.split()
    closes_at = at_london(date.fromisoformat(on), time.fromisoformat(clock_time))
    advert = vacancy_published(
        posted_on=None,
        closes_at=closes_at,
        review=window(review),
        interviews=window(interviews),
    )
    made = timetable(advert)
    assert f"{closes_at.astimezone(LONDON):%Z}" == zone
    assert expected == [
        day(made.review_promised_on),
        moment(made.review_opens_at),
        short(made.review_latest_on),
        moment(overdue_from(made.review_latest_on, made.review_opens_at)),
        day(made.interviews_promised_on),
        short(interviews_target(advert, made)),
        day(made.interviews_latest_on),
    ]


@given(st.dates(date(2018, 1, 1), date(2026, 9, 1)), *[st.integers(0, 8)] * 2, st.integers(0, 40))
def test_W8_W10_no_interview_is_planned_earlier_than_so_many_weeks_after_the_review_opens(
    closes_on, review, interviews, days_extended
):
    advert = vacancy_published(
        posted_on=None,
        closes_at=at_london(closes_on, time(23, 55)),
        review=window(str(review)),
        interviews=window(str(interviews)),
    )
    closed_at = at_london(closes_on + timedelta(days=days_extended), time(12))
    made = timetable(advert, closed_at=closed_at)
    target = interviews_target(advert, made)
    assert target >= made.interviews_promised_on
    assert target >= london_date(made.review_opens_at) + timedelta(weeks=interviews)
    assert is_working_day(target)

"""Every date that an advert promises."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vacancies.decisions import (
    Timetable,
    Unusable,
    last_accepted_at,
    schedule,
    timetable,
    too_late_from,
)
from shared.calendar import at_london, is_working_day, london_date
from shared.contracts import ContractViolation, parse
from shared.contracts.vacancies import ClosingAnchor, VacancyPublished, Window
from tests.support.builders import event, vacancy_published

SEEDS = {
    "000": vacancy_published(
        closes_at=at_london(date(2025, 10, 21), time(23, 55)),
        review=Window(min_weeks=1, max_weeks=1),
        interviews=Window(min_weeks=1, max_weeks=1),
    ),
    "001": vacancy_published(
        posted_on=date(2025, 6, 7),
        closes_at=at_london(date(2025, 6, 19), time(23, 55)),
        review=Window(min_weeks=1, max_weeks=2),
        interviews=Window(min_weeks=2, max_weeks=3),
    ),
    "002": vacancy_published(
        posted_on=None,
        closes_at=at_london(date(2025, 8, 27), time(23, 55)),
        review=Window(min_weeks=1, max_weeks=1),
        review_anchor=ClosingAnchor.ACTUAL_CLOSE,
        interviews=Window(min_weeks=2, max_weeks=2),
    ),
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def of(closes_on: date, review: tuple[int, int] = (1, 1), interviews: tuple[int, int] = (1, 1)):
    return timetable(
        vacancy_published(
            posted_on=None,
            closes_at=at_london(closes_on, time(23, 55)),
            review=Window(min_weeks=review[0], max_weeks=review[1]),
            interviews=Window(min_weeks=interviews[0], max_weeks=interviews[1]),
        )
    )


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (
            "000",
            Timetable(
                opens_at=utc("2025-09-30T23:00"),
                closes_at=utc("2025-10-21T22:55"),
                last_accepted_at=utc("2025-10-21T22:55:59.999999"),
                review_promised_on=date(2025, 10, 28),
                review_opens_at=utc("2025-10-28T09:00"),
                review_latest_on=date(2025, 10, 28),
                interviews_promised_on=date(2025, 11, 4),
                interviews_latest_on=date(2025, 11, 4),
            ),
        ),
        (
            "001",
            Timetable(
                opens_at=utc("2025-06-06T23:00"),
                closes_at=utc("2025-06-19T22:55"),
                last_accepted_at=utc("2025-06-19T22:55:59.999999"),
                review_promised_on=date(2025, 6, 26),
                review_opens_at=utc("2025-06-26T08:00"),
                review_latest_on=date(2025, 7, 3),
                interviews_promised_on=date(2025, 7, 10),
                interviews_latest_on=date(2025, 7, 24),
            ),
        ),
        (
            "002",
            Timetable(
                opens_at=None,
                closes_at=utc("2025-08-27T22:55"),
                last_accepted_at=utc("2025-08-27T22:55:59.999999"),
                review_promised_on=date(2025, 9, 3),
                review_opens_at=utc("2025-09-03T08:00"),
                review_latest_on=date(2025, 9, 3),
                interviews_promised_on=date(2025, 9, 17),
                interviews_latest_on=date(2025, 9, 17),
            ),
        ),
    ],
)
def test_W3_W4_W5_W11_each_advert_gets_the_dates_its_own_words_promise(seed, expected):
    assert timetable(SEEDS[seed]) == expected


@pytest.mark.parametrize(
    ("closes_on", "promised_on", "opens_at"),
    [
        # Weekdays of the closing, none of them special.
        (date(2025, 9, 1), date(2025, 9, 8), "2025-09-08T08:00"),
        (date(2025, 9, 2), date(2025, 9, 9), "2025-09-09T08:00"),
        (date(2025, 9, 3), date(2025, 9, 10), "2025-09-10T08:00"),
        (date(2025, 9, 4), date(2025, 9, 11), "2025-09-11T08:00"),
        (date(2025, 9, 5), date(2025, 9, 12), "2025-09-12T08:00"),
        # Closing at a weekend: the promise is at the weekend, the work on Monday.
        (date(2025, 9, 6), date(2025, 9, 13), "2025-09-15T08:00"),
        (date(2025, 9, 7), date(2025, 9, 14), "2025-09-15T08:00"),
        # Across and on both clock changes.
        (date(2025, 10, 19), date(2025, 10, 26), "2025-10-27T09:00"),
        (date(2025, 10, 26), date(2025, 11, 2), "2025-11-03T09:00"),
        (date(2025, 10, 25), date(2025, 11, 1), "2025-11-03T09:00"),
        (date(2026, 3, 24), date(2026, 3, 31), "2026-03-31T08:00"),
        (date(2026, 3, 22), date(2026, 3, 29), "2026-03-30T08:00"),
        (date(2026, 3, 29), date(2026, 4, 5), "2026-04-07T08:00"),
        (date(2026, 10, 20), date(2026, 10, 27), "2026-10-27T09:00"),
        (date(2026, 10, 18), date(2026, 10, 25), "2026-10-26T09:00"),
        # Bank holidays, also moved and extra ones.
        (date(2025, 4, 11), date(2025, 4, 18), "2025-04-22T08:00"),
        (date(2025, 4, 14), date(2025, 4, 21), "2025-04-22T08:00"),
        (date(2025, 8, 18), date(2025, 8, 25), "2025-08-26T08:00"),
        (date(2025, 12, 18), date(2025, 12, 25), "2025-12-29T09:00"),
        (date(2025, 12, 19), date(2025, 12, 26), "2025-12-29T09:00"),
        (date(2025, 12, 25), date(2026, 1, 1), "2026-01-02T09:00"),
        (date(2021, 12, 18), date(2021, 12, 25), "2021-12-29T09:00"),
        (date(2022, 5, 26), date(2022, 6, 2), "2022-06-06T08:00"),
        (date(2022, 9, 12), date(2022, 9, 19), "2022-09-20T08:00"),
        (date(2023, 5, 1), date(2023, 5, 8), "2023-05-09T08:00"),
        (date(2020, 5, 1), date(2020, 5, 8), "2020-05-11T08:00"),
        # Year's end and leap day.
        (date(2025, 12, 31), date(2026, 1, 7), "2026-01-07T09:00"),
        (date(2024, 2, 22), date(2024, 2, 29), "2024-02-29T09:00"),
        (date(2024, 2, 29), date(2024, 3, 7), "2024-03-07T09:00"),
        (date(2025, 2, 22), date(2025, 3, 1), "2025-03-03T09:00"),
    ],
)
def test_W3_W10_the_promise_stands_and_the_review_opens_at_nine_on_a_working_day(
    closes_on, promised_on, opens_at
):
    made = of(closes_on)
    assert made.review_promised_on == promised_on
    assert made.review_opens_at == utc(opens_at)


@pytest.mark.parametrize(
    ("review", "interviews", "dates"),
    [
        ((0, 0), (0, 0), ("06-19", "06-19", "06-19", "06-19")),
        ((1, 1), (1, 1), ("06-26", "06-26", "07-03", "07-03")),
        ((1, 2), (2, 3), ("06-26", "07-03", "07-10", "07-24")),
        ((1, 1), (2, 2), ("06-26", "06-26", "07-10", "07-10")),
        ((2, 4), (0, 1), ("07-03", "07-17", "07-03", "07-24")),
        ((0, 3), (3, 3), ("06-19", "07-10", "07-10", "07-31")),
    ],
)
def test_W8_W11_interviews_count_from_the_first_and_the_last_day_of_the_review(
    review, interviews, dates
):
    made = of(date(2025, 6, 19), review, interviews)
    promised = (
        made.review_promised_on,
        made.review_latest_on,
        made.interviews_promised_on,
        made.interviews_latest_on,
    )
    assert promised == tuple(date.fromisoformat(f"2025-{day}") for day in dates)


def test_W10_a_review_moved_to_monday_does_not_move_the_promised_interviews():
    made = of(date(2025, 9, 6), (1, 1), (2, 2))
    assert made.review_opens_at == utc("2025-09-15T08:00")
    assert made.interviews_promised_on == date(2025, 9, 27)


@pytest.mark.parametrize(
    ("closes_at", "grace_seconds", "last"),
    [
        ("2025-10-21T22:55", 0, "2025-10-21T22:55:59.999999"),
        ("2025-10-21T22:55:30", 0, "2025-10-21T22:55:59.999999"),
        ("2025-10-21T22:55:59.999999", 0, "2025-10-21T22:55:59.999999"),
        ("2025-10-21T22:55", 60, "2025-10-21T22:56:59.999999"),
        ("2025-10-21T22:55", 3600, "2025-10-21T23:55:59.999999"),
        ("2025-12-19T23:55", 0, "2025-12-19T23:55:59.999999"),
        ("2026-03-29T00:59", 0, "2026-03-29T00:59:59.999999"),
        ("2026-10-25T00:30", 0, "2026-10-25T00:30:59.999999"),
    ],
)
def test_C1_C2_the_whole_minute_that_the_clock_shows_is_in_time(closes_at, grace_seconds, last):
    assert last_accepted_at(utc(closes_at), grace_seconds) == utc(last)


def test_C2_the_next_minute_is_too_late():
    assert too_late_from(timetable(SEEDS["000"]).last_accepted_at) == utc("2025-10-21T22:56")


def test_C4_the_limit_in_summer_is_2255_utc_and_not_2355():
    last = timetable(SEEDS["001"]).last_accepted_at
    assert utc("2025-06-19T22:55:59") <= last < utc("2025-06-19T22:56")
    assert last < utc("2025-06-19T23:55")


@pytest.mark.parametrize(
    ("closes_at", "promised_on"),
    [
        ("2025-06-18T23:30", date(2025, 6, 26)),
        ("2025-06-19T22:59:59", date(2025, 6, 26)),
        ("2025-06-19T23:00", date(2025, 6, 27)),
        ("2025-12-18T23:59:59", date(2025, 12, 25)),
        ("2025-12-19T00:00", date(2025, 12, 26)),
    ],
)
def test_C1_W3_the_closing_date_is_the_date_in_london(closes_at, promised_on):
    made = timetable(vacancy_published(posted_on=None, closes_at=utc(closes_at)))
    assert made.review_promised_on == promised_on


@pytest.mark.parametrize(
    ("anchor", "closed_at", "promised_on"),
    [
        (ClosingAnchor.CLOSING_DATE, None, date(2025, 9, 3)),
        (ClosingAnchor.ACTUAL_CLOSE, None, date(2025, 9, 3)),
        (ClosingAnchor.CLOSING_DATE, "2025-08-20T11:00", date(2025, 9, 3)),
        (ClosingAnchor.ACTUAL_CLOSE, "2025-08-20T11:00", date(2025, 8, 27)),
        (ClosingAnchor.ACTUAL_CLOSE, "2025-08-29T22:55:59.999999", date(2025, 9, 5)),
        (ClosingAnchor.ACTUAL_CLOSE, "2025-08-19T23:30", date(2025, 8, 27)),
    ],
)
def test_C7_only_after_the_vacancy_has_closed_counts_from_the_actual_close(
    anchor, closed_at, promised_on
):
    published = vacancy_published(
        posted_on=None, closes_at=utc("2025-08-27T22:55"), review_anchor=anchor
    )
    made = timetable(published, closed_at=utc(closed_at) if closed_at else None)
    assert made.review_promised_on == promised_on
    assert made.interviews_promised_on == promised_on + timedelta(weeks=1)


def test_C7_an_extended_closing_date_moves_every_promise():
    published = vacancy_published(closes_at=at_london(date(2025, 10, 24), time(23, 55)))
    assert timetable(published).review_promised_on == date(2025, 10, 31)


def test_D9_an_advert_that_closes_before_it_is_posted_is_held():
    verdict = schedule(vacancy_published(posted_on=date(2025, 10, 22)))
    assert isinstance(verdict, Unusable)
    assert verdict.reason == "closes_before_posting"


def test_D9_an_advert_may_close_on_the_day_it_is_posted():
    assert isinstance(schedule(vacancy_published(posted_on=date(2025, 10, 21))), Timetable)


def test_D11_a_role_profile_without_a_closing_date_is_refused_and_the_field_is_named():
    """Seed 003 is a role profile: no closing date is invented for it."""
    body = event(vacancy_published()).to_json().replace(b'"closes_at"', b'"closes_maybe_at"')
    with pytest.raises(ContractViolation, match=r"data\.closes_at"):
        parse(body, VacancyPublished.type)


@pytest.mark.parametrize(("day", "latest"), [(28, 1), (14, 3)])
def test_W4_W10_a_review_in_a_year_of_unknown_bank_holidays_is_held(day, latest):
    """Neither the day on which it opens nor the last one, after which it is late."""
    closes_at = at_london(date(2028, 12, day), time(23, 55))
    weeks = Window(min_weeks=1, max_weeks=latest)
    verdict = schedule(vacancy_published(posted_on=None, closes_at=closes_at, review=weeks))
    assert isinstance(verdict, Unusable)
    assert verdict.reason == "bank_holidays_unknown"
    assert "2029" in verdict.detail


WINDOWS = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted).map(tuple)


@given(st.dates(date(2018, 1, 1), date(2028, 9, 1)), WINDOWS, WINDOWS)
def test_W3_W10_over_ten_years_no_review_opens_before_its_promise_or_on_a_day_off(
    closes_on, review, interviews
):
    made = of(closes_on, review, interviews)
    opens_on = london_date(made.review_opens_at)
    assert made.review_promised_on == closes_on + timedelta(weeks=review[0])
    assert made.review_promised_on <= opens_on <= made.review_promised_on + timedelta(days=5)
    assert made.review_opens_at > made.last_accepted_at
    assert is_working_day(opens_on)
    assert made.review_opens_at == at_london(opens_on, time(9))
    assert made.review_promised_on <= made.review_latest_on
    assert made.interviews_promised_on <= made.interviews_latest_on
    assert made.closes_at <= made.last_accepted_at < made.closes_at + timedelta(minutes=1)
    assert london_date(made.last_accepted_at) == closes_on

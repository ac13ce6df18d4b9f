"""When a review opens, is late and is complete."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.review.decisions import (
    NOBODY,
    Completed,
    Ignored,
    Opened,
    Overdue,
    Parked,
    Round,
    Tally,
    chase,
    complete,
    open_review,
    overdue_from,
)
from shared.contracts.vacancies import VacancyTimetabled
from tests.support.builders import REVIEW_OPENS_AT, VACANCY

LATER = REVIEW_OPENS_AT + timedelta(hours=1)
A_MICROSECOND = timedelta(microseconds=1)


def review(
    opens_at: datetime = REVIEW_OPENS_AT, latest_on: date = date(2025, 10, 28), **so_far: datetime
) -> Round:
    return Round(VACANCY, 1, opens_at, latest_on, **so_far)


@pytest.mark.parametrize(
    ("seed", "opens_at"),
    [
        ("W3: 000, the clocks changed on the 26th", datetime(2025, 10, 28, 9, 0, tzinfo=UTC)),
        ("W4: 001, British summer time", datetime(2025, 6, 26, 8, 0, tzinfo=UTC)),
        ("W5: 002, British summer time", datetime(2025, 9, 3, 8, 0, tzinfo=UTC)),
    ],
)
def test_W3_W4_W5_a_review_never_opens_before_its_time(seed: str, opens_at: datetime) -> None:
    too_early = open_review(review(opens_at), VACANCY, opens_at - A_MICROSECOND)
    assert isinstance(too_early, Ignored)
    assert open_review(review(opens_at), VACANCY, opens_at) == Opened()


def test_W3_a_timer_set_by_an_outdated_timetable_opens_nothing() -> None:
    moved = review(opens_at=REVIEW_OPENS_AT + timedelta(days=7))
    assert isinstance(open_review(moved, VACANCY, REVIEW_OPENS_AT), Ignored)


def test_a_review_opens_late_rather_than_never() -> None:
    assert open_review(review(), VACANCY, REVIEW_OPENS_AT + timedelta(days=30)) == Opened()


def test_a_review_opens_once() -> None:
    assert open_review(review(opened_at=LATER), VACANCY, LATER) == Ignored("already open")


def test_a_timer_without_a_timetable_waits_for_one() -> None:
    assert open_review(None, VACANCY, LATER) == Parked(VacancyTimetabled, VACANCY)
    assert chase(None, NOBODY, VACANCY, LATER) == Parked(VacancyTimetabled, VACANCY)


@pytest.mark.parametrize(
    ("latest_on", "late_from"),
    [
        (date(2025, 10, 28), datetime(2025, 10, 29, 0, 0, tzinfo=UTC)),
        (date(2025, 7, 3), datetime(2025, 7, 3, 23, 0, tzinfo=UTC)),
        (date(2025, 10, 26), datetime(2025, 10, 28, 0, 0, tzinfo=UTC)),
        (date(2026, 3, 27), datetime(2026, 3, 28, 0, 0, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 30, 23, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 30, 23, 0, tzinfo=UTC)),
    ],
)
def test_W4_a_review_is_late_when_its_latest_day_is_over_in_London(
    latest_on: date, late_from: datetime
) -> None:
    planned = review(late_from - timedelta(days=9), latest_on)
    assert overdue_from(latest_on, planned.opens_at) == late_from
    assert isinstance(chase(planned, NOBODY, VACANCY, late_from - A_MICROSECOND), Ignored)
    assert chase(planned, NOBODY, VACANCY, late_from) == Overdue(1, latest_on)


def test_W4_a_review_is_never_late_before_the_day_on_which_it_opens_is_over() -> None:
    """An advert may promise a day before its own closing, with windows of no weeks."""
    assert overdue_from(date(2025, 10, 21), REVIEW_OPENS_AT) == datetime(2025, 10, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("so_far", "tally", "verdict"),
    [
        ({}, NOBODY, Overdue(1, date(2025, 10, 28))),
        ({"opened_at": LATER}, Tally(3, 0, 0, 0), Overdue(1, date(2025, 10, 28))),
        ({"opened_at": LATER}, Tally(2, 0, 1, 1), Ignored("begun")),
        ({"opened_at": LATER}, Tally(2, 0, 0, 1), Ignored("begun")),  # who was decided has left
        ({"opened_at": LATER, "overdue_at": LATER}, Tally(3, 0, 0, 0), Ignored("said before")),
        ({"opened_at": LATER, "completed_at": LATER}, NOBODY, Ignored("completed")),
    ],
)
def test_W4_W9_a_review_that_has_not_begun_is_late_once(
    so_far: dict[str, datetime], tally: Tally, verdict: Overdue | Ignored
) -> None:
    assert chase(review(**so_far), tally, VACANCY, REVIEW_OPENS_AT + timedelta(days=1)) == verdict


@pytest.mark.parametrize(
    ("tally", "verdict"),
    [
        (Tally(3, 1, 1, 2), Ignored("3 undecided")),
        (Tally(1, 0, 0, 0), Ignored("1 undecided")),
        (Tally(0, 2, 1, 4), Completed(invited=2, declined=1)),
        (Tally(0, 0, 4, 4), Completed(invited=0, declined=4)),
        (NOBODY, Completed(invited=0, declined=0)),
    ],
)
def test_W8_a_review_is_complete_when_nobody_counted_is_undecided(
    tally: Tally, verdict: Completed | Ignored
) -> None:
    assert complete(tally) == verdict

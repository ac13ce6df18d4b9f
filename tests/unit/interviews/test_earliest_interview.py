"""The first day on which somebody may be interviewed."""

from datetime import UTC, date, datetime

import pytest

from services.interviews.decisions import Slot, earliest, slots
from shared.calendar import is_working_day, london_date
from shared.contracts.vacancies import Window
from tests.support.build_interviews import interviewing_vacancy, slot


def first_day(
    completed: str, window: tuple[int, int], now: str | None = None, taken: tuple[Slot, ...] = ()
) -> date:
    window_ = Window(min_weeks=window[0], max_weeks=window[1])
    vacancy = interviewing_vacancy(
        min_weeks=window_.min_weeks,
        max_weeks=window_.max_weeks,
        review_completed_at=datetime.fromisoformat(completed),
    )
    return earliest(vacancy, taken, datetime.fromisoformat(now or completed))


@pytest.mark.parametrize(
    ("completed", "window", "first"),
    [
        pytest.param("2025-10-28T16:00Z", (1, 1), date(2025, 11, 4), id="000: Tue 4 Nov"),
        pytest.param("2025-06-26T16:00Z", (2, 3), date(2025, 7, 10), id="001: Thu 10 Jul"),
        pytest.param("2025-07-03T16:00Z", (2, 3), date(2025, 7, 17), id="001, reviewed last day"),
        pytest.param("2025-09-03T16:00Z", (2, 2), date(2025, 9, 17), id="002: Wed 17 Sep"),
        pytest.param("2028-12-01T16:00Z", (2, 6), date(2028, 12, 15), id="last day in 2029"),
    ],
)
def test_W8_interviews_start_the_promised_weeks_after_the_reviews_completion(
    completed: str, window: tuple[int, int], first: date
) -> None:
    assert first_day(completed, window) == first


@pytest.mark.parametrize(
    ("completed", "window", "first"),
    [
        pytest.param("2025-06-26T22:59Z", (2, 3), date(2025, 7, 10), id="23:59 in London"),
        pytest.param("2025-06-26T23:00Z", (2, 3), date(2025, 7, 11), id="the next day in London"),
        pytest.param("2025-10-20T22:59Z", (1, 1), date(2025, 10, 27), id="autumn change between"),
        pytest.param("2026-03-26T10:00Z", (2, 2), date(2026, 4, 9), id="spring change between"),
    ],
)
def test_W8_W10_weeks_are_calendar_weeks_from_the_london_date(
    completed: str, window: tuple[int, int], first: date
) -> None:
    assert first_day(completed, window) == first


@pytest.mark.parametrize(
    ("completed", "window", "first"),
    [
        pytest.param("2025-11-01T10:00Z", (1, 1), date(2025, 11, 10), id="Saturday to Monday"),
        pytest.param("2026-03-20T10:00Z", (2, 3), date(2026, 4, 7), id="Good Friday to Tuesday"),
        pytest.param("2025-12-11T10:00Z", (2, 3), date(2025, 12, 29), id="over Christmas"),
    ],
)
def test_W10_a_promised_day_that_is_no_working_day_moves_to_the_next(
    completed: str, window: tuple[int, int], first: date
) -> None:
    assert first_day(completed, window) == first
    assert is_working_day(first)


@pytest.mark.parametrize(
    ("completed", "window", "now", "first"),
    [
        pytest.param("2025-10-28T16:00Z", (0, 3), None, date(2025, 11, 4), id="promised at once"),
        pytest.param(
            "2025-12-19T10:00Z", (0, 2), None, date(2025, 12, 30), id="over two bank holidays"
        ),
        pytest.param(
            "2025-06-26T16:00Z", (2, 3), "2025-07-09T10:00Z", date(2025, 7, 16), id="invited later"
        ),
    ],
)
def test_there_are_five_working_days_of_notice(
    completed: str, window: tuple[int, int], now: str | None, first: date
) -> None:
    assert first_day(completed, window, now) == first


@pytest.mark.parametrize(
    ("completed", "window", "now", "first"),
    [
        pytest.param(
            "2025-12-19T10:00Z", (1, 1), None, date(2025, 12, 29), id="4 days: bank holidays"
        ),
        pytest.param(
            "2025-10-28T16:00Z", (1, 1), "2025-10-30T10:00Z", date(2025, 11, 4), id="booked late"
        ),
        pytest.param(
            "2025-10-28T16:00Z", (1, 1), "2025-11-03T10:00Z", date(2025, 11, 4), id="next day"
        ),
    ],
)
def test_W9_notice_is_cut_to_what_the_window_leaves_for_its_first_interview(
    completed: str, window: tuple[int, int], now: str | None, first: date
) -> None:
    assert first_day(completed, window, now) == first


@pytest.mark.parametrize(
    "now", ["2025-10-30T10:00Z", "2025-11-03T10:00Z", "2025-11-04T08:00Z", "2025-12-01T10:00Z"]
)
def test_W9_notice_is_full_once_an_interview_lies_inside_the_window(now: str) -> None:
    inside = slot(datetime(2025, 11, 4, 9, 0, tzinfo=UTC))
    found = first_day("2025-10-28T16:00Z", (1, 1), now, (inside,))
    day = london_date(datetime.fromisoformat(now))
    days_of_notice = sum(is_working_day(date.fromordinal(n)) for n in _days(day, found))
    assert days_of_notice == 5


@pytest.mark.parametrize("now", ["2025-11-04T08:00Z", "2025-11-05T10:00Z", "2025-12-01T10:00Z"])
def test_W9_a_window_that_has_passed_cuts_no_notice(now: str) -> None:
    found = first_day("2025-10-28T16:00Z", (1, 1), now)
    day = london_date(datetime.fromisoformat(now))
    assert sum(is_working_day(date.fromordinal(n)) for n in _days(day, found)) == 5


def test_nobody_is_ever_placed_in_the_past_or_today() -> None:
    for completed_day in range(1, 32):
        for days_later in range(40):
            completed = datetime(2025, 12, completed_day, 12, 0, tzinfo=UTC)
            now = datetime.fromtimestamp(completed.timestamp() + days_later * 86_400, UTC)
            vacancy = interviewing_vacancy(review_completed_at=completed)
            day = earliest(vacancy, (), now)
            assert day > london_date(now)
            assert next(slots(day, vacancy.diary)).starts_at > now


def _days(after: date, until: date) -> range:
    return range(after.toordinal() + 1, until.toordinal() + 1)

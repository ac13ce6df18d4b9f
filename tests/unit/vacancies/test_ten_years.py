"""What holds for every vacancy of ten years, whenever it closes and whatever it promises."""

from datetime import date, datetime, time, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from services.review.decisions import overdue_from
from services.vacancies.decisions import Timetable, timetable, too_late_from
from shared.calendar import LONDON, at_london, end_of_london_day, is_working_day, london_date
from shared.contracts.vacancies import ClosingAnchor, Window
from tests.support.builders import vacancy_published

ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31))
CLOCK_TIMES = st.times(max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
WINDOWS = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
    lambda weeks: Window(min_weeks=min(weeks), max_weeks=max(weeks))
)


@st.composite
def closings(draw: st.DrawFn) -> datetime:
    return at_london(draw(DAYS), draw(CLOCK_TIMES))


def of(closes_at: datetime, review: Window, interviews: Window, **more: object) -> Timetable:
    advert = vacancy_published(
        posted_on=None, closes_at=closes_at, review=review, interviews=interviews, **more
    )
    return timetable(advert)


@given(closings(), WINDOWS, WINDOWS)
def test_W3_a_review_opens_at_nine_by_a_london_clock_on_a_working_day(
    closes_at, review, interviews
):
    opens_at = of(closes_at, review, interviews).review_opens_at
    assert opens_at.astimezone(LONDON).time() == time(9)
    assert is_working_day(london_date(opens_at))


@given(closings(), WINDOWS, WINDOWS)
def test_W3_W4_nothing_begins_before_its_promised_day_or_before_the_closing(
    closes_at, review, interviews
):
    made = of(closes_at, review, interviews)
    assert london_date(made.review_opens_at) >= made.review_promised_on
    assert made.review_opens_at > made.last_accepted_at
    assert made.interviews_promised_on >= made.review_promised_on


@given(closings(), WINDOWS, WINDOWS)
def test_W10_work_moves_no_further_than_it_must(closes_at, review, interviews):
    """Every day it passes over is a day off, or nine o'clock that day is before the closing."""
    made = of(closes_at, review, interviews)
    day = made.review_promised_on
    while day < london_date(made.review_opens_at):
        assert not is_working_day(day) or at_london(day, time(9)) <= made.last_accepted_at
        day += ONE_DAY


@given(closings(), WINDOWS, WINDOWS)
def test_W10_the_promises_are_whole_calendar_weeks_whatever_the_clocks_do(
    closes_at, review, interviews
):
    made = of(closes_at, review, interviews)
    weekday = london_date(closes_at).weekday()
    promised = [
        made.review_promised_on,
        made.review_latest_on,
        made.interviews_promised_on,
        made.interviews_latest_on,
    ]
    assert {day.weekday() for day in promised} == {weekday}
    assert promised[0] - london_date(closes_at) == timedelta(weeks=review.min_weeks)


@given(closings(), closings(), WINDOWS, WINDOWS)
def test_C7_whoever_closes_later_promises_nothing_earlier(one, other, review, interviews):
    first, second = sorted([one, other])
    earlier, later = of(first, review, interviews), of(second, review, interviews)
    for field in Timetable.__slots__:
        if field != "opens_at":
            assert getattr(earlier, field) <= getattr(later, field), field


@given(closings(), WINDOWS, WINDOWS)
def test_W4_a_review_is_overdue_from_a_midnight_after_its_opening_and_its_latest_day(
    closes_at, review, interviews
):
    made = of(closes_at, review, interviews)
    overdue = overdue_from(made.review_latest_on, made.review_opens_at)
    assert overdue.astimezone(LONDON).time() == time.min
    assert overdue > made.review_opens_at
    assert overdue >= end_of_london_day(made.review_latest_on)
    assert is_working_day(london_date(overdue - ONE_DAY / 2))


@given(closings(), closings(), WINDOWS, WINDOWS)
def test_C7_the_closing_date_and_the_actual_close_are_counted_apart(
    closes_at, closed_at, review, interviews
):
    def counted(anchor: ClosingAnchor) -> Timetable:
        advert = vacancy_published(
            posted_on=None,
            closes_at=closes_at,
            review=review,
            interviews=interviews,
            review_anchor=anchor,
        )
        return timetable(advert, closed_at=closed_at)

    by_date, by_close = counted(ClosingAnchor.CLOSING_DATE), counted(ClosingAnchor.ACTUAL_CLOSE)
    assert by_date.last_accepted_at == by_close.last_accepted_at
    assert by_date.review_promised_on == of(closes_at, review, interviews).review_promised_on
    assert by_close.review_promised_on == of(closed_at, review, interviews).review_promised_on


@given(closings(), st.integers(-720, 840), WINDOWS, WINDOWS)
def test_C4_it_makes_no_difference_in_which_offset_the_closing_is_written(
    closes_at, minutes, review, interviews
):
    elsewhere = closes_at.astimezone(timezone(timedelta(minutes=minutes)))
    assert of(elsewhere, review, interviews) == of(closes_at, review, interviews)


@given(closings(), st.integers(0, 3600), WINDOWS, WINDOWS)
def test_C2_the_minute_of_the_closing_and_the_grace_after_it_are_in_time(
    closes_at, grace_seconds, review, interviews
):
    made = of(closes_at, review, interviews, grace_seconds=grace_seconds)
    too_late = too_late_from(made.last_accepted_at)
    assert too_late - closes_at == timedelta(minutes=1, seconds=grace_seconds)

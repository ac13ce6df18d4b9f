"""How days are cut into slots, and who gets which."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from services.interviews.decisions import Booked, Invited, Undated, Unplaced, place, slots
from shared.calendar import LONDON, is_working_day
from tests.support.build_interviews import diary, interviewing_vacancy, slot
from tests.support.builders import REVIEW_COMPLETED_AT

TUESDAY = date(2025, 11, 4)
FIRST = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)


def people(*applications: str) -> list[Invited]:
    return [Invited(application, sequence=0) for application in applications]


def test_a_day_holds_eight_interviews_of_45_minutes_with_15_between() -> None:
    day = list(slots(TUESDAY, diary(horizon_working_days=1)))
    assert [s.starts_at.astimezone(LONDON).time() for s in day] == [time(h) for h in range(9, 17)]
    assert {s.ends_at - s.starts_at for s in day} == {timedelta(minutes=45)}
    assert {b.starts_at - a.ends_at for a, b in pairwise(day)} == {timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("first_day", "last_of_day"),
    [(date(2025, 10, 20), time(16)), (date(2026, 3, 23), time(16)), (TUESDAY, time(16))],
)
def test_W10_slots_lie_in_london_working_hours_through_both_clock_changes(
    first_day: date, last_of_day: time
) -> None:
    starts = [s.starts_at.astimezone(LONDON) for s in slots(first_day, diary())]
    assert {s.time() for s in starts} == {time(h) for h in range(9, 17)}
    assert max(s.time() for s in starts) == last_of_day
    assert all(is_working_day(s.date()) for s in starts)
    assert len({s.date() for s in starts}) == 20


def test_W10_nine_in_london_is_another_instant_after_the_clocks_change() -> None:
    days = [s.starts_at for s in slots(date(2025, 10, 24), diary()) if s.starts_at.minute == 0]
    assert days[0] == datetime(2025, 10, 24, 8, 0, tzinfo=UTC)
    assert days[8] == datetime(2025, 10, 27, 9, 0, tzinfo=UTC)


def test_slots_that_do_not_fit_before_the_end_of_the_day_are_not_offered() -> None:
    long = diary(interview_minutes=90, gap_minutes=30, horizon_working_days=1)
    starts = [s.starts_at.astimezone(LONDON).time() for s in slots(TUESDAY, long)]
    assert starts == [time(9), time(11), time(13), time(15)]


def test_G13_everybody_gets_a_slot_of_their_own_in_order_of_reference() -> None:
    placed = place(people("c", "a", "b"), interviewing_vacancy(), [], REVIEW_COMPLETED_AT)
    assert [
        (p.appointment.application, p.appointment.slot) for p in placed if isinstance(p, Booked)
    ] == [
        ("a", slot(FIRST)),
        ("b", slot(FIRST + timedelta(hours=1))),
        ("c", slot(FIRST + timedelta(hours=2))),
    ]


def test_G13_the_order_of_the_invited_and_of_what_is_taken_does_not_matter() -> None:
    taken = [slot(FIRST), slot(FIRST + timedelta(hours=2))]
    one = place(people("a", "b"), interviewing_vacancy(), taken, REVIEW_COMPLETED_AT)
    other = place(people("b", "a"), interviewing_vacancy(), taken[::-1], REVIEW_COMPLETED_AT)
    assert one == other
    assert [p.appointment.slot.starts_at.hour for p in one if isinstance(p, Booked)] == [10, 12]


@pytest.mark.parametrize("minutes", [-44, -30, 0, 1, 15])
def test_G13_a_slot_that_overlaps_a_taken_one_is_not_free(minutes: int) -> None:
    taken = [slot(FIRST + timedelta(minutes=minutes))]
    [placed] = place(people("a"), interviewing_vacancy(), taken, REVIEW_COMPLETED_AT)
    assert isinstance(placed, Booked)
    assert placed.appointment.slot == slot(FIRST + timedelta(hours=1))


@pytest.mark.parametrize("minutes", [-45, 45])
def test_slots_that_touch_do_not_overlap(minutes: int) -> None:
    assert not slot(FIRST).overlaps(slot(FIRST + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-44, 44])
def test_slots_that_share_a_minute_overlap(minutes: int) -> None:
    assert slot(FIRST).overlaps(slot(FIRST + timedelta(minutes=minutes)))


def test_whoever_finds_no_slot_within_the_horizon_is_left_to_a_person() -> None:
    vacancy = interviewing_vacancy(diary=diary(horizon_working_days=2))
    invited = people(*(f"app-{n:02}" for n in range(18)))
    placed = place(invited, vacancy, [], REVIEW_COMPLETED_AT)
    assert sum(isinstance(p, Booked) for p in placed) == 16
    assert placed[-2:] == [Unplaced("app-16"), Unplaced("app-17")]


@pytest.mark.parametrize(
    ("completed_at", "is_booked"),
    [
        (datetime(2098, 12, 1, 16, tzinfo=UTC), [False, False]),
        (datetime(2028, 12, 22, 16, tzinfo=UTC), [True, False]),
    ],
)
def test_W10_whose_slot_would_be_in_a_year_of_unknown_bank_holidays_is_left_to_a_person(
    completed_at: datetime, is_booked: list[bool]
) -> None:
    vacancy = interviewing_vacancy(
        review_completed_at=completed_at, diary=diary(interview_minutes=400, notice_working_days=3)
    )
    placed = place(people("b", "a"), vacancy, [], completed_at)
    assert [isinstance(one, Booked) for one in placed] == is_booked
    [*_, last] = placed
    assert isinstance(last, Undated)
    assert last.application == "b"
    assert "the bank holidays of 20" in last.detail


def test_the_horizon_is_twenty_working_days_by_default() -> None:
    assert sum(1 for _ in slots(TUESDAY, diary())) == 160


def test_W8_without_notice_nobody_is_placed_into_an_hour_that_is_past() -> None:
    now = datetime(2025, 11, 4, 15, 0, tzinfo=UTC)
    vacancy = interviewing_vacancy(min_weeks=0, diary=diary(notice_working_days=0))
    placed = place(people("a", "b"), vacancy, [], now)
    assert [p.appointment.slot for p in placed if isinstance(p, Booked)] == [
        slot(now + timedelta(hours=1)),
        slot(FIRST + timedelta(days=1)),
    ]

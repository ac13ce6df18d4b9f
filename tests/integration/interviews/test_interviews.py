"""Interviews on a real database: booked, cancelled, and never twice."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.interviews.worker import SERVICE
from shared.contracts import Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.interviews import (
    InterviewBooked,
    InterviewCancelled,
    InterviewUnplaced,
    UnplacedReason,
)
from shared.contracts.vacancies import Window
from tests.support.builders import (
    INTERVIEW_AT,
    REVIEW_COMPLETED_AT,
    VACANCY,
    event,
    review_completed,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.operator_files import more_bank_holidays

NOW = REVIEW_COMPLETED_AT + timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
async def interviews(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("interviews"))


def invited(application: str, sequence: int = 5, **changes: str) -> ApplicationStageChanged:
    return stage_changed(application, Stage.INVITED, sequence=sequence, **changes)


def booked_stage(application: str, sequence: int = 6) -> ApplicationStageChanged:
    return stage_changed(application, Stage.INTERVIEW_BOOKED, sequence=sequence)


def withdrawn(application: str, sequence: int = 7, **changes: str) -> ApplicationStageChanged:
    return stage_changed(application, Stage.WITHDRAWN, sequence=sequence, **changes)


def booking(
    application: str, starts_at: datetime = INTERVIEW_AT, sequence: int = 0
) -> InterviewBooked:
    return InterviewBooked(
        application=application,
        vacancy=VACANCY,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        location="Belvedere and Ponton Road",
        sequence=sequence,
    )


def cancellation(
    application: str, starts_at: datetime = INTERVIEW_AT, sequence: int = 1
) -> InterviewCancelled:
    return InterviewCancelled(
        application=application,
        vacancy=VACANCY,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        sequence=sequence,
    )


@pytest.mark.parametrize(
    ("window", "completed_at", "first"),
    [
        pytest.param((1, 1), "2025-10-28T16:00Z", "2025-11-04T09:00Z", id="000: Tue 4 Nov, GMT"),
        pytest.param((2, 3), "2025-06-26T16:00Z", "2025-07-10T08:00Z", id="001: Thu 10 Jul, BST"),
        pytest.param((2, 2), "2025-09-03T16:00Z", "2025-09-17T08:00Z", id="002: Wed 17 Sep, BST"),
    ],
)
async def test_W8_the_first_interview_is_on_the_earliest_promised_day(
    interviews: Hearing, window: tuple[int, int], completed_at: str, first: str
) -> None:
    at = datetime.fromisoformat(completed_at)
    weeks = Window(min_weeks=window[0], max_weeks=window[1])
    await interviews.hear(vacancy_timetabled(interviews=weeks), now=at)
    await interviews.hear(review_completed(completed_at=at), now=at)
    [booked] = await interviews.hear(invited("a"), now=at)
    assert booked == booking("a", datetime.fromisoformat(first))


async def test_G13_everybody_invited_gets_a_slot_of_their_own(interviews: Hearing) -> None:
    await ready_to_book(interviews)
    said = await interviews.hear_together(invited("b"), invited("a"), now=NOW)
    said += await interviews.hear(invited("c"), now=NOW)
    assert said == [
        booking("a"),
        booking("b", INTERVIEW_AT + AN_HOUR),
        booking("c", INTERVIEW_AT + 2 * AN_HOUR),
    ]


async def test_G13_an_invitation_heard_again_books_nothing(interviews: Hearing) -> None:
    await ready_to_book(interviews)
    again = [event(invited("a"), copy=1), booked_stage("a"), event(invited("a"), copy=2)]
    assert await interviews.hear(invited("a"), *again, now=NOW) == [booking("a")]


async def test_an_invitation_waits_for_timetable_and_completion(interviews: Hearing) -> None:
    assert await interviews.hear(invited("a"), review_completed(), now=NOW) == []
    assert await interviews.hear(vacancy_timetabled(), now=NOW) == [booking("a")]
    assert not interviews.parked


async def test_a_withdrawal_cancels_the_interview_once_and_frees_its_slot(
    interviews: Hearing,
) -> None:
    await ready_to_book(interviews)
    await interviews.hear(invited("a"), invited("b"), booked_stage("a"), now=NOW)
    said = await interviews.hear(
        withdrawn("a"), event(withdrawn("a"), copy=1), withdrawn("a", 8), now=NOW
    )
    assert said == [cancellation("a")]
    assert await interviews.hear(invited("c"), now=NOW) == [booking("c")]


async def test_G4_a_withdrawal_before_the_interview_that_we_hear_of_after_it_cancels_it(
    interviews: Hearing,
) -> None:
    await ready_to_book(interviews)
    await interviews.hear(invited("a"), now=NOW)
    later = INTERVIEW_AT + timedelta(hours=1)
    assert await interviews.hear(withdrawn("a"), now=later) == [cancellation("a")]


async def test_a_slot_freed_in_a_batch_goes_to_somebody_in_the_same_batch(
    interviews: Hearing,
) -> None:
    await ready_to_book(interviews)
    await interviews.hear(invited("b"), now=NOW)
    said = await interviews.hear_together(invited("a"), withdrawn("b"), now=NOW)
    assert said == [cancellation("b"), booking("a")]


async def test_a_withdrawal_that_overtakes_its_invitation_prevents_it(interviews: Hearing) -> None:
    await ready_to_book(interviews)
    assert await interviews.hear(withdrawn("a"), invited("a"), now=NOW) == []


async def test_somebody_invited_again_continues_the_calendar_entry(interviews: Hearing) -> None:
    await ready_to_book(interviews)
    back = invited("a", sequence=8)
    said = await interviews.hear(invited("a"), withdrawn("a"), back, withdrawn("a", 9), now=NOW)
    assert said[1:] == [
        cancellation("a", sequence=1),
        booking("a", sequence=2),
        cancellation("a", sequence=3),
    ]


async def test_whoever_finds_no_slot_is_left_to_a_person_and_placed_once_one_is_free(
    interviews: Hearing, database: TestDatabase
) -> None:
    await set_diary(database, horizon_working_days=1)
    await ready_to_book(interviews)
    said = await interviews.hear_together(*[invited(f"a{n}") for n in range(9)], now=NOW)
    assert len([one for one in said if isinstance(one, InterviewBooked)]) == 8
    assert said[-1] == InterviewUnplaced(
        application="a8", vacancy=VACANCY, reason=UnplacedReason.NO_SLOT_LEFT
    )
    assert [(q.message, q.reason) for q in interviews.quarantined] == [
        (event(invited("a8")).id, "no_slot_left")
    ]
    replayed = await interviews.hear(withdrawn("a3"), invited("a8"), now=NOW)
    at = INTERVIEW_AT + 3 * AN_HOUR
    assert replayed == [cancellation("a3", at), booking("a8", at)]


async def test_whoever_found_no_slot_and_has_withdrawn_since_gets_none(
    interviews: Hearing, database: TestDatabase
) -> None:
    await set_diary(database, horizon_working_days=1)
    await ready_to_book(interviews)
    await interviews.hear_together(*[invited(f"a{n}") for n in range(9)], now=NOW)
    await interviews.hear(withdrawn("a8"), withdrawn("a3"), now=NOW)
    assert await interviews.hear(invited("a8"), now=NOW) == []


async def test_whose_interview_would_be_in_an_unknown_year_is_left_to_a_person_who_adds_it(
    interviews: Hearing, tmp_path: Path
) -> None:
    late = datetime(2028, 12, 27, 16, tzinfo=UTC)
    await interviews.hear(vacancy_timetabled(), review_completed(completed_at=late), now=late)
    assert await interviews.hear(invited("a"), now=late) == []
    [held] = interviews.quarantined
    assert held.reason == "bank_holidays_unknown"
    assert "the bank holidays of 2029 are not known" in held.detail
    with more_bank_holidays(tmp_path, "2029-01-01"):
        [booked] = await interviews.hear(invited("a"), now=late)
    assert isinstance(booked, InterviewBooked)


async def test_the_diary_is_a_setting_of_the_employer(
    interviews: Hearing, database: TestDatabase
) -> None:
    await set_diary(database, interview_minutes=60, gap_minutes=0, notice_working_days=7)
    await ready_to_book(interviews, weeks=(0, 3))
    first, second = await interviews.hear_together(invited("a"), invited("b"), now=NOW)
    assert isinstance(first, InterviewBooked)
    assert isinstance(second, InterviewBooked)
    assert first.starts_at == datetime(2025, 11, 6, 9, 0, tzinfo=UTC)
    assert first.ends_at == second.starts_at


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_W11_the_newest_timetable_counts_in_any_order(
    interviews: Hearing, order: tuple[int, int]
) -> None:
    moved = vacancy_timetabled(
        version=2, location="Marlowe House", interviews=Window(min_weeks=2, max_weeks=2)
    )
    timetables = {1: vacancy_timetabled(), 2: moved}
    await interviews.hear(*[timetables[version] for version in order], now=NOW)
    [booked] = await interviews.hear(review_completed(), invited("a"), now=NOW)
    assert isinstance(booked, InterviewBooked)
    assert booked.starts_at == INTERVIEW_AT + timedelta(weeks=1)
    assert booked.location == "Marlowe House"


async def test_G4_events_in_any_order_end_with_the_same_people_booked(
    interviews: Hearing, database: TestDatabase
) -> None:
    for seed in range(40):
        vacancy = f"vacancy-{seed}"
        await interviews.hear(*shuffled(story(vacancy), seed), now=NOW)
    assert not interviews.parked
    async with (await database.service("interviews")).transaction() as tx:
        rows = await tx.fetch(
            "select vacancy, array_agg(split_part(application, ':', 2) order by application)"
            " from interviews.appointment where state = 'booked' group by vacancy"
        )
    assert [row[1] for row in rows] == [["a", "b"]] * 40


def story(vacancy: str) -> list[Payload]:
    def stage(letter: str, stage: Stage, sequence: int) -> Payload:
        return stage_changed(f"{vacancy}:{letter}", stage, sequence=sequence, vacancy=vacancy)

    return [
        vacancy_timetabled(vacancy=vacancy),
        review_completed(vacancy=vacancy),
        *[stage(letter, Stage.UNDER_REVIEW, 3) for letter in "abcd"],
        *[stage(letter, Stage.INVITED, 4) for letter in "abcd"],
        *[stage(letter, Stage.WITHDRAWN, 6) for letter in "cd"],
        stage("e", Stage.NOT_SUCCESSFUL, 4),
    ]


def shuffled(events: list[Payload], seed: int) -> list[Payload]:
    return random.Random(seed).sample(events, len(events))


async def ready_to_book(interviews: Hearing, weeks: tuple[int, int] = (1, 1)) -> None:
    window = Window(min_weeks=weeks[0], max_weeks=weeks[1])
    await interviews.hear(vacancy_timetabled(interviews=window), review_completed(), now=NOW)


async def set_diary(database: TestDatabase, **settings: int) -> None:
    changes = ", ".join(f"{name} = {value}" for name, value in settings.items())
    async with (await database.service("interviews")).transaction() as tx:
        await tx.execute(f"update interviews.diary set {changes}")


async def test_C7_W11_interviews_not_yet_booked_follow_an_amended_window_and_booked_ones_stand(
    interviews: Hearing,
) -> None:
    await interviews.hear(vacancy_timetabled(), review_completed(), now=NOW)
    [before] = await interviews.hear(invited("a"), now=NOW)
    window = Window(min_weeks=3, max_weeks=3)
    await interviews.hear(vacancy_timetabled(version=2, interviews=window), now=NOW)
    [after] = await interviews.hear(invited("b"), now=NOW)
    assert before.starts_at == INTERVIEW_AT
    assert after.starts_at == INTERVIEW_AT + timedelta(weeks=2)
    assert interviews.announced == [before, after]

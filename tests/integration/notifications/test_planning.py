"""Planning on PostgreSQL: each message once, whatever comes how often and in which order."""

import asyncio
import itertools
from datetime import timedelta

from services.notifications import storage
from services.notifications.worker import SERVICE
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeReceived
from shared.contracts.notifications import RejectionLetterDue
from shared.contracts.vacancies import VacancyTimetabled
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    event,
    interview_booked,
    interview_cancelled,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing
from tests.support.operator_files import employers_file

RECEIVED = stage_changed(stage=Stage.RECEIVED, sequence=1)
LETTER_DUE = RejectionLetterDue(application=APPLICATION, vacancy=VACANCY)


def moved(stage: Stage, sequence: int, documents_version: int = 1):
    return stage_changed(stage=stage, sequence=sequence, documents_version=documents_version)


async def planned(notifications) -> list[tuple[str, int]]:
    async with notifications.transaction() as tx:
        rows = await tx.fetch("select kind, version from notifications.message order by number")
        return [tuple(row) for row in rows]


async def test_a_story_is_told_message_by_message(timetabled, notifications):
    for change in (
        RECEIVED,
        moved(Stage.DOCUMENTS_NEEDED, 2),
        moved(Stage.RECEIVED, 3, 2),
        moved(Stage.READY_FOR_REVIEW, 4, 2),
        moved(Stage.UNDER_REVIEW, 5, 2),
        moved(Stage.INVITED, 6, 2),
        interview_booked(),
        moved(Stage.INTERVIEW_BOOKED, 7, 2),
        moved(Stage.WITHDRAWN, 8, 2),
        interview_cancelled(),
    ):
        await timetabled.hear(change, now=NOW)
    assert await planned(notifications) == [
        ("acknowledgement", 1),
        ("documents_problem", 1),
        ("documents_in_order", 1),
        ("invitation", 1),
        ("interview_booking", 1),
        ("withdrawal", 1),
        ("interview_cancellation", 2),
    ]


async def test_G12_the_same_fact_under_another_id_is_told_once(timetabled, notifications):
    for copy in range(3):
        await timetabled.hear(
            event(RECEIVED, copy=copy),
            event(moved(Stage.WITHDRAWN, 2), copy=copy),
            event(interview_booked(), copy=copy),
            now=NOW,
        )
    assert await planned(notifications) == [
        ("acknowledgement", 1),
        ("withdrawal", 1),
        ("interview_booking", 1),
    ]


STORY = (
    (Stage.RECEIVED, 1, 1),
    (Stage.DOCUMENTS_NEEDED, 2, 1),
    (Stage.READY_FOR_REVIEW, 3, 2),
    (Stage.NOT_ELIGIBLE, 4, 2),
)


async def test_G4_any_order_ends_in_the_same_stage_and_tells_nothing_twice(
    timetabled, notifications
):
    for number, order in enumerate(itertools.permutations(STORY)):
        for stage, sequence, version in order:
            change = stage_changed(
                f"app-{number}", stage, sequence=sequence, documents_version=version
            )
            await timetabled.hear(change, now=NOW)
    async with notifications.transaction() as tx:
        standings = await storage.lock_standings(tx, [f"app-{n}" for n in range(24)])
    assert {(s.last_sequence, s.stage) for s in standings.values()} == {(4, Stage.NOT_ELIGIBLE)}
    kinds = [kind for kind, _ in await planned(notifications)]
    assert kinds.count("acknowledgement") == 24
    assert len(timetabled.timers) == 24


async def test_a_rejected_person_gets_no_mail_about_a_document(timetabled, notifications):
    *earlier, rejected = (moved(*step) for step in STORY)
    await timetabled.hear(rejected, *earlier, now=NOW)
    assert await planned(notifications) == [("acknowledgement", 1)]


async def test_a_change_about_an_unknown_vacancy_waits_for_its_timetable(hearing, notifications):
    await hearing.hear(RECEIVED, interview_booked(), LETTER_DUE, now=NOW)
    assert {waits for waits, _ in hearing.parked.values()} == {f"vacancy.timetabled.v1 {VACANCY}"}
    assert await planned(notifications) == []
    await hearing.hear(vacancy_timetabled(), now=NOW)
    assert hearing.parked == {}
    assert {kind for kind, _ in await planned(notifications)} == {
        "acknowledgement",
        "interview_booking",
    }


async def test_E20_a_challenge_that_overtakes_its_application_waits_for_somebody_to_write_to(
    timetabled, notifications
):
    received = ChallengeReceived(
        application=APPLICATION, vacancy=VACANCY, challenged_at=NOW, number=1,
        is_late=False, decide_by=NOW.date(),
    )  # fmt: skip
    await timetabled.hear(received, now=NOW)
    assert await planned(notifications) == []
    await timetabled.hear(moved(Stage.NOT_ELIGIBLE, 1), now=NOW)
    assert await planned(notifications) == [("acknowledgement", 1), ("challenge_received", 1)]


async def test_a_batch_plans_for_each_application_its_own(timetabled, notifications):
    changes = [stage_changed(f"app-{n}", Stage.RECEIVED, sequence=1) for n in range(50)]
    await timetabled.hear_together(*changes, now=NOW)
    assert await planned(notifications) == [("acknowledgement", 1)] * 50


async def test_a_rejection_is_told_after_its_hold(timetabled, notifications):
    await timetabled.hear(RECEIVED, moved(Stage.NOT_ELIGIBLE, 2), now=NOW)
    (timer,) = timetabled.timers.values()
    due = timer.event.data
    assert due == LETTER_DUE.model_copy(update={"sequence": 2})
    assert timer.due_at is not None
    assert await planned(notifications) == [("acknowledgement", 1)]
    await timetabled.hear(event(due), event(LETTER_DUE, copy=1), now=timer.due_at)
    assert await planned(notifications) == [("acknowledgement", 1), ("not_eligible", 2)]


async def test_a_rejection_is_held_as_long_as_the_file_of_employers_says(timetabled, tmp_path):
    with employers_file(tmp_path, "hold_hours = 24", "hold_hours = 48"):
        await timetabled.hear(RECEIVED, moved(Stage.NOT_ELIGIBLE, 2), now=NOW)
    (timer,) = timetabled.timers.values()
    assert timer.due_at == NOW + timedelta(hours=48)


async def test_a_rejection_that_is_stopped_during_its_hold_is_never_told(
    timetabled, notifications
):
    rejected = moved(Stage.NOT_ELIGIBLE, 2)
    await timetabled.hear(RECEIVED, rejected, moved(Stage.READY_FOR_REVIEW, 3), now=NOW)
    await timetabled.hear(LETTER_DUE, now=NOW)
    assert await planned(notifications) == [("acknowledgement", 1)]


async def test_rejecting_again_starts_the_hold_again(timetabled):
    later = NOW.replace(hour=14)
    await timetabled.hear(moved(Stage.NOT_ELIGIBLE, 1), now=NOW)
    await timetabled.hear(
        moved(Stage.READY_FOR_REVIEW, 2), moved(Stage.NOT_ELIGIBLE, 3), now=later
    )
    (timer,) = timetabled.timers.values()
    assert timer.due_at == later.replace(day=21)


async def test_an_older_timetable_that_comes_late_changes_nothing(timetabled, notifications):
    await timetabled.hear(vacancy_timetabled(version=2, title="New title"), now=NOW)
    await timetabled.hear(event(vacancy_timetabled(version=1), copy=1), now=NOW)
    async with notifications.transaction() as tx:
        timetable = await tx.fetchval(
            "select timetable from notifications.timetable join notifications.vacancy"
            " using (vacancy, version)"
        )
    assert VacancyTimetabled.model_validate_json(timetable).title == "New title"


async def test_two_workers_at_once_plan_a_message_once(notifications, timetabled):
    hearings = [Hearing(SERVICE, notifications) for _ in range(2)]
    changes = [stage_changed(f"app-{n}", Stage.WITHDRAWN, sequence=1) for n in range(20)]
    await asyncio.gather(
        hearings[0].hear_together(*changes, now=NOW),
        hearings[1].hear_together(*reversed(changes), now=NOW),
    )
    assert len(await planned(notifications)) == 40

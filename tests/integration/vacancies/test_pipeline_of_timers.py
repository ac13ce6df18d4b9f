"""Vacancies, progress and review as real workers: timers are planned anew when dates move."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.progress.worker import SERVICE as PROGRESS
from services.review.worker import SERVICE as REVIEW
from services.vacancies.worker import SERVICE as VACANCIES
from shared.contracts.applications import Stage
from shared.contracts.checks import DocumentsOutcome
from shared.contracts.reviews import ReviewOpened, ReviewOpeningDue
from shared.contracts.vacancies import VacancyClosed
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    REVIEW_OPENS_AT,
    VACANCY,
    application_accepted,
    documents_checked,
    eligibility_checked,
    event,
    vacancy_amended,
    vacancy_published,
)
from tests.support.databases import TestDatabase
from tests.support.rig import Rig, rig, until

WORKERS = (VACANCIES, PROGRESS, REVIEW)
INSTANT = timedelta(microseconds=1)
TOO_LATE = LAST_ACCEPTED_AT + INSTANT
MOVED_TO = datetime(2025, 10, 31, 23, 55, tzinfo=UTC)
NEW_LIMIT = MOVED_TO + timedelta(minutes=1) - INSTANT
NEW_OPENING = datetime(2025, 11, 7, 9, tzinfo=UTC)


@pytest.fixture
async def bench(amqp_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    """Three workers at work at NOW, with one application whose documents are faulty."""
    async with rig(amqp_url, database.owner, WORKERS) as bench, AsyncExitStack() as stack:
        await jump(bench, NOW)
        for worker in WORKERS:
            await stack.enter_async_context(bench.worker(worker))
        faulty = documents_checked(outcome=DocumentsOutcome.FAULTY)
        facts = (vacancy_published(), application_accepted(), eligibility_checked(), faulty)
        await bench.publish(*map(event, facts))
        await reaches(bench, Stage.DOCUMENTS_NEEDED)
        yield bench


async def jump(bench: Rig, to: datetime) -> None:
    await bench.fetch("update messaging.clock set clock_offset = $1 - now()", to)


async def reaches(bench: Rig, stage: Stage) -> None:
    async def is_there() -> bool:
        rows = await bench.fetch("select stage from progress.application")
        return [row["stage"] for row in rows] == [stage]

    await until(is_there, f"the application is at {stage}")


async def plans(bench: Rig, service: str, kind: str, due_at: datetime) -> None:
    async def is_planned() -> bool:
        rows = await bench.fetch(f"select due_at from {service}.outbox where type = $1", kind)
        return [row["due_at"] for row in rows] == [due_at]

    await until(is_planned, f"one timer {kind} for {due_at}")


async def said(bench: Rig, kind: type[Any]) -> int:
    [row] = await bench.fetch(
        "select count(*) as count from messaging.history where type = $1", kind.type
    )
    return int(row["count"])


async def test_C7_W3_an_extension_after_the_closing_reopens_and_every_timer_follows(
    bench: Rig,
) -> None:
    await jump(bench, TOO_LATE)
    await reaches(bench, Stage.WITH_A_PERSON)
    await bench.publish(event(vacancy_amended(amended_at=TOO_LATE, closes_at=MOVED_TO)))
    await reaches(bench, Stage.DOCUMENTS_NEEDED)
    await plans(bench, "vacancies", "vacancy.closing_due.v1", NEW_LIMIT + INSTANT)
    await plans(bench, "review", "review.opening_due.v1", NEW_OPENING)

    # A timer of the earlier timetable that was on its way already opens nothing.
    await jump(bench, REVIEW_OPENS_AT)
    stale = event(ReviewOpeningDue(vacancy=VACANCY))
    await bench.publish(stale)

    async def is_handled() -> bool:
        return bool(await bench.fetch("select from review.inbox where id = $1", stale.id))

    await until(is_handled, "the stale timer is handled")
    assert await said(bench, ReviewOpened) == 0

    await jump(bench, NEW_LIMIT + INSTANT)
    await reaches(bench, Stage.WITH_A_PERSON)
    await jump(bench, NEW_OPENING)

    async def is_opened() -> bool:
        return bool(await said(bench, ReviewOpened))

    await until(is_opened, "the review opens on its new day")
    assert await said(bench, VacancyClosed) == 2


async def test_C7_W3_an_early_close_closes_at_once_and_brings_the_review_forward(
    bench: Rig,
) -> None:
    early = NOW + timedelta(minutes=5)
    await bench.publish(event(vacancy_amended(closes_at=early)))
    limit = early + timedelta(minutes=1) - INSTANT
    await plans(bench, "vacancies", "vacancy.closing_due.v1", limit + INSTANT)
    await plans(bench, "review", "review.opening_due.v1", datetime(2025, 10, 27, 9, tzinfo=UTC))
    await jump(bench, limit + INSTANT)
    await reaches(bench, Stage.WITH_A_PERSON)
    assert await said(bench, VacancyClosed) == 1

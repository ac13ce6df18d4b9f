"""Two workers of the review at the same moment."""

import asyncio

from services.review.handlers import accept_decisions, follow_candidates
from services.review.worker import SERVICE
from shared.contracts.applications import Stage
from shared.contracts.reviews import ManagerDecision, ReviewCompleted, ReviewOpeningDue
from shared.messaging.batch import Outcome, batch_of
from shared.postgres import Database
from tests.support.builders import (
    REVIEW_OPENS_AT,
    VACANCY,
    event,
    manager_reviewed,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


async def test_W8_two_last_decisions_at_once_complete_the_review(database: TestDatabase) -> None:
    review = await an_open_review(database, "a", "b")
    invite = manager_reviewed("a")
    decline = manager_reviewed("b", ManagerDecision.DECLINE)
    [done] = await said_at_once(review, (accept_decisions, invite), (accept_decisions, decline))
    assert (done.invited, done.declined) == (1, 1)


async def test_W8_a_last_decision_and_a_withdrawal_at_once_complete_the_review(
    database: TestDatabase,
) -> None:
    review = await an_open_review(database, "a", "b")
    invite = manager_reviewed("a")
    withdrawn = stage_changed("b", Stage.WITHDRAWN, sequence=9)
    [done] = await said_at_once(review, (accept_decisions, invite), (follow_candidates, withdrawn))
    assert (done.invited, done.declined) == (1, 0)


async def an_open_review(database: TestDatabase, *applications: str) -> Database:
    review = await database.service("review")
    hearing = Hearing(SERVICE, review)
    ready = [stage_changed(one, Stage.READY_FOR_REVIEW, sequence=2) for one in applications]
    await hearing.hear(
        vacancy_timetabled(), *ready, ReviewOpeningDue(vacancy=VACANCY), now=REVIEW_OPENS_AT
    )
    return review


async def said_at_once(review: Database, first, second) -> list[ReviewCompleted]:
    """Let the second begin before the first has committed, and return the completions."""

    async def work(handler, payload) -> Outcome:
        batch, outcome = batch_of([event(payload)], REVIEW_OPENS_AT)
        async with review.transaction() as tx:
            await handler(batch, tx)
        return outcome

    handler, payload = first
    batch, outcome = batch_of([event(payload)], REVIEW_OPENS_AT)
    async with review.transaction() as tx:
        await handler(batch, tx)
        other = asyncio.create_task(work(*second))
        await until_waiting_or_done(review, other)
    outcomes = [outcome, await other]
    announced = [said.event.data for one in outcomes for said in one.announced]
    return [payload for payload in announced if isinstance(payload, ReviewCompleted)]


async def until_waiting_or_done(review: Database, other: asyncio.Task[Outcome]) -> None:
    async with asyncio.timeout(10):
        while not other.done():
            async with review.transaction() as tx:
                if await tx.fetchval("select exists (select from pg_locks where not granted)"):
                    return

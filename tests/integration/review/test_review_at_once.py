"""Two workers of the review at the same moment."""

from services.review.worker import SERVICE
from shared.contracts import Payload
from shared.contracts.applications import Stage
from shared.contracts.reviews import ManagerDecision, ReviewCompleted, ReviewOpeningDue
from tests.support.at_once import at_once
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
from tests.support.reviewing import NOW


async def test_W8_two_last_decisions_at_once_complete_the_review(database: TestDatabase) -> None:
    await open_a_review(database, "a", "b")
    decline = manager_reviewed("b", ManagerDecision.DECLINE)
    [done] = await completions(database, manager_reviewed("a"), decline)
    assert (done.invited, done.declined) == (1, 1)


async def test_W8_a_last_decision_and_a_withdrawal_at_once_complete_the_review(
    database: TestDatabase,
) -> None:
    await open_a_review(database, "a", "b")
    withdrawn = stage_changed("b", Stage.WITHDRAWN, sequence=9)
    [done] = await completions(database, manager_reviewed("a"), withdrawn)
    assert (done.invited, done.declined) == (1, 0)


async def open_a_review(database: TestDatabase, *applications: str) -> None:
    hearing = Hearing(SERVICE, await database.service("review"))
    ready = [stage_changed(one, Stage.READY_FOR_REVIEW, sequence=2) for one in applications]
    await hearing.hear(
        vacancy_timetabled(), *ready, ReviewOpeningDue(vacancy=VACANCY), now=REVIEW_OPENS_AT
    )


async def completions(
    database: TestDatabase, first: Payload, second: Payload
) -> list[ReviewCompleted]:
    """Let the second begin before the first has committed, and return what both complete."""
    outcomes = await at_once(SERVICE, database, event(first), [event(second)], now=NOW)
    announced = [said.event.data for outcome in outcomes for said in outcome.announced]
    return [payload for payload in announced if isinstance(payload, ReviewCompleted)]

"""Two workers of progress at the same moment."""

import pytest

from services.progress.worker import SERVICE
from shared.contracts.applications import Stage
from shared.contracts.checks import DocumentsOutcome
from tests.support.at_once import at_once, handle
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    application_accepted,
    documents_checked,
    eligibility_checked,
    event,
    review_opened,
    vacancy_closed,
    vacancy_timetabled,
    withdrawal_accepted,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

ACCEPTED = event(application_accepted())
ELIGIBLE = event(eligibility_checked())
FAULTY = event(documents_checked(outcome=DocumentsOutcome.FAULTY))
CLOSED = event(vacancy_closed())


async def stages(database: TestDatabase) -> list[tuple]:
    progress = await database.service("progress")
    async with progress.transaction() as tx:
        return [
            tuple(row)
            for row in await tx.fetch(
                "select application, stage, sequence from application order by application"
            )
        ]


@pytest.mark.parametrize(
    ("known", "first", "second"),
    [
        ([ACCEPTED, ELIGIBLE], FAULTY, CLOSED),
        ([ACCEPTED, ELIGIBLE], CLOSED, FAULTY),
        ([ELIGIBLE, FAULTY], ACCEPTED, CLOSED),
        ([ELIGIBLE, FAULTY], CLOSED, ACCEPTED),
        ([ACCEPTED, FAULTY], ELIGIBLE, CLOSED),
        ([ACCEPTED, FAULTY], CLOSED, ELIGIBLE),
    ],
)
async def test_C5_a_closing_and_a_verdict_at_once_do_not_miss_each_other(
    database: TestDatabase, known, first, second
):
    progress = await database.service("progress")
    await Hearing(SERVICE, progress).hear(*known, now=NOW)
    outcomes = await at_once(SERVICE, database, first, [second], now=NOW)
    [(_, stage, _)] = await stages(database)
    assert stage == Stage.WITH_A_PERSON
    announced = [said.event.data.stage for one in outcomes for said in one.announced]
    assert announced[-1] is Stage.WITH_A_PERSON


async def test_two_first_facts_of_one_application_at_once_are_both_kept(database: TestDatabase):
    withdrawn = event(withdrawal_accepted())
    await at_once(SERVICE, database, ACCEPTED, [withdrawn], now=NOW)
    assert await stages(database) == [(APPLICATION, Stage.WITHDRAWN, 2)]


async def test_applications_of_one_vacancy_do_not_wait_for_each_other(database: TestDatabase):
    progress = await database.service("progress")
    await Hearing(SERVICE, progress).hear(ACCEPTED, now=NOW)
    async with progress.transaction() as one, progress.transaction() as other:
        await other.execute("set local lock_timeout = '1s'")
        await handle(SERVICE, one, [ELIGIBLE], NOW)
        await handle(SERVICE, other, [event(application_accepted("app-2"))], NOW)


async def test_workers_with_news_of_each_others_vacancies_wait_but_never_in_a_circle(
    database: TestDatabase,
):
    """One closes where the other adds an application, each in one batch."""
    known = [vacancy_timetabled(), vacancy_timetabled(vacancy="met-001")]
    await Hearing(SERVICE, await database.service("progress")).hear(*known, now=NOW)
    batches = [
        [event(vacancy_closed(closed)), event(application_accepted(application, vacancy=other))]
        for application, closed, other in (("a", VACANCY, "met-001"), ("b", "met-001", VACANCY))
    ]
    await at_once(SERVICE, database, event(review_opened()), *batches, now=NOW)
    assert await stages(database) == [("a", Stage.RECEIVED, 1), ("b", Stage.RECEIVED, 1)]


async def test_workers_with_the_same_applications_wait_but_never_in_a_circle(
    database: TestDatabase,
):
    one_way = [event(application_accepted(a)) for a in ("app-1", "app-0", "app-2")]
    the_other = [event(eligibility_checked(a)) for a in ("app-2", "app-0", "app-1")]
    first = event(documents_checked("app-0"))
    await at_once(SERVICE, database, first, one_way, the_other, now=NOW)
    assert [stage for _, stage, _ in await stages(database)] == [
        Stage.READY_FOR_REVIEW, Stage.RECEIVED, Stage.RECEIVED,
    ]  # fmt: skip

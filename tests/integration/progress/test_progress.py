"""Progress on a real database: every order of the same facts ends in the same rows."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from services.progress.worker import SERVICE
from shared.contracts import Event, Payload
from shared.contracts.applications import (
    ApplicationStageChanged,
    Stage,
)
from shared.contracts.checks import (
    DocumentsOutcome,
    EligibilityOutcome,
)
from shared.contracts.reviews import ManagerDecision
from tests.support.at_once import handle
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    REVIEW_OPENS_AT,
    VACANCY,
    application_accepted,
    application_refused,
    application_reviewed,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    event,
    interview_booked,
    interview_cancelled,
    review_completed,
    review_opened,
    vacancy_closed,
    vacancy_timetabled,
    withdrawal_accepted,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

JOURNEYS: dict[Stage, Sequence[Payload]] = {
    # Closed, then extended: what had gone to a person can be mended again (C5, C7).
    Stage.DOCUMENTS_NEEDED: (
        vacancy_timetabled(),
        application_accepted(),
        eligibility_checked(),
        documents_checked(outcome=DocumentsOutcome.FAULTY),
        vacancy_closed(),
        vacancy_timetabled(version=2, last_accepted_at=LAST_ACCEPTED_AT + timedelta(days=7)),
    ),
    Stage.INTERVIEW_BOOKED: (
        application_accepted(),
        eligibility_checked(),
        documents_checked(outcome=DocumentsOutcome.FAULTY),
        documents_accepted(documents_version=2),
        documents_checked(documents_version=2),
        vacancy_closed(),
        review_opened(),
        application_reviewed(),
        review_completed(),
        interview_booked(sequence=0),
    ),
    Stage.WITHDRAWN: (
        application_accepted(),
        eligibility_checked(),
        documents_checked(),
        vacancy_closed(),
        review_opened(),
        application_reviewed(),
        review_completed(),
        interview_booked(sequence=0),
        withdrawal_accepted(),
        interview_cancelled(sequence=1),
    ),
    Stage.NOT_SUCCESSFUL: (
        application_accepted(),
        eligibility_checked(),
        documents_checked(),
        documents_accepted(documents_version=2),
        documents_checked(documents_version=2, outcome=DocumentsOutcome.FAULTY),
        vacancy_closed(),
        # D8: a closing moved earlier, and the second version counts no longer
        documents_accepted(documents_version=3, set_aside=(2,)),
        documents_checked(documents_version=3),
        review_opened(),
        application_reviewed(decision=ManagerDecision.DECLINE),
        review_completed(),
    ),
    Stage.WITH_A_PERSON: (
        application_accepted(),
        eligibility_checked(outcome=EligibilityOutcome.REFERRED),
        documents_checked(outcome=DocumentsOutcome.UNCLEAR),
        vacancy_closed(),
        review_opened(),
        review_completed(),
    ),
    Stage.NOT_ELIGIBLE: (
        eligibility_checked(outcome=EligibilityOutcome.REJECTED),
        application_accepted(),
        documents_checked(outcome=DocumentsOutcome.FAULTY),
        vacancy_closed(),
    ),
    Stage.REFUSED: (application_refused(), documents_checked(), vacancy_closed()),
}


@pytest.fixture
async def progress(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("progress"))


async def rows(database: TestDatabase, sql: str) -> list[tuple]:
    connected = await database.service("progress")
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def facts(database: TestDatabase) -> list[tuple]:
    """Everything stored but how many stages it took to get there."""
    return [
        *await rows(database, "select * from progress.vacancy"),
        *await rows(database, "select to_jsonb(a) - 'sequence' from progress.application a"),
    ]


def batches(journey: Sequence[Payload], order: random.Random) -> Iterator[list[Event[Payload]]]:
    """Every fact twice, under two ids, in some order; in a batch at most one to a subject."""
    twice = [event(fact, copy=copy) for fact in journey for copy in (0, 1)]
    order.shuffle(twice)
    batch: list[Event[Payload]] = []
    for one in twice:
        if one.subject in {other.subject for other in batch}:
            yield batch
            batch = []
        batch.append(one)
    yield batch


@pytest.mark.parametrize("stage", JOURNEYS)
async def test_A33_every_order_of_the_same_facts_ends_in_the_same_rows(
    database: TestDatabase, progress: Hearing, stage
):
    await progress.hear(*JOURNEYS[stage], now=NOW)
    in_order = await facts(database)
    for seed in range(12):
        async with (await database.service("progress")).transaction() as tx:
            await tx.execute("delete from progress.stage_change")
            await tx.execute("delete from progress.application")
            await tx.execute("delete from progress.vacancy")
        hearing = Hearing(SERVICE, await database.service("progress"))
        for batch in batches(JOURNEYS[stage], random.Random(seed)):
            await hearing.hear_together(*batch, now=NOW)
        assert await facts(database) == in_order, f"seed {seed}"
        last = hearing.announced[-1]
        assert isinstance(last, ApplicationStageChanged)
        assert last.stage is stage, f"seed {seed}"


async def test_a_candidates_journey_is_announced_stage_by_stage(
    database: TestDatabase, progress: Hearing
):
    announced = await progress.hear(*JOURNEYS[Stage.INTERVIEW_BOOKED], now=NOW)
    assert [(a.previous, a.stage, a.sequence, a.documents_version) for a in announced] == [
        (None, Stage.RECEIVED, 1, 1),
        (Stage.RECEIVED, Stage.DOCUMENTS_NEEDED, 2, 1),
        (Stage.DOCUMENTS_NEEDED, Stage.RECEIVED, 3, 2),
        (Stage.RECEIVED, Stage.READY_FOR_REVIEW, 4, 2),
        (Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW, 5, 2),
        (Stage.UNDER_REVIEW, Stage.INVITED, 6, 2),
        (Stage.INVITED, Stage.INTERVIEW_BOOKED, 7, 2),
    ]
    sql = "select stage, sequence, at from progress.stage_change order by sequence"
    assert await rows(database, sql) == [(a.stage, a.sequence, NOW) for a in announced]


async def test_D8_at_closing_the_last_complete_documents_are_the_ones_announced(
    progress: Hearing,
):
    await progress.hear(*JOURNEYS[Stage.NOT_SUCCESSFUL][:5], now=NOW)
    [changed] = await progress.hear(vacancy_closed(), now=LAST_ACCEPTED_AT)
    assert (changed.stage, changed.documents_version) == (Stage.READY_FOR_REVIEW, 1)


async def test_D8_whoever_is_referred_is_announced_anew_with_faults_and_with_what_counts(
    progress: Hearing,
):
    """A letter about the check that still waits would tell faults of what is not used."""
    referred = eligibility_checked(outcome=EligibilityOutcome.REFERRED)
    await progress.hear(application_accepted(), referred, documents_checked(), now=NOW)
    faulty = documents_checked(documents_version=2, outcome=DocumentsOutcome.FAULTY)
    announced = await progress.hear(
        documents_accepted(documents_version=2), faulty, vacancy_closed(), now=NOW
    )
    assert [(a.stage, a.documents_version) for a in announced] == [
        (Stage.WITH_A_PERSON, 2),
        (Stage.WITH_A_PERSON, 2),
        (Stage.WITH_A_PERSON, 1),
    ]


SECOND_THOUGHTS = application_reviewed(
    decision=ManagerDecision.DECLINE, reviewed_at=REVIEW_OPENS_AT + timedelta(hours=2)
)


@pytest.mark.parametrize(
    ("known", "batch", "stage"),
    [
        (
            JOURNEYS[Stage.WITHDRAWN][:6],
            (SECOND_THOUGHTS, review_completed()),
            Stage.NOT_SUCCESSFUL,
        ),
        (
            JOURNEYS[Stage.DOCUMENTS_NEEDED][:4],
            (documents_accepted(documents_version=2), vacancy_closed()),
            Stage.RECEIVED,
        ),
    ],
)
async def test_W7_C5_of_facts_in_one_batch_nobody_is_told_a_stage_in_between(
    progress: Hearing, known, batch, stage
):
    """An invitation that no longer stands; or that a person checks what a machine will."""
    await progress.hear(*known, now=NOW)
    [changed] = await progress.hear_together(*batch, now=NOW)
    assert changed.stage is stage


async def test_a_fact_that_changes_no_stage_is_announced_to_nobody(progress: Hearing):
    await progress.hear(application_accepted(), now=NOW)
    assert await progress.hear(documents_checked(), vacancy_closed(), now=NOW) == []


async def test_facts_about_an_unknown_application_wait_for_nobody(
    database: TestDatabase, progress: Hearing
):
    early = (documents_checked(), eligibility_checked(), withdrawal_accepted())
    assert await progress.hear(*early, now=NOW) == []
    [changed] = await progress.hear(application_accepted(), now=NOW)
    assert (changed.stage, changed.vacancy) == (Stage.WITHDRAWN, VACANCY)


async def test_a_vacancy_moves_all_of_its_applications_and_no_others(progress: Hearing):
    mine = [f"app-{number:03}" for number in range(250)]
    other = "app-of-another-vacancy"
    for fact in (application_accepted, eligibility_checked, documents_checked):
        await progress.hear_together(
            *(fact(application) for application in reversed(mine)),
            fact(other, vacancy="met-001"),
            now=NOW,
        )
    changed = await progress.hear(review_opened(), now=NOW)
    assert [(a.subject, a.stage) for a in changed] == [(a, Stage.UNDER_REVIEW) for a in mine]


async def test_each_change_is_announced_because_of_its_own_vacancys_event(
    database: TestDatabase, progress: Hearing
):
    faulty = DocumentsOutcome.FAULTY
    for application, vacancy in ((APPLICATION, VACANCY), ("app-2", "met-001")):
        await progress.hear(
            application_accepted(application, vacancy=vacancy),
            eligibility_checked(application, vacancy=vacancy),
            documents_checked(application, faulty, vacancy=vacancy),
            now=NOW,
        )
    closings = [event(vacancy_closed(vacancy)) for vacancy in ("met-002", "met-001", VACANCY)]
    async with (await database.service("progress")).transaction() as tx:
        outcome = await handle(SERVICE, tx, closings, NOW)
    assert [(said.event.data.vacancy, said.cause) for said in outcome.announced] == [
        (VACANCY, closings[2].id),
        ("met-001", closings[1].id),
    ]

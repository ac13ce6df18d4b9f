"""Whoever was too late for a closing that then moves later is judged again, in every order."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.worker import SERVICE
from services.progress.worker import SERVICE as PROGRESS
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationWithdrawalAccepted,
    Stage,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    application_submitted,
    application_withdrawn,
    document,
    documents_replaced,
    event,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

NEW_LIMIT = LAST_ACCEPTED_AT + timedelta(days=7)
MOVED = vacancy_timetabled(version=2, closes_at=NEW_LIMIT, last_accepted_at=NEW_LIMIT)
LATE = LAST_ACCEPTED_AT + timedelta(hours=1)
SOON = LATE + timedelta(hours=2)
SUBMITTED = application_submitted(submitted_at=LATE)


def replaced(hours: int):
    return documents_replaced(
        replaced_at=LATE + timedelta(hours=hours),
        documents=(document(name=f"of hour {hours}.pdf"),),
    )


def kinds(said):
    return [type(one) for one in said]


@pytest.mark.parametrize("order", list(permutations([vacancy_timetabled(), MOVED, SUBMITTED])))
async def test_C3_C7_it_is_accepted_in_the_end_whatever_came_first(rows, intake: Hearing, order):
    await intake.hear(*order, now=LATE)
    accepted = [said for said in intake.announced if isinstance(said, ApplicationAccepted)]
    assert accepted == [
        ApplicationAccepted(
            application=APPLICATION,
            vacancy=MOVED.vacancy,
            submitted_at=LATE,
            received_at=LATE,
            arrived_after_close=False,
            employer=MOVED.employer,
            role_type=MOVED.role_type,
            engagement=MOVED.engagement,
            early_departure=SUBMITTED.form.early_departure,
            conviction_declared=SUBMITTED.form.convictions.declared,
            timetable_version=2,
        )
    ]
    assert await rows("intake", "select * from intake.refusal") == []
    assert len(await rows("documents", "select * from intake.files")) == 2


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize("order", list(permutations([vacancy_timetabled(), MOVED, SUBMITTED])))
async def test_C3_C7_the_stage_is_the_same_in_the_end_whatever_came_first(
    database: TestDatabase, intake: Hearing, order, is_backwards
):
    progress = Hearing(PROGRESS, await database.service("progress"))
    await intake.hear(*order, now=LATE)
    said = list(reversed(intake.announced)) if is_backwards else intake.announced
    stages = await progress.hear(*said, now=LATE)
    assert max(stages, key=lambda change: change.sequence).stage is Stage.RECEIVED


async def test_C3_who_is_too_late_for_the_new_closing_too_stays_refused(rows, intake: Hearing):
    too_late = application_submitted(submitted_at=NEW_LIMIT + timedelta(microseconds=1))
    heard = (vacancy_timetabled(), too_late, MOVED, event(MOVED, copy=1))
    await intake.hear(*heard, now=NEW_LIMIT + timedelta(days=1))
    assert kinds(intake.announced) == [ApplicationRefused]
    assert await rows("intake", "select application from intake.refusal") == [(APPLICATION,)]


async def test_C3_the_label_is_of_the_closing_that_stands(open_intake: Hearing):
    after_both = NEW_LIMIT + timedelta(hours=1)
    await open_intake.hear(SUBMITTED, now=after_both)
    [accepted] = await open_intake.hear(MOVED, now=after_both + timedelta(days=1))
    assert accepted.arrived_after_close
    assert accepted.received_at == after_both


async def test_C3_every_refused_application_of_the_vacancy_and_no_other(open_intake: Hearing):
    elsewhere = vacancy_timetabled(vacancy="met-001")
    late = [application_submitted(f"app-{n:03}", submitted_at=LATE) for n in range(250)]
    other = application_submitted("other", vacancy="met-001", submitted_at=LATE)
    await open_intake.hear(elsewhere, other, now=LATE)
    await open_intake.hear_together(*late, now=LATE)
    said = await open_intake.hear(MOVED, now=LATE)
    assert [(type(one), one.subject) for one in said] == [
        (ApplicationAccepted, one.application) for one in late
    ]


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("order", list(permutations([1, 2])))
async def test_C7_D8_documents_sent_before_the_new_closing_count_in_every_order(
    rows, open_intake: Hearing, order, position
):
    heard = [SUBMITTED, *map(replaced, order)]
    heard.insert(position, MOVED)
    await open_intake.hear(*heard, now=LATE + timedelta(days=1))
    announced = {
        said.documents_version: said.replaced_at
        for said in open_intake.announced
        if isinstance(said, ApplicationDocumentsAccepted)
    }
    last = max(announced, key=announced.__getitem__)
    sql = f"select name from intake.files where documents_version = {last}"
    assert await rows("documents", sql) == [("of hour 2.pdf",)]
    kept = "select count(*) from intake.document_set"
    assert await rows("intake", kept) == [(3,)]


async def test_C7_D8_of_an_accepted_application_too_and_under_a_number_of_their_own(
    rows, open_intake: Hearing
):
    before = documents_replaced(replaced_at=NOW, documents=(document(name="before.pdf"),))
    await open_intake.hear(application_submitted(), replaced(1), before, now=SOON)
    [accepted] = await open_intake.hear(MOVED, now=SOON)
    assert isinstance(accepted, ApplicationDocumentsAccepted)
    assert accepted.documents_version == 4
    assert accepted.replaced_at == LATE + timedelta(hours=1)
    sql = "select documents_version, name from intake.files where documents_version > 1 order by 1"
    assert await rows("documents", sql) == [(3, "before.pdf"), (4, "of hour 1.pdf")]


@pytest.mark.parametrize(
    "order", list(permutations([SUBMITTED, MOVED, application_withdrawn(withdrawn_at=LATE)]))
)
async def test_a_withdrawal_stands_beside_a_refusal_and_its_lifting(
    rows, open_intake: Hearing, order
):
    await open_intake.hear(*order, now=LATE)
    said = set(kinds(open_intake.announced)) - {ApplicationRefused}
    assert said == {ApplicationAccepted, ApplicationWithdrawalAccepted}
    assert await rows("intake", "select application from intake.withdrawal") == [(APPLICATION,)]


async def test_a_submission_refused_at_the_same_moment_is_not_missed(
    database: TestDatabase, open_intake: Hearing
):
    outcomes = await at_once(SERVICE, database, event(SUBMITTED), [event(MOVED)], now=LATE)
    announced = [[type(said.event.data) for said in outcome.announced] for outcome in outcomes]
    assert announced == [[ApplicationRefused], [ApplicationAccepted]]


async def test_documents_set_aside_at_the_same_moment_are_not_missed(
    database: TestDatabase, open_intake: Hearing
):
    await open_intake.hear(application_submitted(), now=NOW)
    outcomes = await at_once(SERVICE, database, event(replaced(1)), [event(MOVED)], now=SOON)
    announced = [[type(said.event.data) for said in outcome.announced] for outcome in outcomes]
    assert announced == [[], [ApplicationDocumentsAccepted]]

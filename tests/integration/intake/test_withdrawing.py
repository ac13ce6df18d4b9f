"""A withdrawal is taken in once, at any stage, and never for an application it does not name."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.worker import SERVICE
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationWithdrawalAccepted,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    application_submitted,
    application_withdrawn,
    candidate,
    documents_replaced,
    event,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

AFTERWARDS = LAST_ACCEPTED_AT + timedelta(hours=9)


def kinds(said):
    return [type(one) for one in said]


async def test_a_withdrawal_is_announced_once_however_often_it_comes(rows, open_intake: Hearing):
    again = application_withdrawn(withdrawn_at=NOW + timedelta(days=1))
    withdrawal = application_withdrawn()
    await open_intake.hear(
        application_submitted(), withdrawal, event(withdrawal, copy=1), again, now=AFTERWARDS
    )
    assert open_intake.announced[1:] == [
        ApplicationWithdrawalAccepted(application=APPLICATION, vacancy=VACANCY, withdrawn_at=NOW)
    ]
    sql = "select application, withdrawn_at from intake.withdrawal"
    assert await rows("intake", sql) == [(APPLICATION, NOW)]


@pytest.mark.parametrize(
    "order",
    list(permutations([vacancy_timetabled(), application_submitted(), application_withdrawn()])),
)
async def test_a_withdrawal_before_its_submission_waits_for_it(intake: Hearing, order):
    await intake.hear(*order, now=NOW)
    assert kinds(intake.announced) == [ApplicationAccepted, ApplicationWithdrawalAccepted]
    assert not intake.parked


async def test_a_withdrawal_that_names_another_vacancy_is_held_and_applied_to_nothing(
    rows, open_intake: Hearing
):
    mine = application_submitted("app-9", vacancy="met-001")
    wrong = application_withdrawn(vacancy="met-001")
    elsewhere = vacancy_timetabled(vacancy="met-001")
    await open_intake.hear(elsewhere, mine, application_submitted(), wrong, now=NOW)
    [held] = open_intake.quarantined
    assert held.reason == "contradictory_withdrawal"
    assert held.detail == "the application is for another vacancy: ask which one is meant"
    assert await rows("intake", "select * from intake.withdrawal") == []
    [accepted] = await open_intake.hear(application_withdrawn(), now=NOW)
    assert isinstance(accepted, ApplicationWithdrawalAccepted)


async def test_a_withdrawal_dated_in_the_future_is_held_and_applied_to_nothing(
    rows, open_intake: Hearing
):
    await open_intake.hear(application_submitted(), now=NOW)
    ahead = application_withdrawn(withdrawn_at=NOW + timedelta(days=365))
    assert await open_intake.hear(ahead, now=NOW) == []
    [held] = open_intake.quarantined
    assert held.reason == "withdrawn_in_the_future"
    assert await rows("intake", "select * from intake.withdrawal") == []


@pytest.mark.parametrize(
    "order",
    list(
        permutations(
            [
                application_withdrawn(withdrawn_at=NOW + timedelta(minutes=2)),
                documents_replaced(replaced_at=NOW + timedelta(minutes=1)),
                documents_replaced(replaced_at=NOW + timedelta(minutes=3)),
            ]
        )
    ),
)
async def test_D8_documents_sent_after_a_withdrawal_are_kept_and_lent_to_nobody(
    rows, open_intake: Hearing, order
):
    await open_intake.hear(application_submitted(), *order, now=NOW + timedelta(minutes=5))
    sql = """
        select replaced_at from intake.document_set
        where set_aside_because = 'application_withdrawn'
    """
    assert await rows("intake", sql) == [(NOW + timedelta(minutes=3),)]
    [(kept,)] = await rows("intake", "select count(*) from intake.document_set")
    [(lent,)] = await rows(
        "documents", "select count(distinct documents_version) from intake.files"
    )
    assert (kept, lent) == (3, 2)


async def test_E16_who_withdrew_applies_anew_under_a_new_reference_only(
    rows, open_intake: Hearing
):
    first = application_submitted()
    again = application_submitted(submitted_at=NOW + timedelta(days=1))
    anew = application_submitted("app-2", submitted_at=NOW + timedelta(days=1))
    await open_intake.hear(first, application_withdrawn(), event(first, copy=1), now=NOW)
    said = await open_intake.hear(again, anew, now=AFTERWARDS)
    assert [(type(one), one.subject) for one in said] == [
        (ApplicationConflicted, APPLICATION),
        (ApplicationAccepted, "app-2"),
    ]
    assert await rows("intake", "select application from intake.withdrawal") == [(APPLICATION,)]


async def test_a_refused_application_can_be_withdrawn_too(open_intake: Hearing):
    late = LAST_ACCEPTED_AT + timedelta(microseconds=1)
    await open_intake.hear(application_submitted(submitted_at=late), now=AFTERWARDS)
    withdrawal = application_withdrawn(withdrawn_at=AFTERWARDS)
    assert kinds(await open_intake.hear(withdrawal, now=AFTERWARDS)) == [
        ApplicationWithdrawalAccepted
    ]


async def test_a_withdrawal_and_new_documents_at_once_wait_for_each_other(
    database: TestDatabase, open_intake: Hearing
):
    await open_intake.hear(application_submitted(candidate=candidate()), now=NOW)
    later = documents_replaced(replaced_at=NOW + timedelta(minutes=1))
    outcomes = await at_once(
        SERVICE, database, event(application_withdrawn()), [event(later)], now=AFTERWARDS
    )
    announced = [[type(said.event.data) for said in outcome.announced] for outcome in outcomes]
    assert announced == [[ApplicationWithdrawalAccepted], []]
    assert ApplicationDocumentsAccepted not in kinds(open_intake.announced)

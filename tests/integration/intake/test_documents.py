"""Every version of the documents is kept; those sent last in time count."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.worker import SERVICE
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    Role,
)
from tests.support.at_once import at_once
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    application_submitted,
    document,
    documents_replaced,
    event,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

AFTERWARDS = LAST_ACCEPTED_AT + timedelta(hours=9)
TOO_LATE = LAST_ACCEPTED_AT + timedelta(microseconds=1)


def replaced(minutes: int):
    return documents_replaced(
        replaced_at=NOW + timedelta(minutes=minutes),
        documents=(document(Role.CV, name=f"version of minute {minutes}.pdf"),),
    )


async def test_D8_new_documents_become_a_new_version(rows, open_intake: Hearing):
    [_, accepted] = await open_intake.hear(application_submitted(), replaced(1), now=NOW)
    assert isinstance(accepted, ApplicationDocumentsAccepted)
    assert accepted.documents_version == 2
    sql = "select documents_version, position, role, name from intake.files order by 1, 2"
    assert await rows("documents", sql) == [
        (1, 0, "cv", "My CV.pdf"),
        (1, 1, "personal_statement", "Personal Statement.docx"),
        (2, 0, "cv", "version of minute 1.pdf"),
    ]


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
async def test_D8_in_every_order_the_documents_sent_last_are_announced_last(
    rows, open_intake: Hearing, order
):
    await open_intake.hear(application_submitted(), now=NOW)
    announced = await open_intake.hear(*(replaced(minutes) for minutes in order), now=NOW)
    sql = "select documents_version, name from intake.files order by 1 desc limit 1"
    assert await rows("documents", sql) == [
        (announced[-1].documents_version, "version of minute 3.pdf")
    ]
    kept = "select count(*) from intake.document_set"
    assert await rows("intake", kept) == [(4,)]


async def test_D8_documents_sent_after_the_closing_are_kept_and_lent_to_nobody(
    rows, open_intake: Hearing
):
    await open_intake.hear(application_submitted(), now=NOW)
    late = documents_replaced(replaced_at=TOO_LATE)
    assert await open_intake.hear(late, now=AFTERWARDS) == []
    sql = "select set_aside_because from intake.document_set where documents_version = 2"
    assert await rows("intake", sql) == [("replaced_after_closing",)]
    sql = "select max(documents_version) from intake.received_files"
    assert await rows("notifications", sql) == [(1,)]


async def test_documents_wait_for_their_application(intake: Hearing):
    await intake.hear(replaced(1), now=NOW)
    await intake.hear(application_submitted(), now=NOW)
    announced = await intake.hear(vacancy_timetabled(), now=NOW)
    assert [type(said) for said in announced] == [
        ApplicationAccepted,
        ApplicationDocumentsAccepted,
    ]


async def test_documents_that_contradict_are_held_for_a_person(open_intake: Hearing):
    same_moment = documents_replaced(documents=())
    elsewhere = documents_replaced(vacancy="met-001")
    await open_intake.hear(
        application_submitted(), documents_replaced(), same_moment, elsewhere, now=NOW
    )
    reasons = [held.reason for held in open_intake.quarantined]
    assert reasons == ["contradictory_documents", "contradictory_documents"]


async def test_two_replacements_at_once_get_two_versions(
    database: TestDatabase, open_intake: Hearing
):
    await open_intake.hear(application_submitted(), now=NOW)
    outcomes = await at_once(SERVICE, database, event(replaced(1)), [event(replaced(2))], now=NOW)
    versions = [outcome.announced[0].event.data.documents_version for outcome in outcomes]
    assert versions == [2, 3]

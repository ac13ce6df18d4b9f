"""Every version of the documents is kept; those sent last in time count."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.worker import SERVICE
from services.progress.worker import SERVICE as PROGRESS
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    Role,
    Stage,
)
from shared.contracts.checks import DocumentsOutcome
from tests.support.at_once import at_once
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    application_accepted,
    application_submitted,
    document,
    documents_checked,
    documents_replaced,
    eligibility_checked,
    event,
    vacancy_closed,
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
async def test_D8_in_every_order_all_documents_are_announced_with_when_they_were_sent(
    rows, open_intake: Hearing, order
):
    await open_intake.hear(application_submitted(), now=NOW)
    announced = await open_intake.hear(*(replaced(minutes) for minutes in order), now=NOW)
    sql = "select documents_version, name from intake.files where name like 'v%' order by 1"
    assert await rows("documents", sql) == [
        (
            said.documents_version,
            f"version of minute {(said.replaced_at - NOW).seconds // 60}.pdf",
        )
        for said in announced
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


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
async def test_G4_D8_the_last_complete_documents_count_at_closing_in_whatever_order_they_came(
    rows, database: TestDatabase, open_intake: Hearing, order
):
    """Those of minute 3 are faulty, those of minute 2 are complete."""
    await open_intake.hear(application_submitted(), *map(replaced, order), now=NOW)
    facts = [eligibility_checked(), documents_checked(), vacancy_closed()]
    for said in open_intake.announced:
        if isinstance(said, ApplicationDocumentsAccepted):
            is_faulty = said.replaced_at == NOW + timedelta(minutes=3)
            outcome = DocumentsOutcome.FAULTY if is_faulty else DocumentsOutcome.COMPLETE
            facts += [
                said,
                documents_checked(documents_version=said.documents_version, outcome=outcome),
            ]
    progress = Hearing(PROGRESS, await database.service("progress"))
    *_, last = await progress.hear(application_accepted(), *facts, now=AFTERWARDS)
    assert last.stage is Stage.READY_FOR_REVIEW
    [(counts,)] = await rows("progress", "select complete_version from progress.application")
    sql = f"select name from intake.files where documents_version = {counts}"
    assert await rows("documents", sql) == [("version of minute 2.pdf",)]

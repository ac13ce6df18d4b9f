"""A closing that moves earlier treats everybody alike, whichever came first, they or it."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.document_storage import AFFECTED
from services.intake.refusal_storage import MISJUDGED
from services.intake.worker import SERVICE
from services.progress.decisions import ApplicationFacts
from services.progress.versions import counting
from services.progress.worker import SERVICE as PROGRESS
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    Stage,
)
from shared.contracts.checks import DocumentsOutcome
from tests.support.at_once import at_once
from tests.support.builders import (
    APPLICATION,
    LAST_ACCEPTED_AT,
    NOW,
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

EARLY = LAST_ACCEPTED_AT - timedelta(hours=9)
MOVED = vacancy_timetabled(version=2, closes_at=EARLY, last_accepted_at=EARLY)
BACK = vacancy_timetabled(version=3)
SUBMITTED = application_submitted(submitted_at=EARLY + timedelta(hours=1))
LATER = EARLY + timedelta(hours=4)


def kinds(said):
    return [type(one) for one in said]


def replaced(hours: int):
    """New documents so many hours after the earlier closing."""
    return documents_replaced(
        replaced_at=EARLY + timedelta(hours=hours),
        documents=(document(name=f"of hour {hours}.pdf"),),
    )


async def stage_of(database: TestDatabase, intake: Hearing, *, is_backwards: bool) -> Stage:
    progress = Hearing(PROGRESS, await database.service("progress"))
    said = list(reversed(intake.announced)) if is_backwards else intake.announced
    return max(await progress.hear(*said, now=LATER), key=lambda one: one.sequence).stage


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize("order", list(permutations([vacancy_timetabled(), MOVED, SUBMITTED])))
async def test_G4_C7_who_applied_after_the_earlier_closing_ends_refused_in_every_order(
    rows, database: TestDatabase, intake: Hearing, order, is_backwards
):
    await intake.hear(*order, now=LATER)
    refused = await rows("intake", "select application, last_accepted_at from intake.refusal")
    assert refused == [(APPLICATION, EARLY)]
    assert await stage_of(database, intake, is_backwards=is_backwards) is Stage.REFUSED


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize("order", list(permutations([MOVED, SUBMITTED, BACK])))
async def test_G4_C7_and_accepted_again_if_the_closing_moves_back(
    rows, database: TestDatabase, open_intake: Hearing, order, is_backwards
):
    await open_intake.hear(*order, now=LATER)
    assert await rows("intake", "select * from intake.refusal") == []
    assert await stage_of(database, open_intake, is_backwards=is_backwards) is Stage.RECEIVED


async def test_C7_nobody_else_is_touched(open_intake: Hearing):
    elsewhere = vacancy_timetabled(vacancy="met-001")
    other = application_submitted("other", vacancy="met-001", submitted_at=SUBMITTED.submitted_at)
    in_time = application_submitted("in-time", submitted_at=EARLY)
    await open_intake.hear(elsewhere, other, in_time, SUBMITTED, now=LATER)
    said = await open_intake.hear(MOVED, event(MOVED, copy=1), now=LATER)
    assert [(type(one), one.subject) for one in said] == [(ApplicationRefused, APPLICATION)]


async def test_C7_files_that_were_lent_stay_lent_to_those_who_are_reading_them(
    rows, open_intake: Hearing
):
    await open_intake.hear(SUBMITTED, MOVED, now=LATER)
    assert len(await rows("documents", "select * from intake.files")) == 2


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("order", list(permutations([-1, 1, 2])))
async def test_G4_C7_D8_documents_sent_after_the_earlier_closing_count_in_no_order(
    rows, open_intake: Hearing, order, position
):
    """Progress, which hears all that is said, takes those that were sent before it."""
    heard = list(map(replaced, order))
    heard.insert(position, MOVED)
    await open_intake.hear(application_submitted(), *heard, now=LATER)
    facts = ApplicationFacts()
    for said in open_intake.announced:
        if isinstance(said, ApplicationAccepted | ApplicationDocumentsAccepted):
            facts = facts.after(event(said))
    counts = counting(facts.documents)[-1].number
    sql = f"select name from intake.files where documents_version = {counts}"
    assert await rows("documents", sql) == [("of hour -1.pdf",)]


async def test_C7_D8_the_first_documents_are_announced_again_if_only_they_are_left(
    rows, open_intake: Hearing
):
    await open_intake.hear(application_submitted(), replaced(1), now=LATER)
    [accepted] = await open_intake.hear(MOVED, now=LATER)
    assert isinstance(accepted, ApplicationDocumentsAccepted)
    sql = f"select name from intake.files where documents_version = {accepted.documents_version}"
    assert await rows("documents", sql) == [("My CV.pdf",), ("Personal Statement.docx",)]
    [again] = await open_intake.hear(BACK, now=LATER)
    assert again.documents_version > accepted.documents_version


@pytest.mark.parametrize("order", list(permutations([MOVED, replaced(1)])))
async def test_C7_D8_complete_documents_sent_after_the_earlier_closing_help_in_no_order(
    database: TestDatabase, open_intake: Hearing, order
):
    """The submission's are faulty, so a person is asked, about those."""
    await open_intake.hear(application_submitted(), *order, now=LATER)
    facts = [eligibility_checked(), vacancy_closed(closed_at=EARLY), MOVED]
    for said in open_intake.announced:
        version = said.documents_version
        outcome = DocumentsOutcome.COMPLETE if version == 2 else DocumentsOutcome.FAULTY
        facts += [said, documents_checked(documents_version=version, outcome=outcome)]
    progress = Hearing(PROGRESS, await database.service("progress"))
    last = (await progress.hear(*facts, now=LATER))[-1]
    assert last.stage is Stage.WITH_A_PERSON
    assert last.documents_version != 2


async def test_C7_D8_documents_with_a_new_number_do_not_help_under_their_old_one(
    database: TestDatabase, open_intake: Hearing
):
    """They were complete; a scanner has been named since, and says of the same bytes otherwise."""
    await open_intake.hear(application_submitted(), replaced(-1), replaced(1), MOVED, now=LATER)
    facts = [eligibility_checked(), vacancy_closed(closed_at=EARLY), MOVED]
    outcomes = {2: DocumentsOutcome.COMPLETE, 3: DocumentsOutcome.COMPLETE}
    for said in open_intake.announced:
        outcome = outcomes.get(said.documents_version, DocumentsOutcome.FAULTY)
        facts += [
            said,
            documents_checked(documents_version=said.documents_version, outcome=outcome),
        ]
    progress = Hearing(PROGRESS, await database.service("progress"))
    last = (await progress.hear(*facts, now=LATER))[-1]
    assert (last.stage, last.documents_version) == (Stage.WITH_A_PERSON, 4)


async def test_a_submission_accepted_at_the_same_moment_is_not_missed(
    database: TestDatabase, open_intake: Hearing
):
    outcomes = await at_once(SERVICE, database, event(SUBMITTED), [event(MOVED)], now=LATER)
    announced = [[type(said.event.data) for said in outcome.announced] for outcome in outcomes]
    assert announced == [[ApplicationAccepted], [ApplicationRefused]]


@pytest.mark.parametrize("query", [MISJUDGED, AFFECTED])
async def test_whom_a_new_timetable_concerns_is_found_from_its_vacancy_on(
    database: TestDatabase, intake: Hearing, query
):
    """With a history of other vacancies that no timetable of this one has to look at."""
    connected = await database.service("intake")
    for number in range(20):
        await intake.hear(vacancy_timetabled(vacancy=f"met-{number}"), now=NOW)
        late = [
            application_submitted(f"app-{number}-{n}", vacancy=f"met-{number}", submitted_at=at)
            for n, at in enumerate([NOW, *[LAST_ACCEPTED_AT + timedelta(hours=1)] * 20])
        ]
        await intake.hear_together(*late, now=LAST_ACCEPTED_AT + timedelta(days=1))
    async with connected.transaction() as tx:
        plan = "\n".join(row[0] for row in await tx.fetch(f"explain {query}", ["met-1"]))
    assert "application_by_vacancy" in plan
    assert "Seq Scan" not in plan

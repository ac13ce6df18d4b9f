"""Documents out of a real object store become one recorded and announced verdict (D1 to D8)."""

import hashlib
import json
from pathlib import Path

import asyncpg
import pytest

from services.documents import handlers, objects
from shared.contracts.applications import ApplicationAccepted, Role
from shared.contracts.checks import (
    DocumentsOutcome,
    Finding,
    FindingCode,
)
from shared.contracts.vacancies import Employer
from shared.employers import CombinedDocument, terms_of
from tests.support.builders import (
    APPLICATION,
    application_accepted,
    documents_accepted,
    event,
)
from tests.support.documents import STATEMENT_WORDS, docx, locked_pdf, pdf

MIGRATION = Path("services/documents/migrations/0002_employers_scans_and_opening.sql").read_text()
STATEMENT = docx("Personal Statement", STATEMENT_WORDS)


def good_papers(desk):
    return (
        desk.upload(Role.CV, "Ada CV.pdf", pdf()),
        desk.upload(Role.PERSONAL_STATEMENT, "Ada statement.docx", STATEMENT),
    )


async def test_D1_good_papers_are_complete_and_announced(desk):
    await desk.take_in(*good_papers(desk))
    (checked,) = await desk.check(application_accepted())
    assert (checked.application, checked.documents_version) == (APPLICATION, 1)
    assert (checked.outcome, checked.findings) == (DocumentsOutcome.COMPLETE, ())


async def test_D1_no_documents_at_all_lack_both_parts(desk):
    await desk.take_in()
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.FAULTY
    assert {f.code for f in checked.findings} == {
        FindingCode.CV_MISSING,
        FindingCode.STATEMENT_MISSING,
    }


async def test_D8_of_a_version_that_got_another_number_meanwhile_nothing_is_said(desk):
    """Its files are there under the new number, which is announced: nothing of it is missing."""
    await desk.take_in(*good_papers(desk))
    assert await desk.check(application_accepted()) != []
    assert await desk.check(documents_accepted(documents_version=7)) == []
    assert len(await desk.stored("select from documents.verdict")) == 1


async def test_D2_the_cv_again_in_another_format_is_found(desk):
    await desk.take_in(
        desk.upload(Role.CV, "one.pdf", pdf()),
        desk.upload(Role.PERSONAL_STATEMENT, "two.docx", docx()),
    )
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.FAULTY
    assert Finding(code=FindingCode.COPY_OF_CV, document=1) in checked.findings


@pytest.mark.parametrize("order", [1, -1])
async def test_B27_D2_one_object_named_as_cv_and_as_statement_is_no_statement(desk, order):
    """Stored once, and both references stay: as the CV it is good, in either order."""
    cv = desk.upload(Role.CV, "cv.pdf", pdf())
    again = cv.model_copy(update={"role": Role.PERSONAL_STATEMENT})
    await desk.take_in(*(cv, again)[::order])
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.FAULTY
    position = (0, 1)[::order][1]
    assert checked.findings == (Finding(code=FindingCode.COPY_OF_CV, document=position),)
    kept = await desk.stored("select key, sha256 from intake.files")
    assert [(row["key"], row["sha256"]) for row in kept] == [(cv.key, cv.sha256)] * 2


async def test_the_verdict_is_recorded_with_its_working_but_no_name_and_no_text(desk):
    await desk.take_in(
        desk.upload(Role.CV, "Ada Lovelace.pdf", locked_pdf()),
        desk.upload(Role.PERSONAL_STATEMENT, "why Ada.docx", STATEMENT),
    )
    await desk.check(application_accepted())
    (verdict,) = await desk.stored("select * from documents.verdict")
    assert verdict["outcome"] == "faulty"
    assert await desk.findings() == [{"code": "password_locked", "document": 0}]
    cv, statement = await desk.stored("select * from documents.inspection order by position")
    assert (cv["kind"], cv["label"], cv["problem"]) == ("pdf", "cv", "password_locked")
    assert (statement["kind"], statement["problem"]) == ("docx", None)
    assert "Ada" not in repr((verdict, cv, statement))


async def test_the_same_fact_under_another_id_is_not_announced_again(desk):
    await desk.take_in(*good_papers(desk))
    assert len(await desk.check(application_accepted())) == 1
    assert await desk.check(event(application_accepted(), copy=1)) == []
    assert len(await desk.stored("select * from documents.inspection")) == 2


async def test_D8_a_replaced_version_is_judged_by_itself(desk):
    await desk.take_in(desk.upload(Role.CV, "cv.pdf", pdf()))
    (first,) = await desk.check(application_accepted())
    await desk.replace(*good_papers(desk))
    (second,) = await desk.check(documents_accepted())
    assert (first.documents_version, first.outcome) == (1, DocumentsOutcome.FAULTY)
    assert (second.documents_version, second.outcome) == (2, DocumentsOutcome.COMPLETE)


async def test_a_batch_keeps_everybodys_documents_apart(desk):
    await desk.take_in(*good_papers(desk), application="app-a")
    await desk.take_in(desk.upload(Role.CV, "cv.pdf", pdf()), application="app-b")
    checked = await desk.check(application_accepted("app-a"), application_accepted("app-b"))
    outcomes = {one.application: one.outcome for one in checked}
    assert outcomes == {"app-a": DocumentsOutcome.COMPLETE, "app-b": DocumentsOutcome.FAULTY}


@pytest.mark.parametrize("other", [b"", b"x", pdf()[:-1] + b" ", pdf() + b"more"])
async def test_G17_another_object_in_its_place_is_a_question_for_a_person(desk, other):
    cv, statement = good_papers(desk)
    (desk.store / cv.key).write_bytes(other)
    await desk.take_in(cv, statement)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.UNCLEAR
    assert checked.findings == (Finding(code=FindingCode.NOT_AS_SENT, document=0),)


@pytest.mark.parametrize("size", [20 * 1024 * 1024 + 1, 5 * 1024**3, 2**53 - 1])
async def test_B2_too_large_a_document_is_refused_without_being_read(desk, size):
    cv, statement = good_papers(desk)
    large = type(cv)(**cv.model_dump() | {"size": size, "key": "incoming/not-there"})
    await desk.take_in(large, statement)
    (checked,) = await desk.check(application_accepted())
    assert checked.findings == (Finding(code=FindingCode.TOO_LARGE, document=0),)


async def test_B1_an_empty_document_is_named(desk):
    _, statement = good_papers(desk)
    await desk.take_in(desk.upload(Role.CV, "cv.pdf", b""), statement)
    (checked,) = await desk.check(application_accepted())
    assert checked.findings == (Finding(code=FindingCode.EMPTY, document=0),)


async def test_B2_a_large_document_goes_through_in_pieces(desk):
    content = bytes(1_000_001)
    cv = desk.upload(Role.CV, "cv.pdf", content)
    pieces = [p async for p in objects.read(cv.key, size=cv.size, sha256=cv.sha256)]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= objects.PIECE_BYTES


@pytest.mark.parametrize("change", [{"size": 3}, {"size": 5}, {"sha256": "0" * 64}])
async def test_G17_a_document_is_never_whole_unless_it_is_the_right_one(desk, change):
    described = {"size": 4, "sha256": hashlib.sha256(b"this").hexdigest()} | change
    cv = desk.upload(Role.CV, "cv.pdf", b"this")
    pieces = objects.read(cv.key, **described)
    with pytest.raises(objects.OtherObjectError):
        await anext(pieces)


async def one_file_as_both(desk):
    await desk.take_in(desk.upload(Role.COMBINED, "both.pdf", pdf("CV and Personal Statement")))


@pytest.mark.parametrize(
    ("setting", "outcome"),
    [
        (CombinedDocument.REFER, DocumentsOutcome.UNCLEAR),
        (CombinedDocument.ACCEPT, DocumentsOutcome.COMPLETE),
        (CombinedDocument.RETURN, DocumentsOutcome.FAULTY),
    ],
)
async def test_D4_the_employers_setting_judges_and_is_kept_with_the_verdict(
    desk, setting, outcome, monkeypatch
):
    """The event of documents that replace others does not name the employer: it is remembered."""
    terms = {
        employer: terms_of(employer).model_copy(
            update={"combined_document": setting if employer is Employer.KENT_ESSEX else "refer"}
        )
        for employer in Employer
    }
    monkeypatch.setattr(handlers, "terms_of", terms.__getitem__)
    await one_file_as_both(desk)
    (first,) = await desk.check(application_accepted(employer=Employer.KENT_ESSEX))
    await desk.replace(desk.upload(Role.COMBINED, "both.docx", docx("CV and Personal Statement")))
    (second,) = await desk.check(documents_accepted())
    assert (first.outcome, second.outcome) == (outcome, outcome)
    kept = await desk.stored("select terms from documents.verdict")
    assert [json.loads(row["terms"]) for row in kept] == [
        {"combined_document": setting, "near_copy_percent": 80}
    ] * 2


async def test_G4_documents_that_overtake_their_application_wait_for_its_employer(desk):
    await one_file_as_both(desk)
    await desk.replace(*good_papers(desk))
    assert await desk.check(documents_accepted()) == []
    assert desk.parked == [f"{ApplicationAccepted.type} {APPLICATION}"]
    assert await desk.stored("select * from documents.verdict") == []
    (first,) = await desk.check(application_accepted())
    (second,) = await desk.check(documents_accepted())
    assert (first.outcome, second.outcome) == (DocumentsOutcome.UNCLEAR, DocumentsOutcome.COMPLETE)


async def test_what_was_accepted_before_employers_were_kept_is_found_in_the_history(database):
    accepted = event(application_accepted("app-old", employer=Employer.KENT_ESSEX))
    connection = await asyncpg.connect(database.owner)
    async with connection.transaction():
        await connection.execute("set local search_path = documents, public")
        await connection.execute(
            """
            drop view openable; drop table application;
            alter table verdict drop column terms;
            alter table inspection drop column scan, drop column may_be_opened;
            """
        )
        await connection.execute(
            "insert into messaging.history (id, type, subject, body) values ($1, $2, $3, $4)",
            accepted.id,
            accepted.type,
            accepted.subject,
            accepted.model_dump_json().encode(),
        )
        await connection.execute(MIGRATION)
        rows = await connection.fetch("select application, employer from application")
    await connection.close()
    assert [tuple(row) for row in rows] == [("app-old", "kent_essex")]

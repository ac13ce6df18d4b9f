"""Documents out of a real object store become one recorded and announced verdict (D1 to D8)."""

import shutil

import pytest

from services.documents.objects import MissingObjectError, StoreError
from shared.contracts.applications import (
    Role,
)
from shared.contracts.checks import (
    DocumentsOutcome,
    Finding,
    FindingCode,
)
from tests.support.builders import APPLICATION, application_accepted, documents_accepted, event
from tests.support.documents import STATEMENT_WORDS, docx, locked_pdf, pdf

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


async def test_D2_the_cv_again_in_another_format_is_found(desk):
    await desk.take_in(
        desk.upload(Role.CV, "one.pdf", pdf()),
        desk.upload(Role.PERSONAL_STATEMENT, "two.docx", docx()),
    )
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.FAULTY
    assert Finding(code=FindingCode.COPY_OF_CV, document=1) in checked.findings


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


async def test_B2_too_large_a_document_is_refused_without_being_read(desk):
    cv, statement = good_papers(desk)
    large = cv.model_copy(update={"size": 20 * 1024 * 1024 + 1, "key": "incoming/not-there"})
    await desk.take_in(large, statement)
    (checked,) = await desk.check(application_accepted())
    assert checked.findings == (Finding(code=FindingCode.TOO_LARGE, document=0),)


async def test_B1_an_empty_document_is_named(desk):
    _, statement = good_papers(desk)
    await desk.take_in(desk.upload(Role.CV, "cv.pdf", b""), statement)
    (checked,) = await desk.check(application_accepted())
    assert checked.findings == (Finding(code=FindingCode.EMPTY, document=0),)


async def test_G17_F50_a_missing_object_is_a_fault_and_never_a_verdict(desk):
    cv, statement = good_papers(desk)
    (desk.store / cv.key).unlink()
    await desk.take_in(cv, statement)
    with pytest.raises(MissingObjectError):
        await desk.check(application_accepted())
    assert await desk.stored("select * from documents.verdict") == []
    (desk.store / cv.key).write_bytes(pdf())
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE


async def test_G17_F50_a_store_that_is_away_is_waited_for(desk):
    await desk.take_in(*good_papers(desk))
    away = desk.store.with_name("away")
    desk.store.rename(away)
    with pytest.raises(StoreError):
        await desk.check(application_accepted())
    shutil.move(away, desk.store)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE

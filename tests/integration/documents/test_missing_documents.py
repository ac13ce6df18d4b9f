"""Documents that are not in the object store, perhaps not yet, and a store that is away (G17)."""

import asyncio
import shutil
from datetime import timedelta

import pytest

from services.documents import objects
from services.documents.handlers import MOST_LOOKS
from services.documents.objects import StoreError
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding, FindingCode
from shared.settings import settings
from tests.support.builders import NOW, application_accepted, event
from tests.support.documents import STATEMENT_WORDS, docx, pdf


def papers(desk):
    return (
        desk.upload(Role.CV, "cv.pdf", pdf()),
        desk.upload(
            Role.PERSONAL_STATEMENT, "statement.docx", docx("Personal Statement", STATEMENT_WORDS)
        ),
    )


async def test_G17_F50_an_object_that_arrives_late_is_waited_for_and_judged(desk):
    cv, statement = papers(desk)
    (desk.store / cv.key).unlink()
    await desk.take_in(cv, statement)
    accepted = event(application_accepted())
    assert await desk.check(accepted) == []
    await desk.miss(MOST_LOOKS - 2)
    assert await desk.check(accepted) == []
    assert desk.postponed == [accepted.id]
    assert await desk.stored("select * from documents.verdict") == []
    (desk.store / cv.key).write_bytes(pdf())
    (checked,) = await desk.check(accepted)
    assert (checked.outcome, desk.postponed) == (DocumentsOutcome.COMPLETE, [])


async def test_G17_F50_an_object_that_never_arrives_is_a_question_for_a_person(desk):
    cv, statement = papers(desk)
    (desk.store / cv.key).unlink()
    await desk.take_in(cv, statement)
    assert await desk.check(application_accepted()) == []
    await desk.miss(MOST_LOOKS - 1)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.UNCLEAR
    assert checked.findings == (Finding(code=FindingCode.NOT_AS_SENT, document=0),)


async def test_G10_G17_F50_time_in_which_nobody_looked_counts_against_no_missing_object(desk):
    """The store was away, or we were; what was announced long ago may have waited in a queue."""
    cv, statement = papers(desk)
    (desk.store / cv.key).unlink()
    await desk.take_in(cv, statement)
    assert await desk.check(application_accepted(), now=NOW + timedelta(days=1)) == []
    desk.store.rename(away := desk.store.with_name("away"))
    with pytest.raises(StoreError):
        await desk.check(application_accepted())
    await desk.let_pass(timedelta(days=1))
    away.rename(desk.store)
    assert await desk.check(application_accepted(), now=NOW + timedelta(days=2)) == []
    (desk.store / cv.key).write_bytes(pdf())
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE


async def test_G17_F50_a_missing_object_keeps_no_other_application_waiting(desk):
    cv, statement = papers(desk)
    missing = cv.model_copy(update={"key": "incoming/not-there"})
    await desk.take_in(missing, statement, application="app-a")
    await desk.take_in(cv, statement, application="app-b")
    heard = [event(application_accepted(name)) for name in ("app-a", "app-b")]
    (checked,) = await desk.check(*heard)
    assert (checked.application, desk.postponed) == ("app-b", [heard[0].id])


@pytest.mark.parametrize("left", [None, "", "incoming", "lost+found"])
async def test_G17_F50_a_store_that_is_away_is_waited_for_however_long(desk, left):
    """It may be gone, or empty: nothing is mounted there, or something else."""
    await desk.take_in(*papers(desk))
    away = desk.store.with_name("away")
    desk.store.rename(away)
    if left is not None:
        (desk.store / left).mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(StoreError):
            await desk.check(application_accepted(), now=NOW + timedelta(days=1))
    assert await desk.stored("select * from documents.missing") == []
    shutil.rmtree(desk.store, ignore_errors=True)
    away.rename(desk.store)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE


async def test_G17_F50_a_bucket_that_does_not_exist_is_away(monkeypatch):
    """It answers like a document that is missing: with a 404."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        for name, value in {
            "OBJECT_STORE_URL": f"s3://nobodys-bucket-{port}",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-west-2",
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        }.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        with pytest.raises(StoreError):
            await anext(objects.read("incoming/cv", size=1, sha256=""))
    monkeypatch.undo()
    settings.cache_clear()

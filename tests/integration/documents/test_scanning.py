"""What was not scanned is not opened and rejects nobody (B25, D8)."""

import random
import socket
from datetime import timedelta

import pytest

from services.documents import scanner
from services.documents.decisions import Scan
from services.documents.objects import OtherObjectError
from services.documents.scanner import ScannerError
from shared import clock
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding, FindingCode
from shared.embedded.process import ServerError
from shared.messaging import handling
from tests.support.builders import NOW, application_accepted
from tests.support.clamd import EICAR, LIMIT_BYTES, PretendClamd, RealClamd, version_of
from tests.support.documents import STATEMENT_WORDS, docx, docx_with, pdf
from tests.support.inspecting import pieces_of

STATEMENT = docx("Personal Statement", STATEMENT_WORDS)


@pytest.fixture(scope="session")
def _real_clamd():
    """ClamAV where it can be had; where not, all is proven on the one that speaks its protocol."""
    try:
        with RealClamd() as clamd:
            yield clamd
    except ServerError:
        yield None


@pytest.fixture(params=["clamd", "pretend"])
async def clamd(request, _real_clamd):
    if request.param == "clamd" and _real_clamd:
        yield _real_clamd
        return
    async with PretendClamd() as pretend:
        yield pretend


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 2)


async def scan(data):
    return await scanner.scan(pieces_of(data, 30_000), clock.utc_now())


async def test_without_a_scanner_nothing_is_read_and_it_is_called_off(scanned_by):
    scanned_by("")
    pieces = pieces_of(EICAR)
    assert await scanner.scan(pieces, NOW) is Scan.OFF
    assert b"".join([piece async for piece in pieces]) == EICAR


@pytest.mark.parametrize("socket_kind", ["url", "local_url"])
@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (pdf(), Scan.CLEAN),
        (bytes(LIMIT_BYTES), Scan.CLEAN),
        (EICAR, Scan.INFECTED),
        (bytes(LIMIT_BYTES + 1), Scan.NOT_SCANNED),
        (bytes(3_000_000), Scan.NOT_SCANNED),
    ],
    ids=["a document", "at the limit", "infected", "over the limit", "far over it"],
)
async def test_B25_a_scanner_says_clean_infected_or_nothing(
    data, verdict, socket_kind, clamd, scanned_by
):
    scanned_by(getattr(clamd, socket_kind))
    assert await scan(data) is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Scan.CLEAN),
        (b"stream: Win.Trojan.A-1 FOUND\0", Scan.INFECTED),
        (b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0", Scan.NOT_SCANNED),
        (b"stream: Heuristics.Encrypted.PDF FOUND\0", Scan.NOT_SCANNED),
        (b"stream: Can't allocate memory ERROR\0", Scan.NOT_SCANNED),
        (b"OK\0", Scan.NOT_SCANNED),
        (b"stream: \xff OK\0", Scan.NOT_SCANNED),
        (b"stream: OK", Scan.NOT_SCANNED),
        (b"", Scan.NOT_SCANNED),
        (b"x" * 100_000, Scan.NOT_SCANNED),
    ],
)
async def test_B25_only_the_whole_word_of_a_scanner_makes_a_document_clean(
    answer, verdict, scanned_by
):
    async with PretendClamd(answer=answer) as clamd:
        scanned_by(clamd.url)
        assert await scan(pdf()) is verdict


@pytest.mark.parametrize("mood", ["hangs", "dies"])
async def test_B25_what_this_scanner_cannot_bear_is_a_question_for_a_person(
    mood, scanned_by, impatient
):
    async with PretendClamd(mood=mood) as clamd:
        scanned_by(clamd.url)
        assert await scan(pdf() * 50) is Scan.NOT_SCANNED


@pytest.mark.parametrize("mood", ["frozen", "stopped"])
async def test_B25_a_scanner_that_answers_nothing_at_all_is_waited_for(
    mood, scanned_by, impatient
):
    async with PretendClamd(mood=mood) as clamd:
        scanned_by(clamd.url)
        with pytest.raises(ScannerError):
            await scan(
                bytes(20_000_000)
            )  # more than a socket takes for somebody who reads nothing


def test_G10_a_scanner_is_given_up_before_the_message_is():
    """Otherwise the time is taken for the message's own fault, and it ends in quarantine."""
    a_piece_the_verdict_and_a_question = 3 * scanner.ANSWER_SECONDS
    assert (
        2 * scanner.CONNECT_SECONDS + a_piece_the_verdict_and_a_question
        < handling._PREPARE_SECONDS
    )


async def test_B25_a_scanner_that_is_not_there_is_waited_for(scanned_by, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        for url in (f"tcp://127.0.0.1:{taken.getsockname()[1]}", f"unix://{tmp_path}/none"):
            scanned_by(url)
            with pytest.raises(ScannerError):
                await scan(pdf())


async def test_G17_a_fault_of_the_store_is_none_of_the_scanners(scanned_by):
    async def pieces():
        yield b"half"
        raise OtherObjectError

    async with PretendClamd() as clamd:
        scanned_by(clamd.url)
        with pytest.raises(OtherObjectError):
            await scanner.scan(pieces(), NOW)


async def good_papers(desk, cv=None):
    await desk.take_in(
        desk.upload(Role.CV, "cv.pdf", cv or pdf()),
        desk.upload(Role.PERSONAL_STATEMENT, "statement.docx", STATEMENT),
    )


async def scans(desk):
    rows = await desk.stored(
        "select scan, may_be_opened from documents.inspection order by position"
    )
    return [(row["scan"], row["may_be_opened"]) for row in rows]


async def test_B25_that_scanning_is_off_is_recorded(desk, scanned_by):
    scanned_by("")
    await good_papers(desk)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE
    assert await scans(desk) == [("off", True), ("off", True)]


async def test_B25_clean_documents_may_be_opened(desk, clamd, scanned_by):
    scanned_by(clamd.url)
    await good_papers(desk)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE
    assert await scans(desk) == [("clean", True), ("clean", True)]


async def test_B25_D8_an_infected_document_can_be_replaced_and_nobody_opens_it(
    desk, clamd, scanned_by, monkeypatch
):
    scanned_by(clamd.url)
    await good_papers(desk, cv=EICAR)
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.FAULTY
    assert checked.findings == (Finding(code=FindingCode.INFECTED, document=0),)
    assert await scans(desk) == [("infected", False), ("clean", True)]
    rows = await desk.stored("select position from documents.openable")
    assert [row["position"] for row in rows] == [1]


async def test_B25_D8_what_was_not_scanned_is_inspected_but_not_opened(desk, clamd, scanned_by):
    scanned_by(clamd.url)
    photograph = random.Random(1).randbytes(LIMIT_BYTES)
    await good_papers(desk, cv=docx_with(**{"word/media/me.png": photograph}))
    (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.UNCLEAR
    assert checked.findings == (Finding(code=FindingCode.NOT_SCANNED, document=0),)
    (seen, _) = await desk.stored("select kind, label from documents.inspection order by position")
    assert (seen["kind"], seen["label"]) == ("docx", "cv")
    assert await scans(desk) == [("not_scanned", False), ("clean", True)]


async def test_G20_D8_old_signatures_are_a_question_for_a_person(desk, scanned_by):
    """By the database's own clock: the pipeline's may be set."""
    yesterday = clock.utc_now() - timedelta(hours=37)
    async with PretendClamd(version=version_of(yesterday)) as clamd:
        scanned_by(clamd.url)
        await good_papers(desk)
        (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.UNCLEAR
    assert await scans(desk) == [("not_scanned", False), ("not_scanned", False)]


async def test_B25_D8_while_the_scanner_is_down_there_is_no_verdict(desk, scanned_by, tmp_path):
    scanned_by(f"unix://{tmp_path}/none")
    await good_papers(desk)
    with pytest.raises(ScannerError):
        await desk.check(application_accepted())
    assert await desk.stored("select * from documents.verdict") == []
    async with PretendClamd() as clamd:
        scanned_by(clamd.url)
        (checked,) = await desk.check(application_accepted())
    assert checked.outcome is DocumentsOutcome.COMPLETE


async def test_G17_another_object_is_found_before_it_is_scanned_as_ours(desk, clamd, scanned_by):
    scanned_by(clamd.url)
    cv = desk.upload(Role.CV, "cv.pdf", pdf())
    (desk.store / cv.key).write_bytes(pdf()[:-1] + b" ")
    await desk.take_in(cv, desk.upload(Role.PERSONAL_STATEMENT, "statement.docx", STATEMENT))
    (checked,) = await desk.check(application_accepted())
    assert checked.findings == (Finding(code=FindingCode.NOT_AS_SENT, document=0),)
    assert await scans(desk) == [("unread", False), ("clean", True)]

"""What old signatures let pass is not scanned (G20)."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from services.documents import scanner
from services.documents.decisions import Scan
from services.documents.scanner import ScannerError
from shared.embedded.process import ServerError
from tests.support.clamd import EICAR, PretendClamd, RealClamd, version_of
from tests.support.documents import pdf
from tests.support.inspecting import pieces_of

DATED = datetime(2024, 12, 2, 9, 30, tzinfo=UTC)
LIMIT, SECOND = timedelta(hours=36), timedelta(seconds=1)


async def scan(data, now):
    return await scanner.scan(pieces_of(data), now)


@pytest.mark.parametrize(
    ("version", "now", "verdict"),
    [
        (version_of(DATED), DATED, Scan.CLEAN),
        (version_of(DATED), DATED + LIMIT, Scan.CLEAN),
        (version_of(DATED), DATED + LIMIT + SECOND, Scan.NOT_SCANNED),
        (version_of(DATED), DATED - timedelta(hours=14), Scan.CLEAN),  # in a time of its own
        (version_of(DATED), DATED - LIMIT - SECOND, Scan.NOT_SCANNED),
        (b"ClamAV 1.0.7\0", DATED, Scan.NOT_SCANNED),  # it has no daily signatures
        (b"ClamAV 1.0.7/27500/Mon Dec 32 09:30:00 2024\0", DATED, Scan.NOT_SCANNED),
        (b"ClamAV 1.0.7/27500/\xff\0", DATED, Scan.NOT_SCANNED),
        (b"COMMAND UNAVAILABLE\0", DATED, Scan.NOT_SCANNED),
    ],
)
async def test_G20_what_signatures_of_more_than_36_hours_ago_let_pass_is_not_scanned(
    version, now, verdict, scanned_by
):
    async with PretendClamd(version=version) as clamd:
        scanned_by(clamd.url)
        assert await scan(pdf(), now) is verdict


async def test_G20_what_old_signatures_find_is_infected_all_the_same(scanned_by):
    async with PretendClamd(version=version_of(DATED)) as clamd:
        scanned_by(clamd.url)
        assert await scan(EICAR, DATED + 9 * LIMIT) is Scan.INFECTED


async def test_G20_old_signatures_are_logged_and_asked_for_again_until_they_are_new(scanned_by):
    async with PretendClamd(version=version_of(DATED)) as clamd:
        scanned_by(clamd.url)
        with structlog.testing.capture_logs() as logged:
            assert await scan(pdf(), DATED + 2 * LIMIT) is Scan.NOT_SCANNED
        (line,) = logged
        assert (line["event"], line["log_level"]) == ("not_scanned", "error")
        assert (line["reason"], line["seconds"]) == ("signatures_old", 259_200)
        clamd.version = version_of(DATED + LIMIT)
        for _ in range(3):
            assert await scan(pdf(), DATED + 2 * LIMIT) is Scan.CLEAN
        assert clamd.asked == 2


async def test_G20_a_scanner_that_does_not_say_its_version_is_waited_for(scanned_by):
    async with PretendClamd(version=b"") as clamd:
        scanned_by(clamd.url)
        with pytest.raises(ScannerError):
            await scan(pdf(), DATED)


@pytest.fixture(scope="module")
def dated_clamd():
    try:
        with RealClamd(signatures_of=DATED) as clamd:
            yield clamd
    except ServerError:
        pytest.skip("needs ClamAV: install clamav-daemon")


async def test_G20_the_date_of_the_real_ones_signatures_is_read(dated_clamd, scanned_by):
    scanned_by(dated_clamd.url)
    assert await scan(pdf(), DATED + LIMIT) is Scan.CLEAN
    assert await scan(pdf(), DATED + 2 * LIMIT) is Scan.NOT_SCANNED

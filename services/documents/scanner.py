"""Has documents scanned for viruses: clamd's INSTREAM command, over TCP or a local socket.

Without CLAMD_URL nothing is scanned, and that is recorded of every document. With it nothing
counts as scanned unless clamd has said so of the whole document, by signatures that are not old.
"""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from services.documents.decisions import Scan
from shared import clock
from shared.logs import log
from shared.messaging import Unavailable
from shared.settings import settings

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 20
"""For each step; even of one that hangs, all together take less than a message has."""

SIGNATURES_LAST: Final = timedelta(hours=36)
"""They are published once a day: with a day, those of a busy morning would be old already."""

_PORT: Final = 3310
_SECONDS_TO_REMEMBER_THE_DATE: Final = 300
_dates: Final[dict[str, tuple[datetime | None, float]]] = {}
"""Of each scanner's signatures, and until when it is remembered."""

_OVER_LIMIT: Final = ("Heuristics.Limits", "Heuristics.Encrypted")  # found nothing, saw not all


class ScannerError(Unavailable):
    """The scanner is down: to be tried again, through no document's fault."""


async def scan(pieces: AsyncIterator[bytes], now: datetime) -> Scan:
    """Scan one document. Raises ScannerError if nothing can be scanned at the moment.

    A scanner that gives up on this document but answers otherwise will give up again: so that is
    `NOT_SCANNED`, a question for a person. So is what signatures that are old `now` let pass.
    """
    if not settings().clamd_url:
        return Scan.OFF
    reader, writer = await _connect()
    try:
        writer.write(b"zINSTREAM\0")
        async for piece in pieces:
            if not await _send(writer, struct.pack(">I", len(piece)) + piece):
                break
        else:
            await _send(writer, struct.pack(">I", 0))
        verdict = _read(await _answer(reader))
    finally:
        writer.close()
    if verdict is Scan.NOT_SCANNED and await _ask(b"zPING\0") != "PONG":
        raise ScannerError("the virus scanner does not answer")
    if verdict is Scan.CLEAN and not await _has_new_signatures(now):
        return Scan.NOT_SCANNED
    return verdict


def _read(answer: str) -> Scan:
    name, _, result = answer.removeprefix("stream: ").rpartition(" ")
    if answer == "stream: OK":
        return Scan.CLEAN
    if result == "FOUND" and not name.startswith(_OVER_LIMIT):
        return Scan.INFECTED
    return Scan.NOT_SCANNED


async def _has_new_signatures(now: datetime) -> bool:
    """Ask for their date, unless one is remembered that will do; log why if they are not new."""
    url = settings().clamd_url
    dated, until = _dates.get(url, (None, 0.0))
    if clock.monotonic() >= until or not _are_new(dated, now):
        dated = _date(await _ask(b"zVERSION\0"))
        _dates[url] = dated, clock.monotonic() + _SECONDS_TO_REMEMBER_THE_DATE
    if _are_new(dated, now):
        return True
    if dated is None:
        log.error("not_scanned", reason="signatures_without_date")
    else:
        log.error(
            "not_scanned", reason="signatures_old", seconds=int((now - dated).total_seconds())
        )
    return False


def _are_new(dated: datetime | None, now: datetime) -> bool:
    return dated is not None and abs(now - dated) <= SIGNATURES_LAST


def _date(version: str) -> datetime | None:
    """Read the date in `ClamAV 1.0.7/27500/Mon Dec  2 09:30:00 2024`: of no zone, taken as UTC."""
    date = version.rpartition("/")[2]
    try:
        return datetime.strptime(f"{date} +0000", "%a %b %d %H:%M:%S %Y %z")
    except ValueError:
        return None


async def _ask(command: bytes) -> str:
    reader, writer = await _connect()
    try:
        await _send(writer, command)
        if answer := await _answer(reader):
            return answer
    finally:
        writer.close()
    raise ScannerError("the virus scanner does not answer")


async def _connect() -> tuple[StreamReader, StreamWriter]:
    url = urlsplit(settings().clamd_url)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            if url.scheme == "unix":
                return await asyncio.open_unix_connection(url.path)
            return await asyncio.open_connection(url.hostname, url.port or _PORT)
    except OSError:
        raise ScannerError("the virus scanner cannot be reached") from None


async def _send(writer: StreamWriter, part: bytes) -> bool:
    """Send; False if it no longer listens: over its size limit it answers and hangs up."""
    try:
        writer.write(part)
        async with asyncio.timeout(ANSWER_SECONDS):
            await writer.drain()
    except OSError:
        return False
    return True


async def _answer(reader: StreamReader) -> str:
    """Read what it says; nothing if it says nothing in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return (await reader.readuntil(b"\0"))[:-1].decode("ascii", "replace")
    except (OSError, EOFError, asyncio.LimitOverrunError):
        return ""

"""Has documents scanned for viruses: clamd's INSTREAM command, over TCP or a local socket.

Without CLAMD_URL nothing is scanned, and that is recorded of every document. With it nothing
counts as scanned unless clamd has said so of the whole document.
"""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from services.documents.decisions import Scan
from shared.messaging import Unavailable
from shared.settings import settings

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 20
"""For each step; even of one that hangs, all together take less than a message has."""

_PORT: Final = 3310
_OVER_LIMIT: Final = ("Heuristics.Limits", "Heuristics.Encrypted")  # found nothing, saw not all


class ScannerError(Unavailable):
    """The scanner is down: to be tried again, through no document's fault."""


async def scan(pieces: AsyncIterator[bytes]) -> Scan:
    """Scan one document. Raises ScannerError if nothing can be scanned at the moment.

    A scanner that gives up on this document but answers otherwise will give up again: so that is
    `NOT_SCANNED`, a question for a person.
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
    if verdict is Scan.NOT_SCANNED:
        await _raise_if_down()
    return verdict


def _read(answer: str) -> Scan:
    name, _, result = answer.removeprefix("stream: ").rpartition(" ")
    if answer == "stream: OK":
        return Scan.CLEAN
    if result == "FOUND" and not name.startswith(_OVER_LIMIT):
        return Scan.INFECTED
    return Scan.NOT_SCANNED


async def _raise_if_down() -> None:
    reader, writer = await _connect()
    try:
        await _send(writer, b"zPING\0")
        if await _answer(reader) != "PONG":
            raise ScannerError("the virus scanner does not answer")
    finally:
        writer.close()


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

"""A pretend mail server: every letter becomes a file to read, and none leaves the machine.

It can misbehave on purpose, because real mail servers do.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

_LONGEST_SLUG: Final = 60


class Fault(StrEnum):
    """How the server fails on one letter; `CUT_...` ends the connection without a word."""

    BUSY_451 = "busy_451"
    CLOSING_421 = "closing_421"
    FULL_552 = "full_552"
    CUT_BEFORE_TAKING = "cut_before_taking"
    CUT_AFTER_TAKING = "cut_after_taking"
    CUT_AFTER_REPLY = "cut_after_reply"
    SLOW = "slow"


Choose = Callable[[EmailMessage], Fault | None]


class Mailbox:
    """Takes letters on a port of this machine and writes them as `.eml` files into a folder.

    `choose` says for each letter how the server fails on it, if it does. A SLOW letter is taken
    and answered once `resume` is set.
    """

    def __init__(self, folder: Path, choose: Choose = lambda _: None) -> None:
        self.folder = folder
        self.port = 0
        self.resume = asyncio.Event()
        self.taken: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self._choose = choose
        self._server: asyncio.Server | None = None
        self._connections: set[SMTP] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port of this machine."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the port and every connection."""
        await self.close()

    async def open(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Count what the folder holds already, and listen; 0 stands for any free port."""
        self._recount()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and end what is connected."""
        assert self._server is not None
        self._server.close()
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.close()
        await self._server.wait_closed()

    @property
    def letters(self) -> list[Path]:
        """The files, in order of arrival."""
        return sorted(self.folder.glob("*.eml"))

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take one letter, or fail on it as chosen."""
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        message_id = str(letter["Message-ID"])
        self.attempts[message_id] += 1
        fault = self._choose(letter)
        match fault:
            case Fault.BUSY_451:
                return "451 4.3.0 Try again later"
            case Fault.CLOSING_421:
                return "421 4.3.2 Closing"
            case Fault.FULL_552:
                return "552 5.2.2 Mailbox full"
            case Fault.CUT_BEFORE_TAKING:
                _cut(server)
                return "250 never heard"
            case _:
                self._take(letter, envelope)
        if fault is Fault.SLOW:
            await self.resume.wait()
        if fault is Fault.CUT_AFTER_TAKING:
            _cut(server)
        if fault is Fault.CUT_AFTER_REPLY:
            asyncio.get_running_loop().call_later(0.001, _cut, server)
        return "250 2.0.0 Taken"

    def _connect(self) -> SMTP:
        connection = SMTP(self, hostname="mailbox.example", enable_SMTPUTF8=False)
        self._connections.add(connection)
        return connection

    def _take(self, letter: EmailMessage, envelope: Envelope) -> None:
        """Write the file before the reply, as a server must."""
        assert isinstance(envelope.content, bytes)
        kind = _slug(str(letter["Subject"]).partition(":")[0])
        recipients = "+".join(re.sub(r"[^A-Za-z0-9@._-]", "_", to) for to in envelope.rcpt_tos)
        name = f"{sum(self.taken.values()) + 1:06}-{kind}-{recipients[:_LONGEST_SLUG]}.eml"
        delivered_to = f"Delivered-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        (self.folder / name).write_bytes(delivered_to + envelope.content)
        self.taken[str(letter["Message-ID"])] += 1

    def _recount(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.taken = Counter(
            str(message_from_bytes(path.read_bytes(), policy=policy.default)["Message-ID"])
            for path in self.letters
        )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_SLUG] or "no-subject"


def _cut(server: SMTP) -> None:
    """End the connection as a crash does, without a reply."""
    if server.transport is not None:
        cast(asyncio.Transport, server.transport).abort()  # not a subclass under uvloop

"""Warm child processes that inspect documents, so that no document can hurt the worker."""

import asyncio
import atexit
import contextlib
import math
import os
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from services.documents.decisions import Inspection, Kind
from shared import clock
from shared.contracts.checks import FindingCode
from shared.logs import log
from shared.messaging import Unavailable

CHILDREN: Final = 2
SECONDS_A_DOCUMENT: Final = 20
"""Less than a worker gives a whole batch, so that a document that hangs gets a verdict."""

DOCUMENTS_A_CHILD: Final = 2_000
_SECONDS_TO_START: Final = 20
_REMEMBERED: Final = 256
# Long enough for a message to come to its end although a file of it hangs; then it may have been
# our accident, and the file deserves another try.
_SECONDS_TO_REMEMBER_AN_ACCIDENT: Final = 300
_MAX_ANSWER_BYTES: Final = 256 * 1024
_PROJECT: Final = Path(__file__).parent.parent.parent
_ANSWER: Final = TypeAdapter(Inspection)

Pieces: TypeAlias = AsyncIterator[bytes]

READY: Final = b"ready\n"
"""What a child says once it has given up its rights and waits for documents."""

READY_WITH_NETWORK: Final = b"ready, with a network\n"
"""What it says where the kernel refused to take the network from it."""

INSPECTION: Final = (sys.executable, "-B", "-m", "services.documents.inspection")
"""The program of a child, which is told its parent's process id."""


class InspectionProgramError(Unavailable):
    """No document can be inspected here: a fault of ours, which says nothing of a document."""


class _ChildError(Exception):
    """What a child did instead of answering, in one fixed word."""


class Children:
    """Inspects documents in a few child processes, and remembers what was said of the last ones.

    Whatever a child does - crash, loop, run out of memory, talk nonsense - its document is
    `NOT_INSPECTED`, and the next document gets a new child.
    """

    def __init__(
        self,
        program: Sequence[str] = INSPECTION,
        *,
        count: int = CHILDREN,
        seconds_a_document: float = SECONDS_A_DOCUMENT,
        documents_a_child: int = DOCUMENTS_A_CHILD,
    ) -> None:
        self._children = [
            _Child(program, seconds_a_document, documents_a_child) for _ in range(count)
        ]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: asyncio.LifoQueue[_Child]
        self._known: dict[str, tuple[Inspection, float]] = {}

    async def inspect(self, pieces: Pieces, *, size: int, sha256: str) -> Inspection:
        """Inspect one document of this size and hash, when a child is free.

        Its pieces are read in any case: whoever provides them sees whether they are the document.
        """
        inspection, until = self._known.pop(sha256, (None, 0.0))
        if inspection is None or clock.monotonic() >= until:
            inspection = await self._inspect(pieces, size)
            is_accident = inspection.problem is FindingCode.NOT_INSPECTED
            seconds = _SECONDS_TO_REMEMBER_AN_ACCIDENT if is_accident else math.inf
            until = clock.monotonic() + seconds
        else:
            async for _ in pieces:
                pass
        self._known[sha256] = inspection, until  # at the end: the last to be forgotten
        while len(self._known) > _REMEMBERED:
            self._known.pop(next(iter(self._known)))
        return inspection

    async def _inspect(self, pieces: Pieces, size: int) -> Inspection:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # a queue belongs to a loop, and tests have one each
            self._loop, self._idle = loop, asyncio.LifoQueue()
            for child in self._children:
                self._idle.put_nowait(child)
        child = await self._idle.get()
        try:
            return await child.inspect(pieces, size)
        finally:
            self._idle.put_nowait(child)

    async def be_ready(self) -> None:
        """Start all children.

        Raises InspectionProgramError where they do not start.
        """
        await asyncio.gather(*(child.be_ready() for child in self._children))

    def close(self) -> None:
        """End all children."""
        for child in self._children:
            child.stop()


class _Child:
    """One process, started when there is a document and replaced when it is not to be trusted."""

    def __init__(self, program: Sequence[str], seconds: float, documents: int) -> None:
        self._program, self._seconds, self._documents = program, seconds, documents
        self._process: subprocess.Popen[bytes] | None = None
        self._inspected = 0
        self._left = 0.0

    async def be_ready(self) -> None:
        """Start the process, unless it is there."""
        if self._process and self._process.poll() is not None:
            self.stop()  # it died while it was idle: no document's doing
        if not self._process:
            await self._start()

    async def inspect(self, pieces: Pieces, size: int) -> Inspection:
        """Have one document inspected, within its time."""
        await self.be_ready()
        self._left = self._seconds
        try:
            header = struct.pack(">I", size)
            async for piece in pieces:
                message, header = header + piece, b""
                await self._write(message)
            inspection = _read(await self._read_line())
        except _ChildError as error:
            inspection = Inspection(Kind.UNKNOWN, FindingCode.NOT_INSPECTED, str(error))
        except BaseException:
            if not header:
                self.stop()  # it has half a document
            raise
        self._inspected += 1
        is_spent = self._inspected >= self._documents
        if is_spent or inspection.problem is FindingCode.NOT_INSPECTED:
            self.stop()
        return inspection

    async def _start(self) -> None:
        self._inspected = 0
        try:
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program; quick
                [*self._program, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=_PROJECT,
                env={},
            )
        except OSError as error:  # no process or memory left
            raise InspectionProgramError(f"no inspection program: {error.strerror}") from None
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
        self._left = _SECONDS_TO_START
        try:
            said = await self._read_line()
        except _ChildError:
            said = b""
        except BaseException:
            self.stop()
            raise
        if said == READY_WITH_NETWORK:
            _warn_of_network()
        elif said != READY:
            self.stop()
            raise InspectionProgramError("the inspection program does not start")

    async def _write(self, piece: bytes) -> None:
        """Write as fast as the child reads: a pipe is never trusted to move."""
        assert self._process is not None
        assert self._process.stdin is not None
        unsent, to_child = memoryview(piece), self._process.stdin.fileno()
        loop = asyncio.get_running_loop()
        while unsent:
            try:
                unsent = unsent[os.write(to_child, unsent) :]
            except BlockingIOError:
                await self._until(to_child, loop.add_writer, loop.remove_writer)
            except OSError:
                raise _ChildError("crashed") from None

    async def _read_line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        answer, from_child = b"", self._process.stdout.fileno()
        loop = asyncio.get_running_loop()
        while not answer.endswith(b"\n") and len(answer) < _MAX_ANSWER_BYTES:
            try:
                part = os.read(from_child, _MAX_ANSWER_BYTES)
            except BlockingIOError:
                await self._until(from_child, loop.add_reader, loop.remove_reader)
                continue
            if not part and not answer:
                raise _ChildError("crashed")
            if not part:
                break
            answer += part
        return answer

    async def _until(
        self,
        pipe: int,
        watch: Callable[[int, Callable[[], None]], None],
        unwatch: Callable[[int], object],
    ) -> None:
        """Wait for the child to move; only this counts as its time, never a slow store."""
        is_ready = asyncio.Event()
        began = clock.monotonic()
        watch(pipe, is_ready.set)
        try:
            async with asyncio.timeout(self._left):
                await is_ready.wait()
        except TimeoutError:
            raise _ChildError("timeout") from None
        finally:
            unwatch(pipe)
            self._left = max(0.0, self._left - (clock.monotonic() - began))

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            self._process = None


@cache
def _warn_of_network() -> None:
    """Say once in this process that its children keep the network (G19)."""
    log.warning("inspection_has_network", reason="unshare_refused")


def _read(answer: bytes) -> Inspection:
    """Read an answer with suspicion: its author may have been taken over by a document."""
    try:
        return _ANSWER.validate_json(answer)
    except ValidationError:
        return Inspection(Kind.UNKNOWN, FindingCode.NOT_INSPECTED, "nonsense")


@cache
def children() -> Children:
    """Return the children of this worker; they end with it."""
    ours = Children()
    atexit.register(ours.close)
    return ours


async def warm_up() -> None:
    """Start the children of this worker; a second that no document has to wait for."""
    await children().be_ready()

"""Warm child processes that inspect documents, so that no document can hurt the worker."""

import asyncio
import atexit
import contextlib
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from services.documents.decisions import Inspection, Kind
from shared.contracts.checks import (
    FindingCode,
)
from shared.messaging import Unavailable

CHILDREN: Final = 2
SECONDS_A_DOCUMENT: Final = 20
"""Less than a worker gives a whole batch, so that a document that hangs gets a verdict."""

DOCUMENTS_A_CHILD: Final = 2_000
_SECONDS_TO_START: Final = 20
_REMEMBERED: Final = 256
_MAX_ANSWER_BYTES: Final = 256 * 1024
_PROJECT: Final = Path(__file__).parent.parent.parent
_ANSWER: Final = TypeAdapter(Inspection)

Buffer: TypeAlias = bytes | bytearray

READY: Final = b"ready\n"
"""What a child says once it has given up its rights and waits for documents."""

INSPECTION: Final = (sys.executable, "-B", "-m", "services.documents.inspection")
"""The program of a child, which is told its parent's process id."""


class InspectionProgramError(Unavailable):
    """No document can be inspected here: a fault of ours, which says nothing of a document."""


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
        # A child is tied to the thread that started it; these threads live as long as we do.
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="documents")
        self._children = [
            _Child(program, seconds_a_document, documents_a_child) for _ in range(count)
        ]
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._known: dict[str, Inspection] = {}

    async def inspect(self, data: Buffer, sha256: str) -> Inspection:
        """Inspect one document, whose bytes have this hash, when a child is free."""
        inspection = self._known.pop(sha256, None)
        if inspection is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._inspect, data, sha256)
        self._known[sha256] = inspection  # moves to the end: the last to be forgotten
        return inspection

    def _inspect(self, data: Buffer, sha256: str) -> Inspection:
        """Have an idle child inspect; remembered even if nobody waits for it any longer."""
        child = self._idle.get()
        try:
            inspection = child.inspect(data)
        finally:
            self._idle.put(child)
        self._known[sha256] = inspection
        while len(self._known) > _REMEMBERED:
            self._known.pop(next(iter(self._known)), None)
        return inspection

    def close(self) -> None:
        """End all children."""
        self._threads.shutdown()
        for child in self._children:
            child.stop()


class _Child:
    """One process, started when there is a document and replaced when it is not to be trusted."""

    def __init__(self, program: Sequence[str], seconds: float, documents: int) -> None:
        self._program, self._seconds, self._documents = program, seconds, documents
        self._process: subprocess.Popen[bytes] | None = None
        self._inspected = 0

    def inspect(self, data: Buffer) -> Inspection:
        """Have one document inspected, within its time."""
        if self._process and self._process.poll() is not None:
            self.stop()  # it died while it was idle: no document's doing
        process = self._process or self._start()
        began = time.monotonic()
        size = struct.pack(">I", len(data))
        answer = _exchange(process, [size, data], self._seconds)
        is_late = time.monotonic() - began >= self._seconds
        inspection = _read(answer, "timeout" if is_late else "crashed")
        self._inspected += 1
        is_spent = self._inspected >= self._documents
        if is_late or is_spent or inspection.problem is FindingCode.NOT_INSPECTED:
            self.stop()
        return inspection

    def _start(self) -> subprocess.Popen[bytes]:
        self._inspected = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*self._program, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_PROJECT,
            env={},
        )
        os.set_blocking(self._process.stdin.fileno(), False)  # type: ignore[union-attr]
        if _exchange(self._process, [], _SECONDS_TO_START) != READY:
            self.stop()
            raise InspectionProgramError("the inspection program does not start")
        return self._process

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            self._process = None


def _exchange(process: subprocess.Popen[bytes], data: Sequence[Buffer], seconds: float) -> bytes:
    """Write, and read a line; empty from a child that dies, or that takes too long and is killed.

    Neither pipe is trusted to move: a child may stop reading as well as never answer.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    to_child, from_child = process.stdin.fileno(), process.stdout.fileno()
    unsent, answer = [memoryview(part) for part in data], b""
    poll = select.poll()
    poll.register(from_child, select.POLLIN)
    poll.register(to_child, select.POLLOUT)
    deadline = time.monotonic() + seconds
    while not answer.endswith(b"\n") and len(answer) < _MAX_ANSWER_BYTES:
        if not unsent:
            with contextlib.suppress(KeyError):
                poll.unregister(to_child)
        ready = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
        if not ready:
            process.kill()
            return b""
        if to_child in ready:
            try:
                unsent[0] = unsent[0][os.write(to_child, unsent[0]) :]
            except OSError:
                return b""
            if not unsent[0]:
                unsent.pop(0)
        if from_child in ready:
            part = os.read(from_child, _MAX_ANSWER_BYTES)
            if not part:
                break
            answer += part
    return answer


def _read(answer: bytes, if_none: str) -> Inspection:
    """Read an answer with suspicion: its author may have been taken over by a document."""
    if not answer:
        return Inspection(Kind.UNKNOWN, FindingCode.NOT_INSPECTED, if_none)
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

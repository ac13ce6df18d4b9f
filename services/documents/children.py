"""Warm child processes that inspect documents, so that no document can hurt the worker."""

import asyncio
import atexit
import contextlib
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from typing import Final

from pydantic import TypeAdapter, ValidationError

from services.documents.decisions import Inspection, Kind
from shared.contracts.checks import (
    FindingCode,
)
from shared.messaging import Unavailable

CHILDREN: Final = 2
SECONDS_A_DOCUMENT: Final = 20
"""Less than a worker gives a whole batch, so that a document that hangs gets a verdict."""

DOCUMENTS_A_CHILD: Final = 500
_SECONDS_TO_START: Final = 20
_REMEMBERED: Final = 256
_MAX_ANSWER_BYTES: Final = 256 * 1024
_PROJECT: Final = Path(__file__).parent.parent.parent
_ANSWER: Final = TypeAdapter(Inspection)

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

    async def inspect(self, data: bytes, sha256: str) -> Inspection:
        """Inspect one document, whose bytes have this hash, when a child is free."""
        inspection = self._known.pop(sha256, None)
        if inspection is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._inspect, data, sha256)
        self._known[sha256] = inspection  # moves to the end: the last to be forgotten
        return inspection

    def _inspect(self, data: bytes, sha256: str) -> Inspection:
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

    def inspect(self, data: bytes) -> Inspection:
        """Have one document inspected, within its time."""
        if self._process and self._process.poll() is not None:
            self.stop()  # it died while it was idle: no document's doing
        process = self._process or self._start()
        began = time.monotonic()
        with _killed_after(self._seconds, process):
            answer = _exchange(process, data)
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
            cwd=_PROJECT,
            env={},
        )
        with _killed_after(_SECONDS_TO_START, self._process):
            is_ready = _receive(self._process) == READY
        if not is_ready:
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


@contextlib.contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the process, and so our waiting for it, unless we are done in time."""
    watchdog = Timer(seconds, process.kill)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        watchdog.join()


def _exchange(process: subprocess.Popen[bytes], data: bytes) -> bytes:
    """Send a document and wait for the answer, which is empty from a child that has died."""
    assert process.stdin is not None
    try:
        process.stdin.write(struct.pack(">I", len(data)) + data)
        process.stdin.flush()
    except OSError:
        return b""
    return _receive(process)


def _receive(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline(_MAX_ANSWER_BYTES)


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

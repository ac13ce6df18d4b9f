"""Ends a process that a message has spoilt: one that never returns must not look alive.

The broker then delivers to somebody else, and the message is found out as a suspect. Killing,
because neither a blocked loop nor a process without memory can be trusted to run a handler.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, NoReturn, Self

from shared import clock

_BLOCKED_SECONDS: Final = 20.0
_CHECK_SECONDS: Final = 1.0

_woke_at = float("-inf")
_checked_at = float("inf")


def has_stood_still_since(moment: float) -> bool:
    """Whether the whole process was frozen since: what timed out then had no chance.

    The loop may ask before our thread has had its first turn: then that turn is overdue.
    """
    return _woke_at > moment or _has_missed_checks(clock.monotonic())


def _has_missed_checks(now: float) -> bool:
    return now - _checked_at > 3 * _CHECK_SECONDS


class Watchdog:
    """A thread that kills the process when the loop has not turned for `blocked_seconds`."""

    def __init__(self, blocked_seconds: float = _BLOCKED_SECONDS) -> None:
        self._blocked_seconds = blocked_seconds
        self._beat_at = clock.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        """Start watching the running loop."""
        global _checked_at  # noqa: PLW0603 - it is true of the whole process
        _checked_at = clock.monotonic()
        self._loop = asyncio.get_running_loop()
        self._beat()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._stopped.set()
        self._handle.cancel()
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _beat(self) -> None:
        # The kernel's own alarm on CPU time, for code that never lets our thread run.
        signal.setitimer(signal.ITIMER_PROF, self._blocked_seconds)
        self._beat_at = clock.monotonic()
        self._handle = self._loop.call_later(_CHECK_SECONDS, self._beat)

    def _watch(self) -> None:
        global _checked_at, _woke_at  # noqa: PLW0603 - they are true of the whole process
        while not self._stopped.wait(_CHECK_SECONDS):
            now = clock.monotonic()
            if _has_missed_checks(now):
                self._beat_at = _woke_at = now
            elif now - self._beat_at > self._blocked_seconds:
                _end_process(b'{"event": "event_loop_blocked", "level": "critical"}\n')
            _checked_at = now
        _checked_at = float("inf")


@contextmanager
def no_life_after_exhaustion() -> Iterator[None]:
    """Kill the process when memory runs out in this block, as the kernel would.

    To go on takes memory: a rollback that finds none breaks its connection, which looks like a
    database that is away, and for that no message is ever blamed.
    """
    try:
        yield
    except MemoryError:
        _end_process(b'{"event": "memory_exhausted", "level": "critical"}\n')


def _end_process(last_words: bytes) -> NoReturn:
    os.write(2, last_words)
    os.kill(os.getpid(), signal.SIGKILL)
    os._exit(128 + signal.SIGKILL)  # the first process of a container cannot kill itself

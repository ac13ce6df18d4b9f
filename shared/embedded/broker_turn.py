"""The end of a turn: everything that came in during one turn of the event loop is finished here.

First queues hand out messages, then the journal is made durable with one fsync for all of them,
and only then connections speak. So nobody hears a confirm, or sees a message, that a power cut
could still undo. An fsync takes 0.1 to 0.3 ms on the machine this was measured on, about what a
thread's hand-over would cost, so it is done in place.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from shared.embedded.journal import Journal


class Deliverer(Protocol):
    """A queue."""

    def deliver(self) -> None:
        """Hand out messages."""


class Speaker(Protocol):
    """A connection."""

    def flush(self) -> None:
        """Send what was said since the last flush."""


class Turn:
    """Collects who has something left to do before the turn is over."""

    def __init__(self, journal: Journal, on_failure: Callable[[Exception], None]) -> None:
        self._journal = journal
        self._on_failure = on_failure
        self._deliverers: dict[Deliverer, None] = {}
        self._speakers: dict[Speaker, None] = {}
        self._is_scheduled = False
        self._has_failed = False

    def wake(self, deliverer: Deliverer) -> None:
        """Let a queue deliver at the end of this turn."""
        self._deliverers[deliverer] = None
        self._schedule()

    def hear(self, speaker: Speaker) -> None:
        """Let a connection speak at the end of this turn."""
        self._speakers[speaker] = None
        self._schedule()

    def _schedule(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self.finish)

    def finish(self) -> None:
        """Deliver, commit, speak; never again once the disk has refused."""
        self._is_scheduled = False
        if self._has_failed:
            return
        deliverers, self._deliverers = self._deliverers, {}
        for deliverer in deliverers:
            deliverer.deliver()
        try:
            self._journal.commit()
        except Exception as error:  # noqa: BLE001 - why does not matter: the disk is not sure
            self._has_failed = True
            self._on_failure(error)
            return
        speakers, self._speakers = self._speakers, {}
        for speaker in speakers:
            speaker.flush()

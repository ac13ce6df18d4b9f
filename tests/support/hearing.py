"""A service that hears events one at a time, without a broker.

Each event has a transaction of its own; what waits is tried again when its parent has been
handled, and an announcement that was made before is not made again, as `shared.messaging` does.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts import Event, Payload
from shared.messaging import Service
from shared.messaging.batch import Announcement, Quarantined
from shared.postgres import Database
from tests.support.at_once import handle
from tests.support.builders import event


class Hearing:
    def __init__(self, service: Service, database: Database) -> None:
        self._service, self._database = service, database
        self._announced: dict[UUID, Payload] = {}
        self.parked: dict[UUID, tuple[str, Event[Any]]] = {}
        self.timers: dict[str, Announcement] = {}
        self.quarantined: list[Quarantined] = []

    @property
    def announced(self) -> list[Payload]:
        return list(self._announced.values())

    async def hear(self, *heard: Payload | Event[Any], now: datetime) -> list[Payload]:
        """Handle these in this order and return what was announced meanwhile, timers aside."""
        before = set(self._announced)
        for one in heard:
            await self._handle([one if isinstance(one, Event) else event(one)], now)
        return [payload for id_, payload in self._announced.items() if id_ not in before]

    async def hear_together(self, *heard: Payload | Event[Any], now: datetime) -> list[Payload]:
        """Handle these as one batch."""
        before = set(self._announced)
        await self._handle([one if isinstance(one, Event) else event(one) for one in heard], now)
        return [payload for id_, payload in self._announced.items() if id_ not in before]

    async def _handle(self, events: list[Event[Any]], now: datetime) -> None:
        async with self._database.transaction() as tx:
            outcome = await handle(self._service, tx, events, now)
        for said in outcome.announced:
            if said.due_at is None:
                self._announced.setdefault(said.event.id, said.event.data)
            elif said.key is not None:
                self.timers[said.key] = said
        self.quarantined += outcome.quarantined
        by_id = {one.id: one for one in events}
        waiting = (*outcome.parked, *(q for q in outcome.quarantined if q.waiting_for))
        self.parked |= {w.message: (w.waiting_for or "", by_id[w.message]) for w in waiting}
        handled = {f"{e.type} {e.subject}" for e in events if e.id not in self.parked}
        await self._release(handled, now)

    async def _release(self, handled: set[str], now: datetime) -> None:
        called = [child for parent, child in self.parked.values() if parent in handled]
        for child in called:
            del self.parked[child.id]
        for child in called:
            await self._handle([child], now)

"""Moves the virtual clock and tells the careers site what has happened by then."""

import asyncio
import hashlib
import heapq
import itertools
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from services.console.workers import SERVICES
from services.simulator import managers, recruiters
from services.simulator.deeds import Deed, Entry
from services.simulator.files import File
from services.simulator.managers import OpenReview
from services.simulator.quiet import Pipeline
from services.simulator.recruiters import Question
from services.simulator.world import QUESTIONS, SOURCE
from shared import clock
from shared.contracts import Event
from shared.contracts.applications import Document
from tests.faults.chaos.book import SET_BACK
from tests.faults.chaos.effects import AWAY
from tests.faults.chaos.plan import Pace, Plan, deliveries

_TICK_SECONDS = 0.7
_LOOK_SECONDS = 0.1
_AT_MOST_SECONDS = 1800  # between two jumps, however much goes on

_UNDECIDED = """
select application.vacancy, round.opened_at, array_agg(application.application) as applications
from progress.application join review.round using (vacancy)
where application.stage = 'under_review' and round.opened_at is not null
group by 1, 2
"""
# What a worker has still to confirm, or to try again, although its event is settled otherwise.
_AT_HAND = " union all ".join(
    f"""
    select '{service.name}: ' || type || ' is to be published' as what
    from {service.name}.outbox where due_at is null
    union all
    select '{service.name}: ' || routing_key || ' is tried again'
    from {service.name}.held where status = 'retrying'
    """
    for service in SERVICES
)


class Director:
    """The careers site and our own people as seen from above; ordering twice is harmless."""

    def __init__(
        self, plan: Plan, owner_url: str, objects: Path, careers_site: asyncio.subprocess.Process
    ) -> None:
        self._plan, self._owner_url, self._objects = plan, owner_url, objects
        assert careers_site.stdin is not None
        self._careers_site = careers_site.stdin
        self._agenda = [(entry.at, entry.name, entry) for entry in plan.entries]
        heapq.heapify(self._agenda)
        self._decided: set[str] = set()
        self._unanswered = {c.application for c in plan.cases.values() if c.story.answer}
        self._documents: dict[str, Document] = {}
        self._connection: Any = None
        self._pipeline = Pipeline(SERVICES)
        self.virtual_now = plan.starts_at
        self.deliveries = 0
        self.waits_for = "nothing"

    async def run(self, enough: asyncio.Event, suffered: Callable[[], float]) -> None:
        """Let virtual time pass as the share of faults suffered does; go on until it is enough."""
        started_at = clock.monotonic()
        pace = Pace(self._plan.minutes * 60)
        while not enough.is_set():
            share = pace.go_on(clock.monotonic() - started_at, suffered())
            await self._patiently(self._step, self._plan.virtual_time(share))
            await asyncio.sleep(_TICK_SECONDS)

    async def finish(self, patience_seconds: float, confirmed: Path) -> Sequence[str]:
        """Jump from quiet to quiet until nothing is planned; return what is still to be done.

        A timer that fires between two questions is in neither answer: so it is asked twice. Only
        while every answer has been heard before is patience lost; what goes on for half an hour
        without end is stopped, whatever it says.
        """
        waiting_since = jumped_at = clock.monotonic()
        was_idle = False
        unsettled: Sequence[str] = ["not asked yet"]
        heard: set[tuple[str, ...]] = set()
        while (now := clock.monotonic()) - waiting_since < patience_seconds:
            if now - jumped_at > _AT_MOST_SECONDS:
                break
            await asyncio.sleep(_LOOK_SECONDS)
            await self._patiently(self._step, self.virtual_now)
            delivered = _count_lines(confirmed)
            if delivered < self.deliveries:
                unsettled = [f"{delivered} of {self.deliveries} deliveries are confirmed"]
            else:
                unsettled = await self._patiently(self._ask)
            self.waits_for = unsettled[0] if unsettled else "nothing"
            if unsettled:
                was_idle = False
                if tuple(unsettled) not in heard:
                    heard.add(tuple(unsettled))
                    waiting_since = clock.monotonic()
                continue
            timer = await self._patiently(self._next_timer)
            coming = [at for at in (timer, *(at for at, _, _ in self._agenda[:1])) if at]
            if coming:
                await self._patiently(self._step, max(min(coming), self.virtual_now))
                waiting_since = jumped_at = clock.monotonic()
            elif was_idle:
                return []
            was_idle = not coming
        return unsettled

    async def end_leases_of_the_dead(self) -> None:
        """Let the minutes pass after which nobody waits for workers that are all dead."""
        await self._patiently(self._end_leases)

    async def _end_leases(self) -> None:
        """End what they had claimed or leased; the services still find out for themselves.

        Claims are set back to before the run, where the ledger knows them by, and only once.
        """
        await self._connection.execute(
            "update notifications.message set claimed_at = claimed_at - $1::interval"
            " where state = 'sending' and claimed_at > now() - $1::interval / 2",
            SET_BACK,
        )
        for service, table in itertools.product(SERVICES, ("held", "outbox")):
            await self._connection.execute(
                f"update {service.name}.{table} set leased_until = now()"
                " where leased_until > now()"
            )

    async def _patiently(self, work: Any, *arguments: Any) -> Any:
        """Do something with the database, however long it is away."""
        while True:
            try:
                async with asyncio.timeout(60):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await asyncpg.connect(
                            self._owner_url, server_settings={"timezone": "UTC"}
                        )
                    return await work(*arguments)
            except AWAY:
                if self._connection is not None:
                    self._connection.terminate()
                self._connection = None
                await asyncio.sleep(0.2)

    async def _ask(self) -> Sequence[str]:
        at_hand = await self._connection.fetch(_AT_HAND)
        unsettled = await self._pipeline.unsettled(self._connection)
        return [*(row["what"] for row in at_hand), *unsettled]

    async def _next_timer(self) -> datetime | None:
        return await self._pipeline.next_timer(self._connection)

    async def _step(self, to: datetime) -> None:
        """Move the clock, and have everything published that has happened by then."""
        await self._connection.execute(
            "update messaging.clock set clock_offset = greatest(clock_offset, $1 - now())", to
        )
        self.virtual_now = await self._connection.fetchval("select messaging.virtual_now()")
        await self._let_managers_plan()
        await self._let_recruiters_plan()
        due: list[tuple[datetime, str, Entry]] = []
        while self._agenda and self._agenda[0][0] <= self.virtual_now:
            due.append(heapq.heappop(self._agenda))
        try:
            events = [self._event(deed, at) for at, _, entry in due for deed in entry.deeds]
            await self._connection.executemany(
                "insert into simulator.sent (id, sha256, type) values ($1, $2, $3)"
                " on conflict do nothing",
                [(e.id, hashlib.sha256(e.to_json()).digest(), e.type) for e in events],
            )
        except BaseException:
            for entry in due:
                heapq.heappush(self._agenda, entry)
            raise
        for event in events:
            self._order(event)

    async def _let_managers_plan(self) -> None:
        """Decide, once, about everybody who has come under review since the last look."""
        for row in await self._connection.fetch(_UNDECIDED):
            new = frozenset(row["applications"]) - self._decided
            self._decided |= new
            review = OpenReview(row["vacancy"], row["opened_at"], new)
            for number, entry in enumerate(managers.decide(review, self._plan.cases)):
                heapq.heappush(self._agenda, (entry.at, f"{entry.name} {number}", entry))

    async def _let_recruiters_plan(self) -> None:
        """Answer, once, whatever has been left to a person and is answered in its story."""
        rows = await self._connection.fetch(QUESTIONS, list(self._unanswered))
        self._unanswered -= {row["application"] for row in rows}
        for entry in recruiters.answer((Question(**row) for row in rows), self._plan.cases):
            heapq.heappush(self._agenda, (entry.at, entry.name, entry))

    def _event(self, deed: Deed, at: datetime) -> Event[Any]:
        payload = deed.write(tuple(self._store(file) for file in deed.files))
        return Event(
            id=deed.event_id(self._plan.seed),
            source=SOURCE,
            type=payload.type,
            subject=payload.subject,
            time=at,
            data=payload,
        )

    def _store(self, file: File) -> Document:
        """Put a file into the object store before the event that names it."""
        if file.key not in self._documents:
            content = file.content()
            path = self._objects / file.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            self._documents[file.key] = file.document(content)
        return self._documents[file.key]

    def _order(self, event: Event[Any]) -> None:
        body = event.to_json().decode()
        order = {
            "id": str(event.id),
            "type": event.type,
            "exchange": event.data.exchange,
            "subject": event.subject,
            "body": body,
        }
        key = f"{event.id} {body}"
        self.deliveries += len([*deliveries(self._plan.seed, key, 0)])
        self._careers_site.write(json.dumps(order).encode() + b"\n")


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)

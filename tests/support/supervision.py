"""Worker processes kept alive as systemd would, and waiting until they have settled everything."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from shared.contracts import Event, Payload
from tests.support.ledger import ECHO, LEDGER, entry
from tests.support.queues import left_behind
from tests.support.rig import Rig, until
from tests.support.worker_process import WorkerProcess


class Supervised:
    """The process that is at work now, and how its predecessors ended."""

    def __init__(self, bench: Rig, start: Callable[[], WorkerProcess]) -> None:
        self._bench, self._start = bench, start
        self.process = start()
        self.deaths: list[int] = []

    async def keep_alive(self) -> None:
        while True:
            try:
                self.deaths.append(await self.process.wait())
            finally:
                self.process.kill()
            await self._let_a_minute_pass()
            self.process = self._start()

    async def _let_a_minute_pass(self) -> None:
        """End the leases on what the dead one had taken out of the waiting room."""
        await self._bench.fetch(
            "update ledger.held set leased_until = now() - interval '1 s', due_at = now()"
            " where leased_until > now()"
        )


@asynccontextmanager
async def supervised(bench: Rig, *services: str, **options: Any) -> AsyncIterator[Supervised]:
    """Keep a worker process of these services alive while the block runs."""
    kept = Supervised(bench, lambda: bench.process(*services, **options))
    task = asyncio.create_task(kept.keep_alive())
    try:
        yield kept
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def at_work(bench: Rig, first: Event[Payload]) -> None:
    """Wait until the workers have done something: one that starts may die of a lost server."""

    async def is_echoed() -> bool:
        return first.subject in await bench.effects("echo")

    await bench.publish(first)
    await until(is_echoed, "the first event is echoed")


async def echoed(bench: Rig, events: Sequence[Event[Payload]]) -> None:
    """Wait until each of these has been echoed."""
    expected = {e.subject for e in events}

    async def are_echoed() -> bool:
        return expected <= set(await bench.effects("echo"))

    await until(are_echoed, "all effects", 300)


async def settled(bench: Rig, events: Sequence[Event[Payload]]) -> None:
    """Wait until each has been echoed and nothing is on its way any more."""
    await echoed(bench, events)

    async def is_done() -> bool:
        if await bench.fetch("select 1 from ledger.outbox"):
            return False
        return await bench.queue_is_empty(LEDGER) and await bench.queue_is_empty(ECHO)

    await until(is_done, "empty queues and an empty outbox", 300)


async def last_seen(bench: Rig, events: list[Event[Payload]]) -> None:
    """Wait until one more event is settled: what came before it has been acknowledged by then."""
    await settled(bench, events)
    events.append(entry("the-last"))
    await bench.publish(events[-1])
    await settled(bench, events)


async def nothing_left(bench: Rig) -> None:
    """Of each queue only its very last message may be there, which its worker still held."""
    left = await left_behind(bench.amqp_url, (LEDGER, ECHO))
    assert not [name for name, count in left.items() if count > 1], left


async def exactly_once(bench: Rig, events: Sequence[Event[Payload]]) -> None:
    expected = Counter(e.subject for e in events)
    assert Counter(await bench.effects("ledger")) == expected
    assert Counter(await bench.effects("echo")) == expected


async def let_leases_end(bench: Rig) -> None:
    """Let so much time pass that nobody waits for whoever had an announcement in hand."""
    await bench.fetch("update ledger.outbox set leased_until = now() where leased_until > now()")


async def let_storms_pass(bench: Rig, schema: str = "ledger") -> None:
    """Let the minute pass after which a message whose workers died is tried again."""
    await bench.fetch(
        f"update {schema}.held set due_at = now()"
        " where reason = 'killed_its_worker' and status = 'retrying' and leased_until is null"
    )


async def is_quarantined(bench: Rig, count: int) -> bool:
    await let_storms_pass(bench)
    return sum(row["status"] == "quarantined" for row in await bench.held()) >= count

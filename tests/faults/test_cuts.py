"""G5 in process: cut off at every step, many times; nothing lost, nothing repeated.

tests/faults/test_kills.py does the same with SIGKILL.
"""

from collections.abc import AsyncIterator

import pytest

from shared.contracts import Event, Payload
from shared.messaging import Service
from shared.messaging.faultpoints import POINTS
from tests.faults.repeat import REPEAT
from tests.support.cut import Cut
from tests.support.databases import TestDatabase
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER, entry
from tests.support.rig import Rig, rig, until
from tests.support.supervision import exactly_once

SERVICES = {"plain": LEDGER, "with prepare": PREPARING_LEDGER}


@pytest.fixture
async def bench(amqp_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    async with rig(amqp_url, database.owner) as bench:
        yield bench


async def cut_off(
    bench: Rig, service: Service, point: str, after: int, events: list[Event[Payload]]
) -> None:
    """Trickle events into the service until it reaches the point, and lose it there."""
    cut = Cut(bench, service, point, after)
    await bench.publish(*events[:4])
    async with cut.working():
        for one in events[4:]:
            if not await cut.fires_within(0.1):
                await bench.publish(one)
        assert await cut.fires_within(20), f"the point {point!r} never fired"
    await bench.publish(*events[4:])


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", SERVICES)
async def test_G5_a_worker_cut_off_at_any_step_loses_nothing_and_repeats_nothing(
    bench: Rig, kind: str, point: str
) -> None:
    service = SERVICES[kind]
    published: list[Event[Payload]] = []
    for number in range(REPEAT):
        events = [entry(f"account-{number}-{n}") for n in range(8)]
        published += events
        await cut_off(bench, service, point, number % 3, events)
        await bench.fetch("update ledger.outbox set leased_until = now()")  # let time pass
        async with bench.worker(service):
            await _settled(bench, len(published))
    async with bench.worker(ECHO):
        await _echoed(bench, len(published))
    await exactly_once(bench, published)
    assert await bench.held() == []


async def _settled(bench: Rig, count: int) -> None:
    async def is_settled() -> bool:
        if len(await bench.effects()) < count or await bench.fetch("select 1 from ledger.outbox"):
            return False
        return await bench.queue_is_empty(LEDGER)

    await until(is_settled, "everything is settled", 60)


async def _echoed(bench: Rig, count: int) -> None:
    async def has_echoed() -> bool:
        return len(await bench.effects("echo")) >= count

    await until(has_echoed, "everything is echoed", 60)

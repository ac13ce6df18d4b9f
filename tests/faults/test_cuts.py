"""G5 in process: cut off at every step, many times; nothing lost, nothing repeated.

tests/faults/test_kills.py does the same with SIGKILL.
"""

from collections.abc import AsyncIterator
from functools import partial
from unittest.mock import AsyncMock

import pytest

from shared.contracts import Event, Payload
from shared.messaging import Service
from shared.messaging.consumer import Consumer
from shared.messaging.faultpoints import POINTS
from tests.faults.repeat import REPEAT
from tests.support.cut import Cut
from tests.support.databases import TestDatabase
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER, entry
from tests.support.rig import Rig, rig, until
from tests.support.supervision import exactly_once, last_seen, let_leases_end, nothing_left

SERVICES = {"plain": LEDGER, "with prepare": PREPARING_LEDGER}


@pytest.fixture
async def bench(amqp_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    async with rig(amqp_url, database.owner) as bench:
        yield bench


async def cut_off(
    bench: Rig, service: Service, point: str, after: int, events: list[Event[Payload]]
) -> None:
    """Feed the service batch by batch until it reaches the point, and lose it there."""
    cut = Cut(bench, service, point, after)
    before = len(await bench.effects())

    async def has_fired_or_handled(count: int) -> bool:
        return cut.has_fired or len(await bench.effects()) >= before + count

    await bench.publish(*events[:4])
    async with cut.working():
        for count, one in enumerate(events[4:], start=4):
            await until(partial(has_fired_or_handled, count), "the batch is handled", 90)
            if not cut.has_fired:
                await bench.publish(one)
        assert await cut.fires_within(90), f"the point {point!r} never fired"
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
        await let_leases_end(bench)
        async with bench.worker(service):
            await _written(bench, len(published))
    await let_leases_end(bench)
    async with bench.worker(service), bench.worker(ECHO):
        await last_seen(bench, published)
    await nothing_left(bench)
    await exactly_once(bench, published)
    assert await bench.held() == []


async def test_G29_a_worker_that_acknowledges_nothing_is_found_out(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Consumer, "flush", AsyncMock())
    events: list[Event[Payload]] = [entry(f"account-{n}") for n in range(2)]
    await bench.publish(*events)
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await last_seen(bench, events)
    with pytest.raises(AssertionError, match=r"muster\.ledger"):
        await nothing_left(bench)


async def test_G29_a_cut_that_cuts_nothing_off_is_found_out(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.cut._abort", lambda _: False)
    events: list[Event[Payload]] = [entry(f"account-{n}") for n in range(8)]
    with pytest.raises(AssertionError, match="no connection to cut"):
        await cut_off(bench, LEDGER, "handled", 0, events)


async def _written(bench: Rig, count: int) -> None:
    async def is_written() -> bool:
        return len(await bench.effects()) >= count

    await until(is_written, f"{count} effects")

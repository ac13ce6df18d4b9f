"""Nothing lost, nothing done twice, whatever dies when: real processes, real signals."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.contracts import Event, Payload
from shared.embedded.postgres import PostgresServer
from shared.embedded.private_server import PrivateServer
from shared.messaging.faultpoints import POINTS
from tests.support.ledger import ECHO, LEDGER, entry
from tests.support.rig import Rig, kill, until


@asynccontextmanager
async def supervised(bench: Rig, *services: str, **options: float) -> AsyncIterator[list[int]]:
    """Keep a worker process alive as a supervisor does; the list counts its deaths."""
    deaths: list[int] = []

    async def supervise() -> None:
        while True:
            process = await bench.process(*services, **options)  # type: ignore[arg-type]
            try:
                deaths.append(await process.wait())
            finally:
                await kill([process])

    task = asyncio.create_task(supervise())
    try:
        yield deaths
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def at_work(bench: Rig, first: Event[Payload]) -> None:
    """Wait until the workers have done something: one that starts may die of a lost server."""

    async def is_echoed() -> bool:
        return first.subject in await bench.effects("echo")

    await bench.publish(first)
    await until(is_echoed, "the first event is echoed")


async def settled(bench: Rig, events: list[Event[Payload]]) -> None:
    """Wait until every healthy event has been echoed and nothing is on its way any more."""
    healthy = {e.subject for e in events}

    async def is_done() -> bool:
        if not healthy <= set(await bench.effects("echo")):
            return False
        if await bench.fetch("select 1 from ledger.outbox"):
            return False
        return await bench.queue_is_empty(LEDGER) and await bench.queue_is_empty(ECHO)

    await until(is_done, "all effects, empty queues and an empty outbox", 90)


async def exactly_once(bench: Rig, events: list[Event[Payload]]) -> None:
    expected = Counter(e.subject for e in events)
    assert Counter(await bench.effects("ledger")) == expected
    assert Counter(await bench.effects("echo")) == expected


@pytest.mark.parametrize("point", POINTS)
async def test_G5_a_worker_killed_at_any_step_loses_nothing_and_repeats_nothing(
    bench: Rig, point: str
) -> None:
    events = [entry(f"account-{n}") for n in range(40)]
    await bench.publish(*events[:20])
    victim = await bench.process("preparing", "echo", kill_at=point, kill_after=1)
    await bench.publish(*events[20:])
    try:
        async with asyncio.timeout(30):
            assert await victim.wait() == -9, f"the point {point!r} was never reached"
    finally:
        await kill([victim])
    async with supervised(bench, "preparing", "echo"):
        await settled(bench, events)
    await exactly_once(bench, events)
    assert await bench.held("ledger") == []
    assert await bench.held("echo") == []


async def test_G9_what_kills_its_worker_is_held_and_takes_no_neighbour_with_it(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(60)]
    poison = [entry("poison-1", "kill"), entry("poison-2", "kill")]
    await bench.publish(*healthy[:30], *poison, *healthy[30:])
    async with supervised(bench, "ledger", "echo") as deaths:
        await until(lambda: _is_quarantined(bench, 2), "both are in quarantine", 120)
        await settled(bench, healthy)
    await exactly_once(bench, healthy)
    assert {(h["reason"], h["status"]) for h in await bench.held()} == {
        ("killed_its_worker", "quarantined")
    }
    assert len(deaths) <= 2 * 5


async def test_G9_one_services_poison_convicts_nobody_of_another_in_the_same_process(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(40)]
    poison = [entry("poison-1", "kill"), entry("poison-2", "kill")]
    await bench.publish(*poison, *healthy)
    async with supervised(bench, "ledger", "echo"):
        await until(lambda: _is_quarantined(bench, 2), "both are in quarantine", 120)
        await settled(bench, healthy)
    assert await bench.held("echo") == []


async def test_G9_a_parked_message_that_kills_its_worker_is_found_out_too(bench: Rig) -> None:
    child = entry("child", "kill", parent="parent")
    await bench.fetch(
        "insert into ledger.held (message, sha256, status, routing_key, body, reason, detail,"
        " first_error, waiting_for, due_at)"
        " values ($1, sha256($2), 'parked', $3, $2, 'waiting', '', '', 'x', now())",
        str(child.id),
        child.to_json(),
        child.type,
    )
    async with supervised(bench, "ledger", "echo") as deaths:

        async def is_found_out() -> bool:
            # A lease is a minute, which nobody wants to wait for.
            await bench.fetch(
                "update ledger.held set leased_until = now() - interval '1 s', due_at = now()"
                " where leased_until > now() + interval '57 s' and status = 'parked'"
                " and last_held_at < now()"
            )
            return await _is_quarantined(bench, 1)

        await until(is_found_out, "it is in quarantine", 120)
    assert len(deaths) <= 6


async def test_G9_what_blocks_the_event_loop_is_ended_by_the_watchdog_and_held(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(10)]
    await bench.publish(*healthy, entry("poison", "block"))
    async with supervised(bench, "ledger", "echo", blocked_seconds=2):
        await until(lambda: _is_quarantined(bench, 1), "it is in quarantine", 120)
        await settled(bench, healthy)
    await exactly_once(bench, healthy)


async def test_G16_work_goes_on_by_itself_after_the_broker_is_restarted_and_killed(
    bench: Rig, broker: PrivateServer
) -> None:
    events = [entry(f"account-{n}") for n in range(200)]
    async with supervised(bench, "ledger", "echo") as deaths:
        await at_work(bench, events[0])
        await bench.publish(*events[1:50])
        broker.restart()
        await bench.publish(*events[50:120])
        broker.kill()
        broker.start()
        await bench.publish(*events[120:])
        await settled(bench, events)
        assert deaths == []
    await exactly_once(bench, events)
    assert await bench.held() == []


async def test_G10_a_database_that_is_restarted_and_killed_counts_against_no_message(
    bench: Rig, postgres: PostgresServer
) -> None:
    events = [entry(f"account-{n}") for n in range(200)]
    async with supervised(bench, "ledger", "echo") as deaths:
        await at_work(bench, events[0])
        await bench.publish(*events[1:50])
        postgres.restart()
        await bench.publish(*events[50:120])
        postgres.kill()
        await bench.publish(*events[120:])
        postgres.start()
        await settled(bench, events)
        assert deaths == []
    await exactly_once(bench, events)
    assert await bench.held() == []


async def test_G1_everything_three_times_and_shuffled_among_bad_messages_with_kills(
    bench: Rig,
) -> None:
    shuffle = random.Random(2025)
    healthy = [entry(f"account-{n}") for n in range(150)]
    bad = [entry("hangs", "hang"), entry("kills", "kill"), entry("raises", "raise")]
    deliveries = [*healthy, *bad] * 3
    shuffle.shuffle(deliveries)
    async with supervised(bench, "ledger", "echo"):
        for start in range(0, len(deliveries), 40):
            await bench.publish(*deliveries[start : start + 40])
            await bench.publish_raw(b"{not json", "entry.made.v1")
        await until(lambda: _is_quarantined(bench, 2), "bad JSON and the killer are held", 120)
        await settled(bench, healthy)
        await until(lambda: _holds_exactly_the_bad_ones(bench), "all bad ones are held", 120)
    await exactly_once(bench, healthy)


async def _is_quarantined(bench: Rig, count: int) -> bool:
    return sum(row["status"] == "quarantined" for row in await bench.held()) >= count


async def _holds_exactly_the_bad_ones(bench: Rig) -> bool:
    bad = {str(entry(name, behaviour).id) for name, behaviour in
           (("hangs", "hang"), ("kills", "kill"), ("raises", "raise"))}  # fmt: skip
    rows = {row["message"]: row["reason"] for row in await bench.held()}
    reasons = Counter(reason for message, reason in rows.items() if message not in bad)
    return bad <= rows.keys() and reasons == {"malformed_json": 1}

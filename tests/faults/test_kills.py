"""Nothing lost, nothing done twice, whatever dies when: real processes, real signals.

`MUSTER_REPEAT=100` kills at every point a hundred times.
"""

import asyncio
import signal

import pytest

from shared import clock
from shared.contracts import Event, Payload
from shared.embedded.postgres import PostgresServer
from shared.embedded.private_server import PrivateServer
from shared.messaging.faultpoints import POINTS
from tests.faults.repeat import REPEAT
from tests.support.ledger import LEDGER, entry
from tests.support.rig import Rig, until
from tests.support.supervision import (
    at_work,
    echoed,
    exactly_once,
    last_seen,
    let_leases_end,
    nothing_left,
    settled,
    supervised,
)

_ENOUGH = 200
# So many more, a second apart: on a slow machine the victim takes its time.
_PATIENT = 60


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("service", ["ledger", "preparing"])
async def test_G5_a_worker_killed_at_any_step_loses_nothing_and_repeats_nothing(
    bench: Rig, service: str, point: str
) -> None:
    published: list[Event[Payload]] = []
    async with supervised(bench, "echo"):
        for number in range(REPEAT):
            published += await killed_at(bench, service, point, number)
            await let_leases_end(bench)
            async with supervised(bench, service):
                await echoed(bench, published)
        await let_leases_end(bench)
        async with supervised(bench, service):
            await last_seen(bench, published)
    await nothing_left(bench)
    await exactly_once(bench, published)
    assert await bench.held("ledger") == []
    assert await bench.held("echo") == []


async def killed_at(bench: Rig, service: str, point: str, number: int) -> list[Event[Payload]]:
    """Trickle events into a process until it reaches the point, and dies of it."""
    victim = bench.process(service, kill_at=point, kill_after=number % 3)
    dying = asyncio.create_task(victim.wait())
    events = [entry(f"account-{number}-{n}") for n in range(4)]
    await bench.publish(*events)
    try:
        while len(events) < _ENOUGH + _PATIENT and not dying.done():
            events.append(entry(f"account-{number}-{len(events)}"))
            await bench.publish(events[-1])
            await asyncio.wait({dying}, timeout=0.05 if len(events) < _ENOUGH else 1)
        assert dying.done(), f"the point {point!r} never fired"
        assert await dying == -signal.SIGKILL
    finally:
        victim.kill()
        dying.cancel()
    return events


async def test_G16_others_go_on_within_5_seconds_of_a_workers_death(bench: Rig) -> None:
    """Whatever it had in hand: taken, handled, committed or being published.

    Eight times of ten at least: one that fell into a stall of the host proves nothing against us.
    """
    events = [entry(f"account-{n}") for n in range(401)]
    took: list[float] = []
    async with supervised(bench, "ledger", "echo") as one, supervised(bench, "ledger", "echo"):
        await at_work(bench, events[0])
        for start in range(1, len(events), 40):
            before = len(await bench.effects("echo"))
            await bench.publish(*events[start : start + 40])
            one.process.kill()
            began_at = clock.monotonic()
            await until(lambda n=before: are_echoed(bench, n + 1), "others go on", 60)
            took.append(clock.monotonic() - began_at)
            await settled(bench, events[: start + 40])
    await exactly_once(bench, events)
    assert sorted(took)[7] <= 5, took


async def are_echoed(bench: Rig, count: int) -> bool:
    return len(await bench.effects("echo")) >= count


async def test_F8_a_worker_that_sleeps_through_its_work_does_nothing_twice(bench: Rig) -> None:
    """A zombie: its messages were handled by another when it wakes up and goes on with them."""
    events = [entry(f"account-{n}") for n in range(60)]
    sleeper = bench.process("ledger", "echo", heartbeat_seconds=2)
    try:
        await at_work(bench, events[0])
        await bench.publish(*events[1:30])
        sleeper.send_signal(signal.SIGSTOP)
        await bench.publish(*events[30:])
        async with supervised(bench, "ledger", "echo"):
            await until(lambda: is_given_up(bench), "the broker gives the sleeper up")
            await settled(bench, events)
            sleeper.send_signal(signal.SIGCONT)
            again = [entry(f"later-{n}") for n in range(20)]
            await bench.publish(*again)
            await settled(bench, events + again)
    finally:
        sleeper.kill()
    await exactly_once(bench, events + again)
    assert await bench.held() == []


async def test_F8_a_worker_frozen_in_the_middle_of_a_transaction_blames_nobody(bench: Rig) -> None:
    """When it wakes up its deadline is long over, and still nothing dawdled."""
    events = [entry("first"), entry("lone", "linger"), entry("last")]
    sleeper = bench.process("ledger", "echo", handle_seconds=4)
    dying = asyncio.create_task(sleeper.wait())
    try:
        await at_work(bench, events[0])
        await bench.publish(events[1])
        await until(lambda: is_in_transaction(bench), "it is in the middle of a transaction")
        sleeper.send_signal(signal.SIGSTOP)
        await asyncio.wait({dying}, timeout=5)
        sleeper.send_signal(signal.SIGCONT)
        await bench.publish(events[2])
        await settled(bench, events)
        assert not dying.done()
    finally:
        sleeper.kill()
        dying.cancel()
    await exactly_once(bench, events)
    [ever_held] = await bench.fetch("select is_called from ledger.held_number_seq")
    assert ever_held == {"is_called": False}


async def is_in_transaction(bench: Rig) -> bool:
    rows = await bench.fetch(
        "select 1 from pg_stat_activity where usename = 'muster_ledger'"
        " and state = 'idle in transaction' and state_change < now() - interval '50 ms'"
    )
    return bool(rows)


async def is_given_up(bench: Rig) -> bool:
    """Whether all its messages have come to somebody else."""
    return len(await bench.effects("echo")) == 60 and await bench.queue_is_empty(LEDGER)


async def test_G16_work_goes_on_by_itself_after_the_broker_is_restarted_and_killed(
    bench: Rig, broker: PrivateServer
) -> None:
    events = [entry(f"account-{n}") for n in range(200)]
    async with supervised(bench, "ledger", "echo") as workers:
        await at_work(bench, events[0])
        await bench.publish(*events[1:50])
        broker.restart()
        await bench.publish(*events[50:120])
        broker.kill()
        broker.start()
        await bench.publish(*events[120:])
        await settled(bench, events)
        assert workers.deaths == []
    await exactly_once(bench, events)
    assert await bench.held() == []


async def test_G10_a_database_that_is_restarted_and_killed_counts_against_no_message(
    bench: Rig, postgres: PostgresServer
) -> None:
    events = [entry(f"account-{n}") for n in range(200)]
    async with supervised(bench, "ledger", "echo") as workers:
        await at_work(bench, events[0])
        await bench.publish(*events[1:50])
        postgres.restart()
        await bench.publish(*events[50:120])
        postgres.kill()
        await bench.publish(*events[120:])
        postgres.start()
        await settled(bench, events)
        assert workers.deaths == []
    await exactly_once(bench, events)
    assert await bench.held() == []

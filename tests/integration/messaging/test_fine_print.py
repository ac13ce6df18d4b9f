"""Small promises on which the large ones rest; each planted bug of `./muster mutants` has one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
import pytest
import structlog

from shared.messaging import faultpoints
from shared.messaging import worker as worker_module
from shared.messaging.topology import DeclaredOtherwise, declare, fuse_of, routed_types
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.users import url_of
from tests.faults.chaos.proxy import Proxy, Weather
from tests.support.databases import SECRET
from tests.support.ledger import ECHO, LEDGER, entry
from tests.support.rig import Rig, until

# Longer than its goodbyes may take, and shorter than a command that waits for its database.
STOP_SECONDS = 20
CANARY = "canary-in-the-body"


async def test_G2_a_message_that_was_handled_long_ago_is_still_known(bench: Rig) -> None:
    """A replay may come weeks later, so ids are never forgotten by age."""
    async with bench.worker(LEDGER):
        await bench.publish(entry("a"))
        await until(lambda: _are_written(bench, "a"), "one effect")
        await bench.fetch("update ledger.inbox set received_at = now() - interval '90 days'")
        await bench.publish(entry("a"), entry("b"))
        await until(lambda: _are_written(bench, "a", "b"), "the next one is handled")
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    assert await bench.effects() == ["a", "b"]


async def test_G7_what_is_announced_is_marked_to_survive_the_broker(bench: Rig) -> None:
    async with bench.worker(LEDGER):
        await bench.publish(entry("a"))
        await until(lambda: _are_written(bench, "a"), "one effect")
        await until(lambda: _waits_for_echo(bench), "the announcement is in its queue")
    connection = await aio_pika.connect(bench.amqp_url)
    async with connection:
        queue = await (await connection.channel()).get_queue(ECHO.queue, ensure=False)
        message = await queue.get()
        await message.ack()
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


async def test_G5_nothing_is_published_that_was_not_committed(bench: Rig) -> None:
    """The database goes away just as the announcements go out; what went out must be true."""
    url = url_of(LEDGER.name, bench.owner, SECRET)
    database = await Database.connect(url, LEDGER.name)
    worker = Worker(LEDGER, database, bench.amqp_url, routed_types(bench.services))
    is_published = False

    def cut(point: str) -> None:
        nonlocal is_published
        if point == "published" and not is_published:
            is_published = True
            asyncio.get_running_loop().call_soon(database._pool.terminate)

    async def has_published() -> bool:
        return is_published and await _waits_for_echo(bench)

    await bench.publish(*[entry(f"account-{n}") for n in range(5)])
    faultpoints.install(cut)
    task = asyncio.create_task(worker.run())
    try:
        await until(has_published, "something is published")
    finally:
        faultpoints.install(None)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with bench.worker(ECHO):
        await until(lambda: bench.queue_is_empty(ECHO), "what was published is heard")
        await until(lambda: _has_echoed(bench), "and written down")
    assert set(await bench.effects("echo")) <= set(await bench.effects())


async def test_a_worker_that_is_told_to_stop_leaves_nothing_confirmed_in_its_outbox(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next one would publish it again, and the doctor find it stuck meanwhile."""
    monkeypatch.setattr(worker_module, "_QUIET_SECONDS", 3600)
    await bench.publish(entry("a"))
    async with _told_when("acknowledged") as acknowledged, bench.worker(LEDGER):
        await until(acknowledged, "the announcement is confirmed")
        assert await bench.fetch("select type from ledger.outbox")
    assert await bench.fetch("select type from ledger.outbox") == []


async def test_a_worker_that_is_told_to_stop_waits_for_no_database_that_is_away(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it confirmed stays in the outbox, for whoever comes next: twice rather than never."""
    monkeypatch.setattr(worker_module, "_QUIET_SECONDS", 3600)
    await bench.publish(entry("a"))
    async with Proxy("database", url_of(LEDGER.name, bench.owner, SECRET)) as network:
        database = await Database.connect(network.url, LEDGER.name)
        worker = Worker(LEDGER, database, bench.amqp_url, routed_types(bench.services))
        async with _told_when("acknowledged") as acknowledged:
            task = asyncio.create_task(worker.run())
            await until(acknowledged, "the announcement is confirmed")
        async with network.weather(Weather.BLACK_HOLE):
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=STOP_SECONDS)
            await database.close()
        assert done, "the worker waits for the database"
    assert await bench.fetch("select type from ledger.outbox") == [{"type": "entry.written.v1"}]


async def test_G22_of_each_message_kept_for_a_person_its_reason_and_nothing_of_a_body_is_logged(
    bench: Rig, quick_retries: None
) -> None:
    poison = entry(CANARY, "raise")
    with structlog.testing.capture_logs() as logged:
        async with bench.worker(LEDGER):
            await bench.publish(poison)
            await bench.publish_raw(b'{"canary-in-the-body"', "entry.made.v1")
            await until(lambda: _are_quarantined(bench, 2), "both are in quarantine")
    held = [line for line in logged if line["event"] == "message_held"]
    assert [line["reason"] for line in held if line["error"] == "Quarantined"] == [
        "malformed_json"
    ]
    assert "failed" in {line["reason"] for line in held}
    assert CANARY not in repr(logged)


async def test_a_queue_that_is_there_with_other_arguments_is_named_with_what_to_do(
    bench: Rig,
) -> None:
    fuse = fuse_of(LEDGER)
    async with await aio_pika.connect(bench.amqp_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(fuse)
        await channel.declare_queue(fuse, durable=True, arguments={"x-queue-type": "quorum"})
        with pytest.raises(DeclaredOtherwise, match=f"x-delivery-limit.*delete_queue {fuse}"):
            await declare(bench.amqp_url, bench.services)
        await channel.queue_delete(fuse)
    await declare(bench.amqp_url, bench.services)


async def _are_written(bench: Rig, *accounts: str) -> bool:
    return set(accounts) <= set(await bench.effects())


async def _are_quarantined(bench: Rig, count: int) -> bool:
    return sum(row["status"] == "quarantined" for row in await bench.held()) == count


async def _waits_for_echo(bench: Rig) -> bool:
    return not await bench.queue_is_empty(ECHO)


async def _has_echoed(bench: Rig) -> bool:
    return bool(await bench.effects("echo"))


@asynccontextmanager
async def _told_when(point: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Answer whether a worker has reached a point since the block began."""
    reached: set[str] = set()

    async def has_been_reached() -> bool:
        return point in reached

    faultpoints.install(reached.add)
    try:
        yield has_been_reached
    finally:
        faultpoints.install(None)

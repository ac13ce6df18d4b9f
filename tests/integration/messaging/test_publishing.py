"""What is announced goes out, whoever dies meanwhile; what did not go out is never called sent."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import aio_pika
import pytest
import structlog

from shared.contracts import Exchange
from shared.messaging import outbox
from shared.messaging.batch import Outcome
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.topology import _queues
from shared.postgres import Database
from shared.users import url_of
from tests.support.databases import SECRET, TestDatabase
from tests.support.ledger import ECHO, LEDGER, EntryWritten, entry
from tests.support.rig import Rig, rig, until
from tests.support.supervision import exactly_once, let_leases_end, settled, supervised

NOW = datetime(2025, 6, 2, 9, tzinfo=UTC)
WRITERS, A_WRITER = 30, 100


class RolledBackError(Exception):
    """A writer has second thoughts."""


async def test_G6_no_announcement_is_skipped_whatever_the_order_of_commits(bench: Rig) -> None:
    """30 writers at once, some slow and some that roll back; two publishers that keep dying."""
    chance = random.Random(6)
    database = await Database.connect(
        url_of("ledger", bench.owner, SECRET), "ledger", max_connections=WRITERS
    )
    committed: list[str] = []

    async def write(account: str) -> None:
        outcome = Outcome(source="test")
        outcome.announce(EntryWritten(account=account), because_of="a test", now=NOW)
        with suppress(RolledBackError):
            async with database.transaction() as tx:
                await outbox.record(tx, outcome)
                await asyncio.sleep(chance.random() * 0.05)
                if chance.random() < 0.1:
                    raise RolledBackError
            committed.append(account)

    async def write_many(writer: int) -> None:
        for number in range(A_WRITER):
            await write(f"account-{writer}-{number}")

    async with supervised(bench, "ledger") as one, supervised(bench, "ledger") as other:
        writing = asyncio.gather(*map(write_many, range(WRITERS)))
        while not writing.done():
            await asyncio.wait({writing}, timeout=0.7)
            chance.choice([one, other]).process.kill()
        await writing
        await database.close()

        async def is_published() -> bool:
            await let_leases_end(bench)
            return not await bench.fetch("select 1 from ledger.outbox limit 1")

        await until(is_published, "an empty outbox")
        assert len(one.deaths) + len(other.deaths) >= 3
    async with bench.worker(ECHO):
        await until(lambda: has_effects(bench, len(committed), "echo"), "all are heard")
        await until(lambda: bench.queue_is_empty(ECHO), "and no others")
    assert len(committed) < WRITERS * A_WRITER
    assert await bench.effects("echo") == sorted(committed)


async def test_G7_what_nobody_hears_for_a_while_is_not_called_sent(bench: Rig) -> None:
    events = [entry(f"account-{n}") for n in range(30)]
    async with bench.worker(LEDGER), bench.worker(ECHO):
        channel = await wire(bench)
        await channel.queue_unbind(ECHO.queue, Exchange.MUSTER.value, EntryWritten.type)
        with structlog.testing.capture_logs() as logged:
            await bench.publish(*events)
            await until(lambda: says(logged, "publish_unconfirmed"), "it is noticed")
            await until(lambda: is_tried(bench, len(events)), "all are tried")
        assert await waiting(bench) == len(events)
        await channel.queue_bind(ECHO.queue, Exchange.MUSTER.value, EntryWritten.type)
        await channel.connection.close()
        await let_leases_end(bench)
        await settled(bench, events)
    await exactly_once(bench, events)


async def test_G7_what_comes_back_twice_is_not_called_sent_once(bench: Rig) -> None:
    """A worker and its own sweeper may be sending the same announcement at the same moment."""
    publisher = Publisher(bench.amqp_url)
    twice = [Outgoing(entry("a").id, "nobody.hears.v1", b"{}")] * 2
    assert await publisher.publish(twice) == []
    await publisher.close()


@pytest.fixture
async def real_bench(amqp_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    """On RabbitMQ alone: the embedded broker knows no full queue."""
    async with rig(amqp_url, database.owner) as bench:
        yield bench


async def test_G7_what_a_full_queue_refuses_is_not_called_sent(real_bench: Rig) -> None:
    bench = real_bench
    channel = await wire(bench)
    await channel.queue_delete(ECHO.queue)
    arguments = dict(_queues([ECHO]))[ECHO.queue]
    await channel.queue_declare(
        ECHO.queue, durable=True, arguments=arguments | {"x-max-length": 3}
    )
    await channel.queue_bind(ECHO.queue, Exchange.MUSTER.value, EntryWritten.type)
    events = [entry(f"account-{n}") for n in range(60)]
    async with bench.worker(LEDGER):
        for start in range(0, 60, 10):
            await bench.publish(*events[start : start + 10])
            await until(lambda n=start + 10: has_effects(bench, n), "they are handled")
        await until(lambda: is_tried(bench, 1), "some are refused")
        declared = await channel.queue_declare(ECHO.queue, passive=True)
        called_sent = len(events) - await waiting(bench)
        assert called_sent <= (declared.message_count or 0) < len(events)
        async with bench.worker(ECHO):

            async def has_echoed() -> bool:
                await let_leases_end(bench)
                return len(await bench.effects("echo")) >= len(events)

            await until(has_echoed, "everything is echoed in the end")
            await settled(bench, events)
    await channel.connection.close()
    await exactly_once(bench, events)


async def wire(bench: Rig) -> "aio_pika.abc.UnderlayChannel":
    """Open a channel to change the topology with."""
    connection = await aio_pika.connect(bench.amqp_url)
    return await (await connection.channel()).get_underlay_channel()


async def says(logged: list[structlog.typing.EventDict], event: str) -> bool:
    return any(line["event"] == event for line in logged)


async def is_tried(bench: Rig, count: int) -> bool:
    """Whether at least so many wait that somebody has tried to publish."""
    return (
        len(await bench.fetch("select 1 from ledger.outbox where leased_until is not null"))
        >= count
    )


async def has_effects(bench: Rig, count: int, schema: str = "ledger") -> bool:
    return len(await bench.effects(schema)) >= count


async def waiting(bench: Rig) -> int:
    return len(await bench.fetch("select 1 from ledger.outbox"))

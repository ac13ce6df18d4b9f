"""Whether a worker is attached is asked of the broker, and asking costs it nothing."""

import asyncio
from dataclasses import replace

import aio_pika
import pytest

from shared.messaging import Batch, Subscription, consumer, faultpoints, health
from shared.messaging.delivery import Acker
from shared.postgres import Transaction
from tests.faults.chaos.proxy import Proxy, Weather
from tests.support.ledger import LEDGER, EntryMade, entry, write_entries
from tests.support.rig import Rig, until


async def test_an_answer_that_comes_too_late_takes_no_message_out_of_the_workers_hands(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "_HEALTH_SECONDS", 0.2)
    received: list[str] = []
    may_go_on = asyncio.Event()

    async def write_when_told(batch: Batch[EntryMade], tx: Transaction) -> None:
        await may_go_on.wait()
        await write_entries(batch, tx)

    async def has_received() -> bool:
        return "received" in received

    slow = replace(LEDGER, subscriptions=(Subscription(EntryMade, write_when_told),))
    faultpoints.install(received.append)
    try:
        async with (
            Proxy("broker", bench.amqp_url) as network,
            bench.worker(slow, amqp_url=network.url) as worker,
        ):
            await bench.publish(entry("a"))
            await until(has_received, "the worker has a message in hand")
            async with network.weather(Weather.DEAF):
                assert not await worker.consumer.is_attached()
            monkeypatch.setattr(consumer, "_HEALTH_SECONDS", 60)
            await until(worker.consumer.is_attached, "the broker answers again")
            may_go_on.set()
            await bench.publish(entry("b"))
            await until(lambda: _has(bench, "b"), "the next one is handled")
    finally:
        faultpoints.install(None)
    assert received.count("received") == 2


async def test_what_is_acknowledged_on_a_channel_that_is_closing_ends_nobody(bench: Rig) -> None:
    async with Proxy("broker", bench.amqp_url) as network:
        connection = await aio_pika.connect(network.url)
        channel = await (await connection.channel()).get_underlay_channel()
        async with network.weather(Weather.DEAF):
            with pytest.raises(TimeoutError):
                await channel.queue_declare(LEDGER.queue, passive=True, timeout=0.1)
            assert not channel.is_closed
            acker = Acker(channel)
            acker.finish(1)
            await acker.flush()
        await connection.close()


async def test_a_worker_without_its_consumer_is_not_well_because_another_has_one(
    bench: Rig,
) -> None:
    async with bench.worker(LEDGER) as one, bench.worker(LEDGER) as other:
        workers = {"one": one, "other": other, "waits for its database": None}
        await until(one.consumer.is_attached, "the one is attached")
        await until(other.consumer.is_attached, "the other too")
        channel = await one.consumer._broker._channel.get_underlay_channel()
        await channel.basic_cancel(one.consumer._tags[LEDGER.queue])
        assert await health.report(workers) == {
            "one": False, "other": True, "waits for its database": False,
        }  # fmt: skip


async def _has(bench: Rig, account: str) -> bool:
    return account in await bench.effects()

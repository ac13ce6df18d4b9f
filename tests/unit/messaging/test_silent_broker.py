"""A broker that takes a connection and says nothing: whoever waits leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from shared.messaging import consumer as consumer_module
from shared.messaging import publisher as publisher_module
from shared.messaging.consumer import Consumer
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.recovery import until_up
from tests.support.ledger import LEDGER, EntryMade, EntryWritten, ReminderDue, entry
from tests.support.rig import until

Callers = set[asyncio.StreamWriter]


async def test_whoever_waits_for_a_silent_broker_goes_when_told_to_and_leaves_nothing():
    async with silent_broker() as (url, callers):
        before = asyncio.all_tasks()
        consumer = Consumer(LEDGER, url, prefetch=10)
        starting = asyncio.create_task(until_up(consumer.start, "ledger"))
        await until(lambda: _are(callers, 1), "it calls the broker")
        starting.cancel()
        await asyncio.wait({starting}, timeout=10)
        await consumer.stop()

        async def is_gone() -> bool:
            return asyncio.all_tasks() <= before and not callers

        await until(is_gone, "no task and no connection is left", 10)


async def test_each_try_at_a_silent_broker_gives_up_its_connection(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(consumer_module, "CONNECT_SECONDS", 0.2)
    async with silent_broker() as (url, callers):
        consumer = Consumer(LEDGER, url, prefetch=10)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await consumer.start()
        await until(lambda: _are(callers, 0), "no connection is left", 10)
        await consumer.stop()


async def test_a_broker_that_does_not_answer_is_not_asked_about_each_type(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(publisher_module, "_TIMEOUT_SECONDS", 0.2)
    opened = 0

    def count() -> None:
        nonlocal opened
        opened += 1

    types = [EntryMade.type, EntryWritten.type, ReminderDue.type]
    async with silent_broker(count) as (url, _):
        publisher = Publisher(url)
        assert await publisher.publish([Outgoing(entry(t).id, t, b"{}") for t in types]) == []
        await publisher.close()
    assert opened == 1


@asynccontextmanager
async def silent_broker(
    is_called: Callable[[], None] = lambda: None,
) -> AsyncIterator[tuple[str, Callers]]:
    """Listen, and say nothing; yields the URL and the connections that are open."""
    callers: Callers = set()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_called()
        callers.add(writer)
        while await reader.read(1024):
            pass
        callers.discard(writer)
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"amqp://guest:guest@127.0.0.1:{port}/", callers


async def _are(callers: Callers, count: int) -> bool:
    return len(callers) == count

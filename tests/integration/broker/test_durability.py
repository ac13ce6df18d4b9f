"""What the embedded broker confirmed it still has after kill -9 (embedded only)."""

import asyncio
import itertools
import os
import random
import signal
import sys
from pathlib import Path

import aio_pika
import pytest
from pamqp import commands

from shared.embedded import journal as journal_module
from shared.embedded.broker import EmbeddedBroker
from shared.embedded.broker_frames import Message, encode_header
from shared.embedded.journal import Journal, JournalError

DURABLE = {"durable": True, "arguments": {"x-queue-type": "quorum", "x-delivery-limit": 1000}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broker.journal"


class BrokerProcess:
    """`python -m shared.embedded.broker`, to be killed."""

    def __init__(self, path: Path) -> None:
        self._command = (sys.executable, "-m", "shared.embedded.broker", "--journal", str(path))
        self.process: asyncio.subprocess.Process

    async def start(self) -> str:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*self._command, stdout=pipe)
        assert self.process.stdout
        return (await self.process.stdout.readline()).decode().strip()

    async def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        self.process.send_signal(how)
        return await self.process.wait()


async def publish_until_cut_off(url: str, confirmed: set[bytes], numbers) -> None:
    """Publish as fast as confirms come, and note each confirmed body."""
    connection = await aio_pika.connect(url)
    channel = await connection.channel()

    async def publish() -> None:
        for number in numbers:
            body = b"%d" % number
            await channel.default_exchange.publish(aio_pika.Message(body, delivery_mode=2), "work")
            confirmed.add(body)

    await asyncio.gather(*(publish() for _ in range(20)), return_exceptions=True)
    await connection.close()


async def drain(url: str) -> list[aio_pika.abc.AbstractIncomingMessage]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("work")
        drained = []
        while message := await queue.get(fail=False):
            drained.append(message)
            await message.ack()
        return drained


@pytest.mark.parametrize("seed", range(3))
async def test_kill_9_loses_no_confirmed_message(path, seed):
    broker, confirmed, numbers = BrokerProcess(path), set(), itertools.count()
    url = await broker.start()
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).declare_queue("work", **DURABLE)
    for _ in range(2):
        publishing = asyncio.create_task(publish_until_cut_off(url, confirmed, numbers))
        enough = len(confirmed) + random.Random(seed).randrange(1, 400)
        while len(confirmed) < enough:  # noqa: ASYNC110 - it must die in the midst of it
            await asyncio.sleep(0)
        assert await broker.end() == -signal.SIGKILL
        await publishing
        url = await broker.start()
    drained = await drain(url)
    await broker.end()
    assert confirmed <= {m.body for m in drained}
    assert len(drained) == len({m.body for m in drained})
    assert all(m.redelivered for m in drained)


async def test_acknowledged_messages_stay_away_after_kill_9(path):
    broker = BrokerProcess(path)
    url = await broker.start()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("work", **DURABLE)
        for number in range(10):
            message = aio_pika.Message(b"%d" % number)
            await channel.default_exchange.publish(message, "work")
        for _ in range(6):
            await (await queue.get()).ack()
        await channel.declare_queue("work", passive=True)  # so the acks have been read
    await broker.end()
    drained = await drain(await broker.start())
    await broker.end()
    assert [m.body for m in drained] == [b"6", b"7", b"8", b"9"]


async def test_topology_survives_and_so_does_its_deletion(path):
    broker = EmbeddedBroker(path)
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel()
        kept = await channel.declare_queue("kept", **DURABLE)
        dropped = await channel.declare_queue("dropped", **DURABLE)
        fleeting = await channel.declare_queue("fleeting")
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        for queue in (kept, dropped, fleeting):
            await queue.bind(exchange, "a.*")
        await kept.bind(exchange, "b.*")
        await kept.unbind(exchange, "b.*")
        await exchange.publish(aio_pika.Message(b"!"), "a.b")
        await dropped.delete(if_empty=False)
    await broker.stop()

    broker = EmbeddedBroker(path)
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel(on_return_raises=True)
        found = await channel.declare_queue("kept", **DURABLE)
        assert found.declaration_result.message_count == 1
        events = await channel.declare_exchange("events", "topic", durable=True)
        await events.publish(aio_pika.Message(b"!"), "a.c")
        with pytest.raises(aio_pika.exceptions.DeliveryError):
            await events.publish(aio_pika.Message(b"!"), "b.c")
        for gone in ("dropped", "fleeting"):
            with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
                await (await connection.channel()).declare_queue(gone, passive=True)
    await broker.stop()


async def test_a_dead_letter_is_in_one_place_after_a_restart(path):
    broker = EmbeddedBroker(path)
    fuse = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel()
        await channel.declare_queue("dead", durable=True)
        work = await channel.declare_queue("work", durable=True, arguments=fuse)
        await channel.default_exchange.publish(aio_pika.Message(b"!"), "work")
        await (await work.get()).reject(requeue=False)
    await broker.stop()

    broker = EmbeddedBroker(path)
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel()
        dead = await channel.declare_queue("dead", passive=True)
        work = await channel.declare_queue("work", passive=True)
        assert dead.declaration_result.message_count == 1
        assert work.declaration_result.message_count == 0
    await broker.stop()


async def test_a_dead_letter_with_nowhere_to_go_is_kept_and_offered_again(path):
    broker = EmbeddedBroker(path)
    arguments = {"x-dead-letter-exchange": "gone", "x-dead-letter-strategy": "at-least-once"}
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel()
        work = await channel.declare_queue("work", durable=True, arguments=arguments)
        await channel.default_exchange.publish(aio_pika.Message(b"!"), "work")
        await (await work.get()).reject(requeue=False)
    await broker.stop()

    broker = EmbeddedBroker(path)
    assert [m.body for m in await drain(await broker.start())] == [b"!"]
    await broker.stop()


def message_of(body: bytes) -> Message:
    return Message("", "work", encode_header(commands.Basic.Properties(), len(body)), body)


def write_journal(path: Path, bodies: list[bytes]) -> list[int]:
    """Write one message per commit; return the file's size after each."""
    journal, sizes = Journal(path), []
    journal.load()
    journal.start(list)
    for body in bodies:
        journal.keep("work", message_of(body))
        journal.commit()
        sizes.append(path.stat().st_size)
    journal.close()
    return sizes


def bodies_in(path: Path) -> list[bytes]:
    journal = Journal(path)
    journal.load()
    journal.close()
    return [message.body for _, message in journal.messages.values()]


def test_a_torn_last_record_is_cut_off(path):
    _, second, third = write_journal(path, [b"one", b"two", b"three"])
    content = path.read_bytes()
    assert bodies_in(path) == [b"one", b"two", b"three"]
    for size in range(second, third):
        path.write_bytes(content[:size])
        assert bodies_in(path) == [b"one", b"two"]


def test_a_record_with_a_wrong_bit_is_cut_off(path):
    _, second, third = write_journal(path, [b"one", b"two", b"three"])
    content = path.read_bytes()
    for position in range(second, third):
        path.write_bytes(
            content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        )
        assert bodies_in(path) == [b"one", b"two"]


def test_a_file_cut_off_within_its_first_line_is_empty(path):
    write_journal(path, [b"one"])
    path.write_bytes(path.read_bytes()[:5])
    assert bodies_in(path) == []


def test_something_else_than_a_journal_is_left_alone(path):
    path.write_bytes(b"dear diary, today I wrote more than twenty bytes")
    with pytest.raises(JournalError, match="not a journal"):
        bodies_in(path)
    assert path.read_bytes().startswith(b"dear diary")


async def test_two_brokers_cannot_share_a_journal(path):
    broker = EmbeddedBroker(path)
    await broker.start()
    with pytest.raises(JournalError, match="in use"):
        await EmbeddedBroker(path).start()
    await broker.stop()


async def test_a_broker_whose_port_is_taken_lets_go_of_its_journal(path, embedded_url):
    port = int(embedded_url.strip("/").rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        await EmbeddedBroker(path, port).start()
    broker = EmbeddedBroker(path)
    await broker.start()
    await broker.stop()


async def test_the_file_does_not_grow_with_what_is_dead(path, monkeypatch):
    monkeypatch.setattr(journal_module, "_COMPACT_FROM_BYTES", 50_000)
    broker = EmbeddedBroker(path)
    async with await aio_pika.connect(await broker.start()) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("work", **DURABLE)
        exchange = channel.default_exchange
        await exchange.publish(aio_pika.Message(b"stays"), "work")
        first = await queue.get()
        largest = 0
        for _ in range(300):
            await exchange.publish(aio_pika.Message(b"x" * 1000), "work")
            await (await queue.get()).ack()
            largest = max(largest, path.stat().st_size)
        assert not first.processed
    await broker.stop()
    assert largest < 60_000
    assert bodies_in(path) == [b"stays"]


async def test_a_disk_that_refuses_confirms_nothing_and_stops_the_broker(path, monkeypatch):
    broker = EmbeddedBroker(path)
    connection = await aio_pika.connect(await broker.start())
    channel = await connection.channel()
    await channel.declare_queue("work", **DURABLE)

    def refuse(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(journal_module.os, "fsync", refuse)
    with pytest.raises((aio_pika.exceptions.AMQPError, asyncio.CancelledError, ConnectionError)):
        await channel.default_exchange.publish(aio_pika.Message(b"!"), "work")
    await asyncio.wait_for(broker.failed.wait(), 10)
    await connection.close()
    await broker.stop()

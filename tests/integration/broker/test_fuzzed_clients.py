"""Seeded nonsense on the socket harms nobody (embedded only)."""

import random

import aio_pika
import pytest
import structlog
from pamqp import commands, frame, header
from pamqp.body import ContentBody

from tests.support.raw_amqp import RawClient, handshake


def valid_session() -> list[bytes]:
    """Everything a client may say, frame by frame."""
    properties = commands.Basic.Properties(message_id="m", headers={"a": 1, "b": {"c": [2, "d"]}})
    arguments = {"x-queue-type": "quorum", "x-dead-letter-exchange": "fuse"}
    return [
        frame.marshal(value, 1)
        for value in (
            commands.Confirm.Select(),
            commands.Exchange.Declare(0, "fuzzed", "topic", durable=True),
            commands.Queue.Declare(0, "fuzzed", durable=True, arguments=arguments),
            commands.Queue.Bind(0, "fuzzed", "fuzzed", routing_key="a.#"),
            commands.Basic.Qos(0, 3),
            commands.Basic.Publish(0, "fuzzed", "a.b", mandatory=True),
            header.ContentHeader(0, 5, properties),
            ContentBody(b"hello"),
            commands.Basic.Get(0, "fuzzed"),
            commands.Basic.Nack(1, requeue=True),
            commands.Basic.Consume(0, "fuzzed", "tag"),
            commands.Basic.Ack(0, multiple=True),
            commands.Basic.Cancel("tag"),
            commands.Queue.Unbind(0, "fuzzed", "fuzzed", "a.#"),
            commands.Queue.Purge(0, "fuzzed"),
            commands.Channel.Close(200, "bye", 0, 0),
        )
    ]


def spoil(frames: list[bytes], chance: random.Random) -> bytes:
    """Harm a valid session in one of the ways a broken or hostile client would."""
    frames = list(frames)
    match chance.randrange(6):
        case 0:
            chance.shuffle(frames)
        case 1:
            frames.insert(chance.randrange(len(frames)), chance.randbytes(chance.randrange(200)))
        case 2:
            del frames[chance.randrange(len(frames))]
        case 3:  # keeps the framing, so that the arguments of methods are hit
            at = chance.randrange(len(frames))
            payload = bytearray(frames[at])
            for _ in range(chance.randrange(1, 4)):
                payload[chance.randrange(7, max(8, len(payload) - 1))] = chance.randrange(256)
            frames[at] = bytes(payload)
        case 4:
            data = bytearray(b"".join(frames))
            for _ in range(chance.randrange(1, 10)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(data)
        case _:
            data = b"".join(frames)
            return data[: chance.randrange(len(data))]
    return b"".join(frames)


@pytest.mark.parametrize("seed", range(3))
async def test_fuzzed_clients_harm_nobody(embedded_url, seed):
    chance = random.Random(seed)
    async with await aio_pika.connect(embedded_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        queue = await channel.declare_queue("healthy", durable=True)
        with structlog.testing.capture_logs() as logged:
            for number in range(150):
                client = await RawClient.connect(embedded_url)
                start = handshake() if chance.random() < 0.8 else chance.randbytes(30)
                client.write(start + spoil(valid_session(), chance))
                body = b"%d" % number
                await channel.default_exchange.publish(aio_pika.Message(body), "healthy")
                message = await queue.get(timeout=10)
                assert message.body == body
                await message.ack()
                await client.close()
        assert [entry for entry in logged if entry["log_level"] == "error"] == []

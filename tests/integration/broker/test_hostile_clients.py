"""Whatever one client does, it is told so by code and nobody else notices (embedded only)."""

import struct
from decimal import Decimal

import aio_pika
import pytest
from pamqp import commands, frame, header
from pamqp.body import ContentBody
from pamqp.heartbeat import Heartbeat

from shared.embedded import broker_connection
from tests.support.raw_amqp import GREETING, RawClient, handshake

PUBLISH = commands.Basic.Publish(0, "", "work")


def queue_with(arguments: dict[str, object]) -> bytes:
    return frame.marshal(commands.Queue.Declare(0, "q", durable=True, arguments=arguments), 1)


@pytest.fixture
async def client(embedded_url):
    client = await RawClient.open(embedded_url)
    yield client
    await client.close()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x01\x00\x01\x7f\xff\xff\xff", 501),  # a frame of 2 GiB
        (b"\x09\x00\x01\x00\x00\x00\x01x\xce", 501),  # a frame of no known type
        (b"\x01\x00\x01\x00\x00\x00\x04\x00\x0a\x00\x0b\xcf", 501),  # a wrong end
        (b"\x01\x00\x01\x00\x00\x00\x04\x00\x0a\xff\xff\xce", 502),  # a method of no known number
        (b"\x01\x00\x01\x00\x00\x00\x00\xce", 502),  # a method without anything
        (frame.marshal(commands.Queue.Declare(0, "q"), 1)[:-4] + b"\xff\xff\xff\xce", 502),
        (frame.marshal(commands.Queue.Declare(0, "q"), 7), 504),  # a channel that is not open
        (frame.marshal(commands.Channel.Open(), 1), 504),  # one that is
        (frame.marshal(commands.Queue.Declare(0, "q"), 0), 503),  # the channel of the connection
        (frame.marshal(ContentBody(b"?"), 1), 505),  # a body of nothing
        (frame.marshal(PUBLISH, 1) + frame.marshal(PUBLISH, 1), 505),  # one message in another
        (frame.marshal(commands.Tx.Select(), 1), 540),
        (frame.marshal(commands.Basic.Publish(0, "", "work", False, True), 1), 540),
        (frame.marshal(commands.Queue.Declare(0, "q", exclusive=True), 1), 540),
        (queue_with({"x-message-ttl": 5}), 540),
        (queue_with({"x-queue-type": "stream"}), 540),
        (frame.marshal(commands.Exchange.Declare(0, "e", "headers"), 1), 503),
    ],
)
async def test_what_cannot_be_understood_or_done_closes_the_connection(client, sent, code):
    client.write(sent)
    assert await client.code_when_closed() == code


@pytest.mark.parametrize(
    "sent",
    [
        queue_with({"x-overflow": "UTF8"}).replace(b"UTF8", b"\xff\xff\xff\xff"),
        queue_with({"x-overflow": {"a": "table"}}),
        queue_with({"x-delivery-limit": "many"}),
        queue_with({"x-dead-letter-exchange": 5}),
        queue_with({"x-dead-letter-exchange": "e" * 200}),
    ],
)
async def test_arguments_that_cannot_be_used_are_refused(client, sent):
    client.write(sent)
    assert await client.code_when_closed() == 406


async def test_properties_that_fill_a_frame_are_refused(client):
    client.say(PUBLISH)
    properties = commands.Basic.Properties(headers={"a": "x" * 100_000})
    client.say(header.ContentHeader(0, 1, properties), ContentBody(b"!"))
    assert await client.code_when_closed() == 406


async def test_a_header_that_cannot_be_written_twice_does_not_stop_its_queue(client):
    properties = commands.Basic.Properties(headers={"odd": Decimal("-1.5")})
    client.say(commands.Queue.Declare(0, "work"), PUBLISH)
    client.say(header.ContentHeader(0, 1, properties), ContentBody(b"!"))
    client.say(commands.Basic.Get(0, "work"))
    while not isinstance(await client.receive(), commands.Basic.GetOk):
        pass
    client.say(commands.Basic.Nack(1), commands.Basic.Consume(0, "work", "tag"))
    while not isinstance(delivered := await client.receive(), commands.Basic.Deliver):
        pass
    assert delivered.redelivered


async def test_a_table_nested_too_deep_is_malformed(client):
    table = b""
    for _ in range(5_000):
        table = b"\x01kF" + struct.pack(">I", len(table)) + table
    properties = struct.pack(">HHQH", 60, 0, 1, 0x2000) + struct.pack(">I", len(table)) + table
    client.say(PUBLISH)
    client.write(struct.pack(">BHI", 2, 1, len(properties)) + properties + b"\xce")
    assert await client.code_when_closed() == 502


async def test_a_body_over_the_limit_closes_the_channel_before_it_is_sent(client):
    client.say(PUBLISH, header.ContentHeader(0, 1024 * 1024 + 1))
    assert await client.code_when_closed() == 406
    client.say(commands.Channel.CloseOk(), commands.Channel.Open())
    assert isinstance(await client.receive(), commands.Channel.OpenOk)


async def test_a_body_longer_than_announced_is_refused(client):
    client.say(PUBLISH, header.ContentHeader(0, 2), ContentBody(b"three"))
    assert await client.code_when_closed() == 505


async def test_what_follows_on_a_channel_that_was_closed_is_ignored(client):
    client.say(
        commands.Queue.Declare(0, "nowhere", passive=True),
        commands.Queue.Declare(0, "made-too-late"),
        PUBLISH,
    )
    assert await client.code_when_closed() == 404
    client.say(commands.Channel.CloseOk(), commands.Channel.Open())
    client.say(commands.Queue.Declare(0, "made-too-late", passive=True))
    assert await client.code_when_closed() == 404


async def test_one_client_cannot_open_channels_without_end(client):
    for number in range(2, 70):
        client.say(commands.Channel.Open(), channel=number)
    assert await client.code_when_closed() == 530


async def test_another_virtual_host_is_refused(embedded_url):
    client = await RawClient.connect(embedded_url)
    client.write(handshake(virtual_host="other"))
    assert await client.code_when_closed() == 530
    await client.close()


async def test_another_protocol_is_told_which_one_we_speak(embedded_url):
    client = await RawClient.connect(embedded_url)
    client.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await client.reader.read() == GREETING
    await client.close()


async def test_a_client_that_never_says_who_it_is_is_cut_off(embedded_url, monkeypatch):
    monkeypatch.setattr(broker_connection, "_HANDSHAKE_SECONDS", 0.01)
    client = await RawClient.connect(embedded_url)
    client.write(GREETING)
    assert await client.is_cut_off()
    await client.close()


async def test_heartbeats_are_sent_and_a_client_that_sends_none_is_cut_off(
    embedded_url, monkeypatch
):
    monkeypatch.setattr(broker_connection, "_SILENT_TICKS_MAX", 2)
    client = await RawClient.open(embedded_url, heartbeat=1)
    assert isinstance(await client.receive(), Heartbeat)
    assert await client.is_cut_off()
    await client.close()


async def test_a_client_that_does_not_read_is_sent_no_more_than_it_can_take(embedded_url):
    client = await RawClient.open(embedded_url)
    client.say(commands.Queue.Declare(0, "work"), commands.Basic.Consume(0, "work", no_ack=True))
    async with await aio_pika.connect(embedded_url) as connection:
        channel = await connection.channel()
        for _ in range(200):
            message = aio_pika.Message(b"x" * 100_000)
            await channel.default_exchange.publish(message, "work")
        found = await channel.declare_queue("work", passive=True)
        assert found.declaration_result.message_count > 50  # of 20 MB, most stays in the queue
    bodies = 0
    while bodies < 200:
        bodies += isinstance(await client.receive(), ContentBody)
    await client.close()

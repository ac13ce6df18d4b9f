import asyncio

import aio_pika
import aiormq
import pytest


async def test_every_publish_is_confirmed_and_in_the_queue(bench):
    await bench.queue()
    channel = await bench.channel()
    confirmations = await asyncio.gather(
        *(
            channel.default_exchange.publish(
                aio_pika.Message(b"%d" % i, message_id=str(i), delivery_mode=2), bench.name("work")
            )
            for i in range(200)
        )
    )
    assert {type(c).__name__ for c in confirmations} == {"Ack"}
    await bench.count_becomes(200)


async def test_messages_of_one_publisher_keep_their_order(bench, inbox):
    queue = await bench.queue()
    for i in range(20):
        await bench.publish(b"%d" % i)
    await queue.consume(inbox)
    assert [m.body for m in await inbox.take(20)] == [b"%d" % i for i in range(20)]


@pytest.mark.parametrize("size", [0, 1, 131_064, 131_065, 400_000])
async def test_a_body_of_any_size_arrives_whole(bench, size):
    queue = await bench.queue()
    body = bytes(i % 251 for i in range(size))
    await bench.publish(body)
    message = await queue.get(timeout=10)
    assert message.body == body


async def test_properties_and_headers_arrive_as_they_were_sent(bench):
    queue = await bench.queue()
    await bench.publish(
        b"{}",
        message_id="m-1",
        correlation_id="c-1",
        content_type="application/json",
        type="application.submitted.v1",
        headers={"traceparent": "00-1", "attempts": 3, "nested": {"deep": [1, "two", None]}},
    )
    message = await queue.get(timeout=10)
    assert (message.message_id, message.correlation_id) == ("m-1", "c-1")
    assert (message.content_type, message.type) == ("application/json", "application.submitted.v1")
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert message.headers["nested"] == {"deep": [1, "two", None]}
    assert (message.headers["attempts"], message.redelivered) == (3, False)


async def test_a_mandatory_message_that_nobody_hears_comes_back(bench):
    exchange = await bench.exchange("events")
    with pytest.raises(aio_pika.exceptions.DeliveryError) as caught:
        await exchange.publish(aio_pika.Message(b"?", message_id="1"), "nobody.hears")
    assert isinstance(caught.value.frame, aiormq.spec.Basic.Return)
    assert (caught.value.frame.reply_code, caught.value.frame.reply_text) == (312, "NO_ROUTE")
    assert caught.value.message.body == b"?"


async def test_a_message_that_nobody_hears_is_confirmed_if_it_is_not_mandatory(bench):
    exchange = await bench.exchange("events")
    message = aio_pika.Message(b"?")
    confirmation = await exchange.publish(message, "nobody.hears", mandatory=False)
    assert isinstance(confirmation, aiormq.spec.Basic.Ack)


async def test_publishing_to_a_missing_exchange_closes_the_channel(bench):
    channel = await bench.channel()
    exchange = await channel.get_exchange("nowhere", ensure=False)
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity, match="no exchange 'nowhere'"):
        await exchange.publish(aio_pika.Message(b"?"), "key")
    assert (await bench.channel()).is_initialized


async def test_the_alternate_exchange_gets_what_no_binding_matches(bench):
    await bench.exchange("unrouted", "fanout")
    exchange = await bench.exchange("careers", alternate="unrouted")
    right, wrong = await bench.queue("right"), await bench.queue("wrong")
    await right.bind(exchange, "application.submitted.v1")
    await wrong.bind(bench.name("unrouted"))
    await exchange.publish(aio_pika.Message(b"typed"), "application.submitted.v1")
    await exchange.publish(aio_pika.Message(b"mistyped"), "aplication.submitted.v1")
    assert (await right.get(timeout=10)).body == b"typed"
    misled = await wrong.get(timeout=10)
    assert (misled.body, misled.routing_key) == (b"mistyped", "aplication.submitted.v1")
    assert await right.get(fail=False) is None


async def test_a_forged_user_id_is_refused(bench):
    await bench.queue()
    with pytest.raises(aiormq.exceptions.ChannelPreconditionFailed):
        await bench.publish(b"?", user_id="somebody-else")

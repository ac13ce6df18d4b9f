import asyncio

import aiormq
import pytest


async def test_a_passive_declare_tells_messages_and_consumers(bench, inbox):
    channel = await bench.channel()
    await channel.set_qos(prefetch_count=1)
    queue = await bench.queue(channel=channel)
    for _ in range(3):
        await bench.publish(b"!")
    await queue.consume(inbox)
    await inbox.next()
    await bench.count_becomes(2)
    found = await (await bench.channel()).declare_queue(bench.name("work"), passive=True)
    assert found.declaration_result.consumer_count == 1


async def test_a_passive_declare_of_a_missing_queue_closes_the_channel(bench):
    channel = await bench.channel()
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity, match="NOT_FOUND - no queue"):
        await channel.declare_queue("nowhere", passive=True)


async def test_a_passive_declare_of_a_missing_exchange_closes_the_channel(bench):
    channel = await bench.channel()
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity, match="NOT_FOUND - no exchange"):
        await channel.declare_exchange("nowhere", passive=True)


async def test_declaring_the_same_again_changes_nothing(bench):
    await bench.queue(x_delivery_limit=3)
    await bench.publish(b"!")
    await bench.queue(x_delivery_limit=3)
    await bench.exchange("events")
    await bench.exchange("events")
    await bench.count_becomes(1)


async def test_declaring_a_queue_again_with_other_arguments_is_refused(bench):
    await bench.queue(x_delivery_limit=3)
    with pytest.raises(
        aiormq.exceptions.ChannelPreconditionFailed,
        match="PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue",
    ):
        await bench.queue(x_delivery_limit=4)


async def test_declaring_an_exchange_again_with_another_type_is_refused(bench):
    await bench.exchange("events", "topic")
    with pytest.raises(
        aiormq.exceptions.ChannelPreconditionFailed, match="inequivalent arg 'type' for exchange"
    ):
        await bench.exchange("events", "direct")


async def test_an_unknown_exchange_type_is_refused(bench):
    connection = await aiormq.connect(bench.url)
    channel = await connection.channel()
    refusals = (
        aiormq.exceptions.ChannelPreconditionFailed,  # RabbitMQ 4 closes the channel
        aiormq.exceptions.ConnectionClosed,  # RabbitMQ 3, and we, the connection
    )
    with pytest.raises(refusals, match="unknown exchange type"):
        await channel.exchange_declare(bench.name("odd"), exchange_type="x-odd")
    await connection.close()
    assert (await bench.channel()).is_initialized


async def test_binding_to_what_is_missing_is_refused(bench):
    queue = await bench.queue()
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
        await queue.bind("nowhere", "key")


async def test_nothing_can_be_bound_to_the_default_exchange(bench):
    queue = await bench.queue()
    with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
        await queue.bind("", "key")


async def test_purge_drops_what_waits(bench):
    queue = await bench.queue()
    for _ in range(3):
        await bench.publish(b"!")
    await bench.count_becomes(3)
    assert (await queue.purge()).message_count == 3
    assert await bench.count() == 0


async def test_deleting_a_queue_tells_its_consumers(bench, inbox):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    cancelled = asyncio.Event()
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: cancelled.set())
    await queue.consume(inbox)
    await (await bench.channel()).queue_delete(queue.name)
    await asyncio.wait_for(cancelled.wait(), 10)
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
        await bench.count()


async def test_deleting_what_is_not_there_is_fine(bench):
    channel = await bench.channel()
    await channel.queue_delete(bench.name("never"))
    await channel.exchange_delete(bench.name("never"))

import asyncio
from collections import Counter

import aio_pika
import aiormq
import pytest
from aiormq import spec

PATIENCE_SECONDS = 60


async def test_prefetch_bounds_what_a_consumer_holds(bench, inbox):
    channel = await bench.channel()
    await channel.set_qos(prefetch_count=2)
    queue = await bench.queue(channel=channel)
    for i in range(5):
        await bench.publish(b"%d" % i)
    await queue.consume(inbox)
    first, _ = await inbox.take(2)
    await bench.count_becomes(3)
    assert inbox.is_empty
    await first.ack()
    assert (await inbox.next()).body == b"2"
    await bench.count_becomes(2)


async def test_consumers_of_a_queue_share_its_messages(bench, new_inbox):
    inboxes = [new_inbox(), new_inbox()]
    for inbox in inboxes:
        channel = await bench.channel()
        await channel.set_qos(prefetch_count=5)
        await (await bench.queue(channel=channel)).consume(inbox)
    for i in range(10):
        await bench.publish(b"%d" % i)
    bodies = [m.body for inbox in inboxes for m in await inbox.take(5)]
    assert sorted(bodies) == [b"%d" % i for i in range(10)]


async def test_ack_multiple_settles_everything_up_to_its_tag(bench, inbox):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    for i in range(5):
        await bench.publish(b"%d" % i)
    await queue.consume(inbox)
    messages = await inbox.take(5)
    await messages[3].ack(multiple=True)
    await channel.close()
    await bench.count_becomes(1)
    assert (await (await bench.queue()).get(timeout=10)).body == b"4"


async def test_an_unknown_delivery_tag_closes_the_channel_and_gives_back_its_messages(
    bench, inbox
):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    await bench.publish(b"!")
    await queue.consume(inbox)
    await inbox.next()
    underlay = await channel.get_underlay_channel()
    await underlay.basic_ack(99)
    with pytest.raises(
        aiormq.exceptions.ChannelPreconditionFailed, match="unknown delivery tag 99"
    ):
        await asyncio.wait_for(asyncio.shield(underlay.closing), PATIENCE_SECONDS)
    again = await (await bench.queue()).get(timeout=PATIENCE_SECONDS)
    assert (again.body, again.redelivered) == (b"!", True)


async def test_a_tag_cannot_be_settled_twice(bench):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    await bench.publish(b"!")
    message = await queue.get(timeout=10)
    underlay = await channel.get_underlay_channel()
    await underlay.basic_ack(message.delivery_tag)
    await underlay.basic_ack(message.delivery_tag)
    with pytest.raises(aiormq.exceptions.ChannelPreconditionFailed):
        await asyncio.wait_for(asyncio.shield(underlay.closing), PATIENCE_SECONDS)


async def test_a_lost_connection_gives_messages_back_flagged_counted_and_in_order(bench, inbox):
    await bench.queue()
    for i in range(3):
        await bench.publish(b"%d" % i)
    lost = await aiormq.connect(bench.url)
    channel = await lost.channel()
    received = asyncio.Queue()
    await channel.basic_consume(bench.name("work"), received.put)
    first = await asyncio.wait_for(received.get(), PATIENCE_SECONDS)
    assert (first.redelivered, "x-delivery-count" in (first.header.properties.headers or {})) == (
        False,
        False,
    )
    for _ in range(2):
        await asyncio.wait_for(received.get(), PATIENCE_SECONDS)
    lost._writer_task.cancel()  # as a worker that dies: no goodbye
    await (await bench.queue()).consume(inbox)
    messages = await inbox.take(3)
    assert [m.body for m in messages] == [b"0", b"1", b"2"]
    assert {(m.redelivered, m.headers["x-delivery-count"]) for m in messages} == {(True, 1)}
    await lost.close()


async def test_requeued_messages_come_before_new_ones(bench, inbox):
    channel = await bench.channel()
    await channel.set_qos(prefetch_count=2)
    queue = await bench.queue(channel=channel, x_delivery_limit=5)  # else RabbitMQ puts them last
    for i in range(4):
        await bench.publish(b"%d" % i)
    tag = await queue.consume(inbox)
    messages = await inbox.take(2)
    await queue.cancel(tag)
    for message in messages:
        await message.nack(requeue=True)
    await bench.count_becomes(4)
    got = [await queue.get(timeout=10) for _ in range(4)]
    assert [m.body for m in got] == [b"0", b"1", b"2", b"3"]
    assert [m.headers.get("x-delivery-count") or 0 for m in got] == [1, 1, 0, 0]


@pytest.mark.parametrize("answer", ["nack", "reject"])
async def test_the_delivery_limit_ends_in_the_dead_letter_exchange(bench, inbox, answer):
    exchange = await bench.exchange("fuse", "direct")
    dead = await bench.queue("dead")
    await dead.bind(exchange, "from-work")
    queue = await bench.queue(
        x_delivery_limit=3,
        x_dead_letter_exchange=bench.name("fuse"),
        x_dead_letter_routing_key="from-work",
        x_dead_letter_strategy="at-least-once",
        x_overflow="reject-publish",
    )
    await bench.publish(b"poison", message_id="p", headers={"own": "kept"})
    await queue.consume(inbox)
    counts = []
    for _ in range(4):
        message = await inbox.next()
        counts.append(message.headers.get("x-delivery-count"))
        await getattr(message, answer)(requeue=True)
    assert counts == [None, 1, 2, 3]
    await bench.count_becomes(1, "dead")
    buried = await dead.get(timeout=10)
    assert (buried.body, buried.message_id, buried.headers["own"]) == (b"poison", "p", "kept")
    death = buried.headers["x-death"][0]
    assert (death["queue"], death["reason"], death["count"]) == (
        bench.name("work"),
        "delivery_limit",
        1,
    )
    assert (death["exchange"], death["routing-keys"]) == ("", [bench.name("work")])
    assert buried.headers["x-first-death-reason"] == "delivery_limit"
    assert (buried.exchange, buried.routing_key) == (bench.name("fuse"), "from-work")
    assert not buried.redelivered
    assert not buried.headers.get("x-delivery-count")  # RabbitMQ says 0, we say nothing


async def test_a_rejected_message_is_dead_lettered_under_its_own_key(bench, inbox):
    exchange = await bench.exchange("fuse", "fanout")
    dead = await bench.queue("dead")
    await dead.bind(exchange)
    queue = await bench.queue(x_dead_letter_exchange=bench.name("fuse"))
    await bench.publish(b"!")
    await queue.consume(inbox)
    await (await inbox.next()).reject(requeue=False)
    await bench.count_becomes(1, "dead")
    buried = await dead.get(timeout=10)
    assert buried.routing_key == bench.name("work")
    assert buried.headers["x-death"][0]["reason"] == "rejected"


async def test_deaths_of_one_kind_are_counted(bench, inbox):
    exchange = await bench.exchange("fuse", "direct")
    work = await bench.queue(x_dead_letter_exchange=bench.name("fuse"))
    await work.bind(exchange, bench.name("work"))  # dead letters come back to the queue
    await bench.publish(b"!")
    await work.consume(inbox)
    await (await inbox.next()).reject(requeue=False)
    await (await inbox.next()).reject(requeue=False)
    third = await inbox.next()
    assert [d["count"] for d in third.headers["x-death"]] == [1, 1] or [
        d["count"] for d in third.headers["x-death"]
    ] == [2]
    await third.ack()


async def test_a_rejected_message_without_dead_letter_exchange_is_gone(bench, inbox):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    await bench.publish(b"!")
    await queue.consume(inbox)
    await (await inbox.next()).reject(requeue=False)
    await channel.close()
    assert await bench.count() == 0


async def test_a_cancelled_consumer_is_given_nothing_more_but_may_still_ack(bench, inbox):
    queue = await bench.queue()
    await bench.publish(b"before")
    tag = await queue.consume(inbox)
    message = await inbox.next()
    await queue.cancel(tag)
    await bench.publish(b"after")
    await bench.count_becomes(1)
    await message.ack()
    assert inbox.is_empty


async def test_get_answers_with_a_message_or_with_none(bench):
    queue = await bench.queue()
    assert await queue.get(fail=False) is None
    await bench.publish(b"!")
    message = await queue.get(timeout=10)
    assert (message.body, message.redelivered) == (b"!", False)
    await message.ack()
    assert await queue.get(fail=False) is None


async def test_consuming_without_acknowledgement_settles_at_once(bench, inbox):
    channel = await bench.channel()
    queue = await bench.queue(channel=channel)
    await bench.publish(b"!")
    await queue.consume(inbox, no_ack=True)
    assert (await inbox.next()).body == b"!"
    await channel.close()
    assert await bench.count() == 0


async def test_consuming_a_missing_queue_closes_the_channel(bench, inbox):
    channel = await bench.channel()
    underlay = await channel.get_underlay_channel()
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
        await underlay.basic_consume("nowhere", inbox)


async def test_a_global_prefetch_is_not_for_these_queues(bench, inbox):
    connection = await aiormq.connect(bench.url)
    channel = await connection.channel()
    await bench.queue()

    async def consume_with_a_global_prefetch() -> None:
        await channel.rpc(spec.Basic.Qos(prefetch_count=1, global_=True))  # refused by us here,
        await channel.basic_consume(bench.name("work"), inbox)  # by RabbitMQ here

    with pytest.raises(aiormq.exceptions.ConnectionClosed, match="NOT_IMPLEMENTED"):
        await consume_with_a_global_prefetch()
    await connection.close()


async def test_messages_survive_many_connections_at_once(bench, new_inbox):
    await bench.queue()
    seen: Counter[bytes] = Counter()
    connections = [await aio_pika.connect(bench.url) for _ in range(5)]
    done = asyncio.Event()

    async def count(message):
        seen[message.body] += 1
        await message.ack()
        if len(seen) == 100:
            done.set()

    for connection in connections:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=3)
        await (await bench.queue(channel=channel)).consume(count)
    channel = await bench.channel()
    await asyncio.gather(
        *(
            channel.default_exchange.publish(aio_pika.Message(b"%d" % i), bench.name("work"))
            for i in range(100)
        )
    )
    await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)
    for connection in connections:
        await connection.close()
    assert set(seen.values()) == {1}

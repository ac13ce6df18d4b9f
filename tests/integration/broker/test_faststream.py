import asyncio

from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue
from faststream.rabbit.schemas import ExchangeType


async def test_a_faststream_worker_without_the_right_to_declare_works(bench):
    exchange = await bench.exchange("events")
    queue = await bench.queue(x_delivery_limit=5)
    await queue.bind(exchange, "a.b")
    broker = RabbitBroker(
        bench.url,
        default_channel=Channel(on_return_raises=True),
        logger=None,
        graceful_timeout=5,
    )
    events = RabbitExchange(bench.name("events"), type=ExchangeType.TOPIC, declare=False)
    work = RabbitQueue(bench.name("work"), declare=False)
    seen: list[tuple[object, bool | None]] = []
    done = asyncio.Event()

    @broker.subscriber(
        work, events, ack_policy=AckPolicy.MANUAL, channel=Channel(prefetch_count=10)
    )
    async def work_on(body: dict[str, int], message: RabbitMessage) -> None:
        raw = message.raw_message
        seen.append((body["number"], raw.redelivered))
        if body["number"] == 3 and not raw.redelivered:
            await message.nack(requeue=True)
        else:
            await message.ack()
        if len(seen) == 11:
            done.set()

    async with broker:
        await broker.start()
        for number in range(10):
            await broker.publish(
                {"number": number}, exchange=events, routing_key="a.b", persist=True
            )
        await asyncio.wait_for(done.wait(), 10)
    assert sorted(seen) == sorted([(n, False) for n in range(10)] + [(3, True)])
    assert await bench.count() == 0

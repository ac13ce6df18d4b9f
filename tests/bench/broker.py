"""What the broker takes by itself: the part of every latency that nobody's worker can save."""

import asyncio
from statistics import median
from typing import Any, Final

import aio_pika

from shared import clock
from tests.bench.ground import Ground

_QUEUE: Final = "bench.pass"
PASSES: Final = 100
_PAUSE_SECONDS: Final = 0.05
_BODY: Final = b"x" * 1_500


async def one_pass(ground: Ground) -> float:
    """Milliseconds (median) from publishing to arrival through one durable quorum queue.

    Twenty messages a second, with no database and no work: three hops need four such passes.
    """
    arrived: asyncio.Queue[float] = asyncio.Queue()

    async def hear(message: Any) -> None:
        arrived.put_nowait(clock.monotonic())
        await message.channel.basic_ack(message.delivery_tag, wait=False)

    took = []
    async with await aio_pika.connect(ground.rabbit.url) as connection, ground.channel() as heard:
        channel = await connection.channel(publisher_confirms=True)
        arguments = {"x-queue-type": "quorum"}
        queue = await channel.declare_queue(_QUEUE, durable=True, arguments=arguments)
        consumer = await heard.basic_consume(_QUEUE, hear)
        for _ in range(PASSES):
            await asyncio.sleep(_PAUSE_SECONDS)
            message = aio_pika.Message(_BODY, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            sent = clock.monotonic()
            await channel.default_exchange.publish(message, _QUEUE)
            took.append(await arrived.get() - sent)
        await heard.basic_cancel(consumer.consumer_tag)
        await queue.delete(if_unused=False, if_empty=False)
    return median(took) * 1e3

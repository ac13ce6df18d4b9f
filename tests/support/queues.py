"""What workers that are gone have left in their queues."""

import asyncio
from collections.abc import Iterable

import aio_pika

from shared.messaging import Service
from shared.messaging.topology import fuse_of


async def left_behind(amqp_url: str, services: Iterable[Service]) -> dict[str, int]:
    """Count the messages of every queue, and of its fuse, once nobody consumes it any more.

    What its workers had in their hands is ready again: one that never acknowledges is found out.
    """
    names = [name for service in services for name in (service.queue, fuse_of(service))]
    async with asyncio.timeout(300), await aio_pika.connect(amqp_url) as connection:
        channel = await (await connection.channel()).get_underlay_channel()
        while True:
            declared = [await channel.queue_declare(name, passive=True) for name in names]
            if not any(queue.consumer_count for queue in declared):
                return {str(queue.queue): queue.message_count or 0 for queue in declared}
            await asyncio.sleep(0.05)

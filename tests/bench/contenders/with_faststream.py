"""FastStream as its documentation writes it: a pydantic argument, publish, one transaction each.

What does not validate is rejected, and so dead-lettered by the broker.
"""

import asyncio
import os
from typing import Any

import asyncpg
import uvloop
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue

from tests.bench.contenders.asyncpg_job import work
from tests.bench.job import HOPS, TYPES, Envelope

_POOL: Any = {"min_size": 8, "max_size": 8}
_CHANNEL = Channel(prefetch_count=200, publisher_confirms=True, on_return_raises=True)
_ACKNOWLEDGES = AckPolicy.REJECT_ON_ERROR
_MESSAGE: Any = {"persist": True, "content_type": "application/json"}


async def main() -> None:
    database_url = os.environ["BENCH_DATABASE"]
    pool = await asyncpg.create_pool(database_url, **_POOL)
    broker = RabbitBroker(os.environ["BENCH_AMQP"], default_channel=_CHANNEL, logger=None)
    for number in range(len(HOPS)):
        _subscribe(broker, pool, number)
    await broker.start()
    await asyncio.Event().wait()


def _subscribe(broker: RabbitBroker, pool: Any, number: int) -> None:
    @broker.subscriber(
        RabbitQueue(f"muster.{HOPS[number]}", declare=False),
        ack_policy=_ACKNOWLEDGES,
    )
    async def handle(event: Envelope, message: RabbitMessage) -> None:
        if done := await work(pool, number, event, message.body):
            await broker.publish(
                done[1],
                TYPES[number + 1],
                exchange="muster.events",
                message_id=str(done[0]),
                **_MESSAGE,
            )


if __name__ == "__main__":
    uvloop.run(main())

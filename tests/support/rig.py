"""A broker, a database and workers to break: the workbench of every test of the guarantee."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import asyncpg
from aiormq import AMQPError
from aiormq.abc import AbstractChannel

from shared.contracts import Event, Exchange, Payload
from shared.messaging import Service
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.topology import declare, fuse_of, routed_types
from shared.messaging.worker import Worker
from shared.postgres import LOST, Database
from shared.postgres.migrate import migrate
from shared.users import url_of
from tests.support.databases import SECRET
from tests.support.ledger import ECHO, LEDGER, OWNERS
from tests.support.worker_process import Order, WorkerProcess

DATABASE_AWAY = (OSError, *LOST)


class Rig:
    """Everything one test needs of the servers, and the counting afterwards."""

    def __init__(self, amqp_url: str, owner: str, services: tuple[Service, ...]) -> None:
        self.amqp_url, self.owner, self.services = amqp_url, owner, services
        self._publisher = Publisher(amqp_url)
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._channel: AbstractChannel | None = None
        self._asking = asyncio.Lock()

    async def publish(self, *events: Event[Payload], times: int = 1) -> None:
        """Publish as another service, or the careers site, would: persistent, confirmed."""
        for exchange in Exchange:
            outgoing = [
                Outgoing(e.id, e.type, e.to_json())
                for e in events * times
                if e.data.exchange is exchange
            ]
            async with asyncio.timeout(120):
                while outgoing:
                    done = set(await self._publisher.publish(outgoing, exchange))
                    outgoing = [message for message in outgoing if message.id not in done]

    async def publish_raw(
        self,
        body: bytes,
        routing_key: str,
        exchange: str = Exchange.MUSTER,
        message_id: str | None = None,
    ) -> None:
        """Publish any bytes with plain aio-pika, as an outsider may."""
        connection = await aio_pika.connect(self.amqp_url)
        async with connection:
            channel = await connection.channel(publisher_confirms=True)
            target = await channel.get_exchange(exchange, ensure=False)
            await target.publish(
                aio_pika.Message(body, message_id=message_id, delivery_mode=2), routing_key
            )

    async def deliver_to_nobody(self, service: Service, count: int = 1) -> None:
        """Let the broker deliver to somebody who vanishes: it all comes again, as suspects."""
        async with await aio_pika.connect(self.amqp_url) as connection:
            queue = await (await connection.channel()).get_queue(service.queue, ensure=False)
            for _ in range(count):
                await queue.get(timeout=60)

    @asynccontextmanager
    async def worker(
        self, service: Service, *, amqp_url: str = "", **options: Any
    ) -> AsyncIterator[Worker]:
        """Run a worker in this process; leaving the block cuts it off without goodbye."""
        database = await Database.connect(url_of(service.name, self.owner, SECRET), service.name)
        routed = routed_types(self.services)
        worker = Worker(service, database, amqp_url or self.amqp_url, routed, **options)
        task = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=90)
            assert done, "the worker does not end when it is cancelled"
            await asyncio.gather(*done, return_exceptions=True)
            await database.close()

    def process(self, *services: str, **options: Any) -> WorkerProcess:
        """Start a worker process; the options are those of an `Order`."""
        return WorkerProcess(Order(self.amqp_url, self.owner, services, **options))

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Ask the database as its owner; waits while it is away."""
        while True:
            async with self._asking:
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await asyncpg.connect(self.owner)
                    rows = await self._connection.fetch(sql, *arguments)
                    return [dict(row) for row in rows]
                except DATABASE_AWAY:
                    if self._connection is not None:
                        self._connection.terminate()
            await asyncio.sleep(0.05)

    async def effects(self, schema: str = "ledger") -> list[str]:
        """List the accounts of all effects, repeated ones repeated."""
        rows = await self.fetch(f"select account from {schema}.effect order by account")
        return [row["account"] for row in rows]

    async def held(self, schema: str = "ledger") -> list[dict[str, Any]]:
        return await self.fetch(f"select * from {schema}.held order by number")

    async def queue_is_empty(self, service: Service) -> bool:
        """Whether nothing is ready; a worker at work may still have some in its hands."""
        async with self._asking:
            try:
                if self._channel is None:
                    connection = await aio_pika.connect(self.amqp_url)
                    self._channel = await (await connection.channel()).get_underlay_channel()
                declared = await self._channel.queue_declare(service.queue, passive=True)
            except (AMQPError, OSError):
                self._channel = None
                return False
        return declared.message_count == 0

    async def close(self) -> None:
        """Close every connection; whatever comes next opens its own again."""
        await self._publisher.close()
        if self._channel is not None:
            await self._channel.connection.close()
            self._channel = None
        if self._connection is not None:
            self._connection.terminate()


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 120) -> None:
    """Wait for a condition, and say which one never came true."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - it lies in the servers
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"did not happen within {seconds} s: {what}") from None


async def delete_queues(amqp_url: str, services: Iterable[Service]) -> None:
    """Delete the services' queues with all they hold."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await (await connection.channel()).get_underlay_channel()
        for service in services:
            await channel.queue_delete(service.queue)
            await channel.queue_delete(fuse_of(service))


@asynccontextmanager
async def rig(
    amqp_url: str, owner: str, services: tuple[Service, ...] = (LEDGER, ECHO)
) -> AsyncIterator[Rig]:
    """Lay out the topology and the tables, and take the queues away afterwards."""
    await migrate(owner, OWNERS, SECRET)
    await delete_queues(amqp_url, services)
    await declare(amqp_url, services)
    bench = Rig(amqp_url, owner, services)
    try:
        yield bench
    finally:
        await bench.close()
        await delete_queues(amqp_url, services)


__all__ = ["Rig", "delete_queues", "fuse_of", "rig", "until"]

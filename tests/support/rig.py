"""A broker, a database and workers to break: the workbench of every test of the guarantee."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import asyncpg

from shared.contracts import Event, Exchange, Payload
from shared.messaging import Service
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.topology import declare, delete, fuse_of, routed_types
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.postgres.migrate import migrate, url_of
from tests.support.databases import SECRET
from tests.support.ledger import ECHO, LEDGER, OWNERS

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120


class Rig:
    """Everything one test needs of the servers, and the counting afterwards."""

    def __init__(self, amqp_url: str, owner: str, services: tuple[Service, ...]) -> None:
        self.amqp_url, self.owner, self.services = amqp_url, owner, services
        self._publisher = Publisher(amqp_url)

    async def publish(self, *events: Event[Payload], times: int = 1) -> None:
        """Publish as another service would: persistent, confirmed."""
        for _ in range(times):
            outgoing = [Outgoing(e.id, e.type, e.to_json()) for e in events]
            waiting = list(outgoing)
            while waiting:
                done = set(await self._publisher.publish(waiting))
                waiting = [message for message in waiting if message.id not in done]

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

    @asynccontextmanager
    async def worker(self, service: Service, **options: Any) -> AsyncIterator[Worker]:
        """Run a worker in this process; leaving the block cuts it off without goodbye."""
        database = await Database.connect(url_of(service.name, self.owner, SECRET), service.name)
        worker = Worker(service, database, self.amqp_url, routed_types(self.services), **options)
        task = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await database.close()

    async def process(
        self, *services: str, kill_at: str = "", kill_after: int = 0, blocked_seconds: float = 20
    ) -> asyncio.subprocess.Process:
        """Start a worker process, which may kill itself when it reaches a fault point."""
        order = {
            "amqp_url": self.amqp_url, "owner": self.owner, "services": services,
            "kill_at": kill_at, "kill_after": kill_after, "blocked_seconds": blocked_seconds,
        }  # fmt: skip
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.worker_process", json.dumps(order), cwd=REPOSITORY
        )

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Ask the database as its owner; waits while it is away."""
        while True:
            try:
                connection = await asyncpg.connect(self.owner)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
                continue
            try:
                return [dict(row) for row in await connection.fetch(sql, *arguments)]
            finally:
                await connection.close()

    async def effects(self, schema: str = "ledger") -> list[str]:
        """List the accounts of all effects, repeated ones repeated."""
        rows = await self.fetch(f"select account from {schema}.effect order by account")
        return [row["account"] for row in rows]

    async def held(self, schema: str = "ledger") -> list[dict[str, Any]]:
        return await self.fetch(f"select * from {schema}.held order by number")

    async def queue_is_empty(self, service: Service) -> bool:
        """Whether nothing is ready and, since nobody may hold anything, nothing unacknowledged."""
        connection = await aio_pika.connect(self.amqp_url)
        async with connection:
            channel = await (await connection.channel()).get_underlay_channel()
            declared = await channel.queue_declare(service.queue, passive=True)
            return declared.message_count == 0


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 30) -> None:
    """Wait for a condition, and say which one never came true."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - it lies in the servers
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"did not happen within {seconds} s: {what}") from None


async def kill(processes: Iterable[asyncio.subprocess.Process]) -> None:
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def rig(
    amqp_url: str, owner: str, services: tuple[Service, ...] = (LEDGER, ECHO)
) -> AsyncIterator[Rig]:
    """Lay out the topology and the tables, and take the queues away afterwards."""
    await migrate(owner, OWNERS, SECRET)
    await delete(amqp_url, services)
    await declare(amqp_url, services)
    bench = Rig(amqp_url, owner, services)
    try:
        yield bench
    finally:
        await bench._publisher.close()
        await delete(amqp_url, services)


__all__ = ["Rig", "fuse_of", "kill", "rig", "until"]

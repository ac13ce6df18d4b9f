"""The careers site, a process of its own: delivers events and writes down what was confirmed.

It delivers what people of ours decide, too.

It reads events from standard input, one JSON line each, and uses nothing of ours to deliver them:
plain aio-pika, persistent, mandatory, confirmed, and again until it is. Its log is the ledger's
first column.
"""

import asyncio
import hashlib
import heapq
import json
import sys
import time
from typing import IO, Any

import aio_pika

from tests.faults.chaos.plan import deliveries
from tests.faults.chaos.processes import lines_from_parent

_TIMEOUT_SECONDS = 10
_AT_ONCE = 50


class CareersSite:
    """Delivers each event one to three times, shuffled, however often the broker goes away."""

    def __init__(self, url: str, log: IO[str], seed: int, shuffle_seconds: float) -> None:
        self._url, self._log = url, log
        self._seed, self._shuffle_seconds = seed, shuffle_seconds
        self._waiting: list[tuple[float, int, dict[str, Any]]] = []
        self._count = 0
        self._has_all = asyncio.Event()
        self._connection: Any = None
        self._exchanges: Any = None

    async def read(self) -> None:
        """Plan the deliveries of every event that comes in."""
        async for line in lines_from_parent():
            event = json.loads(line)
            key = f"{event['id']} {event['body']}"
            for seconds in deliveries(self._seed, key, self._shuffle_seconds):
                self._count += 1
                heapq.heappush(self._waiting, (time.monotonic() + seconds, self._count, event))
        self._has_all.set()

    async def deliver(self) -> None:
        """Publish what is due, until everything is confirmed and nothing more will come."""
        while self._waiting or not self._has_all.is_set():
            due = []
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                due.append(heapq.heappop(self._waiting))
                if len(due) == _AT_ONCE:
                    break
            if not due:
                await asyncio.sleep(0.05)
                continue
            ended = await asyncio.gather(
                *(self._publish(event) for _, _, event in due), return_exceptions=True
            )
            failed = [one for one, error in zip(due, ended, strict=True) if error is not None]
            for one in failed:
                heapq.heappush(self._waiting, one)
            self._log.flush()
            if failed:
                await self._hang_up()
                await asyncio.sleep(0.3)

    async def _publish(self, event: dict[str, Any]) -> None:
        body = event["body"].encode()
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            exchange = (await self._open())[event["exchange"]]
            message = aio_pika.Message(
                body, message_id=event["id"], delivery_mode=2, type=event["type"]
            )
            await exchange.publish(message, event["type"], mandatory=True)
        confirmed = {
            "id": event["id"],
            "type": event["type"],
            "subject": event["subject"],
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        self._log.write(json.dumps(confirmed) + "\n")

    async def _open(self) -> dict[str, Any]:
        """Give the exchanges; whoever comes first connects, the others wait for it."""
        if self._exchanges is None:
            self._exchanges = asyncio.ensure_future(self._connect())
        return await asyncio.shield(self._exchanges)

    async def _connect(self) -> dict[str, Any]:
        self._connection = await aio_pika.connect(self._url)
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        names = ("careers.in", "muster.events")
        return {name: await channel.get_exchange(name, ensure=False) for name in names}

    async def _hang_up(self) -> None:
        """Give the connection up, whatever state it is in."""
        opening, self._exchanges = self._exchanges, None
        if opening is not None:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.wait({asyncio.ensure_future(connection.close())}, timeout=1)


async def main(url: str, log: str, seed: str, shuffle_seconds: str) -> None:
    with open(log, "a") as file:  # noqa: PTH123, ASYNC230 - a log, opened once
        site = CareersSite(url, file, int(seed), float(shuffle_seconds))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(site.read())
            tasks.create_task(site.deliver())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

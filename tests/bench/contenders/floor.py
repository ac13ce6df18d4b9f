"""The floor: hand-written aio-pika and asyncpg, group commit, nothing that the job does not need.

It writes the same rows as we do and publishes with the same guarantees, but knows one job only: no
suspects, no retries, no waiting room beyond poison, no recovery of its own, no clock.
"""

import asyncio
import os
import struct
from typing import Any, Final
from uuid import UUID

import aio_pika
import asyncpg
import uvloop
from aiormq.abc import ChannelFrame

from tests.bench.job import (
    HOLD,
    HOPS,
    TYPES,
    Envelope,
    Poison,
    advance,
    decide_on,
    numbered,
    sha256,
)
from tests.bench.job import read as read_event

_PREFETCH: Final = 400
_BATCH: Final = 200
_QUIET_SECONDS: Final = 0.02
_WRITE: Final = """
with message as materialized (
    select * from unnest(
        $1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bytea[]
    ) as m (id, sha256, application, vacancy, outcome, next_id, next_body)
), claimed as (
    insert into {hop}.inbox (id, sha256, subject)
    select id, sha256, application from message order by id on conflict do nothing returning id
), written as (
    insert into {hop}.state as s (application, vacancy, outcome)
    select application, vacancy, outcome from message join claimed using (id)
    on conflict (application) do update set outcome = excluded.outcome, version = s.version + 1
), recorded as (
    insert into messaging.history (id, type, subject, cause, body)
    select next_id, $8, application, id, next_body from message join claimed using (id)
    on conflict (id) do nothing returning id
), queued as (
    insert into {hop}.outbox (id, type, leased_until)
    select id, $8, now() + interval '5 s' from recorded
), cleaned as (
    delete from {hop}.outbox where id = any($9)
)
select id from recorded
"""
_HEADER: Final = struct.Struct(">BHI")
_FLAGS: Final = struct.pack(">H", 0x8000 | 0x1000 | 0x0080)  # content type, mode, message id


def _short(text: str) -> bytes:
    return bytes((len(text),)) + text.encode()


def _frames(channel: int, routing_key: str, body: bytes, id_: UUID) -> list[bytes]:
    publish = (
        struct.pack(">HHH", 60, 40, 0) + _short("muster.events") + _short(routing_key) + b"\1"
    )
    properties = _FLAGS + _short("application/cloudevents+json") + b"\2" + _short(str(id_))
    header = struct.pack(">HHQ", 60, 0, len(body)) + properties
    return [
        _HEADER.pack(1, channel, len(publish)), publish, b"\xce",
        _HEADER.pack(2, channel, len(header)), header, b"\xce",
        _HEADER.pack(3, channel, len(body)), body, b"\xce",
    ]  # fmt: skip


class Hop:
    """One hop: batch k + 1 is committed while batch k is published; then `ack(multiple)`."""

    def __init__(self, number: int, channel: Any, database: Any) -> None:
        self.number, self.name, self.routing_key = number, HOPS[number], TYPES[number + 1]
        self.channel, self.database = channel, database
        self.arrived = asyncio.Event()
        self.waiting: list[tuple[Any, Envelope | Poison, bytes]] = []
        self.committed: asyncio.Queue[Any] = asyncio.Queue(2)
        self.confirmed: list[UUID] = []
        self.acked, self.finished = 0, set[int]()
        self.write = _WRITE.format(hop=self.name)
        self.load = (
            f"select application, version from {self.name}.state where application = any($1)"
        )

    async def receive(self, message: Any) -> None:
        self.waiting.append((message, read_event(message.body), message.body))
        self.arrived.set()

    async def commit(self) -> None:
        while True:
            await self._wait()
            batch = self.waiting[:_BATCH]
            del self.waiting[:_BATCH]
            if not self.waiting:
                self.arrived.clear()
            events = {}
            for _, event, body in batch:
                if isinstance(event, Poison):
                    await self.database.execute(
                        numbered(HOLD.format(hop=self.name)),
                        event.id, sha256(body), TYPES[self.number], body,
                    )  # fmt: skip
                else:
                    events.setdefault(event.id, (event, body))
            onward = await self._write(list(events.values())) if events else []
            await self.committed.put((batch, onward))

    async def _wait(self) -> None:
        while not self.waiting:
            self.arrived.clear()
            try:
                async with asyncio.timeout(_QUIET_SECONDS if self.confirmed else None):
                    await self.arrived.wait()
            except TimeoutError:
                confirmed, self.confirmed = self.confirmed, []
                await self.database.execute(
                    f"delete from {self.name}.outbox where id = any($1)", confirmed
                )

    async def _write(self, events: list[tuple[Envelope, bytes]]) -> list[tuple[UUID, bytes]]:
        applications = [event.subject for event, _ in events]
        await self.database.fetch(self.load, applications)
        onward = [
            (id_, body.encode()) for id_, body in (advance(e, self.number) for e, _ in events)
        ]
        confirmed, self.confirmed = self.confirmed, []
        rows = await self.database.fetch(
            self.write,
            [event.id for event, _ in events],
            [sha256(body) for _, body in events],
            applications,
            [event.data.vacancy for event, _ in events],
            [decide_on(event) for event, _ in events],
            [id_ for id_, _ in onward],
            [body for _, body in onward],
            self.routing_key,
            confirmed,
        )
        recorded = {row[0] for row in rows}
        return [(id_, body) for id_, body in onward if id_ in recorded]

    async def publish(self) -> None:
        while True:
            batch, onward = await self.committed.get()
            if onward:
                await self._publish(onward)
                self.confirmed += [id_ for id_, _ in onward]
                self.arrived.set()
            self.finished.update(message.delivery_tag for message, _, _ in batch)
            last = self.acked
            while last + 1 in self.finished:
                last += 1
                self.finished.discard(last)
            if last > self.acked:
                self.acked = last
                await self.channel.basic_ack(last, multiple=True, wait=False)

    async def _publish(self, onward: list[tuple[UUID, bytes]]) -> None:
        channel, futures, out = self.channel, [], []
        async with channel.lock:  # the order of tags is the order of writing
            for id_, body in onward:
                channel.delivery_tag += 1
                future = channel.create_future()
                channel.confirmations[channel.delivery_tag] = future
                channel.message_id_delivery_tag[str(id_)] = channel.delivery_tag
                futures.append(future)
                out += _frames(channel.number, self.routing_key, body, id_)
            await channel.write_queue.put(ChannelFrame(payload=b"".join(out), should_close=False))
        await asyncio.gather(*futures)
        for id_, _ in onward:
            channel.message_id_delivery_tag.pop(str(id_), None)


async def main() -> None:
    connection = await aio_pika.connect(os.environ["BENCH_AMQP"])
    async with asyncio.TaskGroup() as tasks:
        for number, name in enumerate(HOPS):
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await channel.set_qos(_PREFETCH)
            database = await asyncpg.connect(os.environ["BENCH_DATABASE"])
            hop = Hop(number, await channel.get_underlay_channel(), database)
            tasks.create_task(hop.commit())
            tasks.create_task(hop.publish())
            queue = await channel.get_queue(f"muster.{name}", ensure=False)
            await queue.consume(hop.receive)


if __name__ == "__main__":
    uvloop.run(main())

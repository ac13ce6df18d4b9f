"""Intake's desk as an outsider meets it: whoever has the careers site's rights may send this."""

import asyncio
from typing import Any

import aio_pika
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from services.intake.worker import SERVICE as INTAKE
from shared.contracts import Exchange
from shared.messaging.wire import Content, tap_deliveries, untap_deliveries
from tests.support.hostile_bodies import SUBMITTED
from tests.support.rig import Rig, until


class Desk:
    """Intake at work on a bench, and what came of what was sent to it."""

    def __init__(self, bench: Rig) -> None:
        self.bench = bench

    async def post(self, body: bytes, key: str = SUBMITTED, **properties: Any) -> None:
        """Publish with plain aio-pika, with any properties."""
        connection = await aio_pika.connect(self.bench.amqp_url)
        async with connection:
            channel = await connection.channel(publisher_confirms=True)
            exchange = await channel.get_exchange(Exchange.CAREERS, ensure=False)
            await exchange.publish(aio_pika.Message(body, **properties), key)

    async def post_frames(self, body: bytes, key: str, header: bytes) -> None:
        """Publish with a content header of these very bytes, which no client would write."""
        connection = await aio_pika.connect(self.bench.amqp_url)
        async with connection:
            channel = await (await connection.channel()).get_underlay_channel()
            channel.delivery_tag += 1
            confirmed = channel.confirmations[channel.delivery_tag] = channel.create_future()
            publish = Basic.Publish(exchange=Exchange.CAREERS.value, routing_key="KEY")
            frames = [
                _frame(marshal(publish, channel.number), b"\x03KEY", _short(key)),
                _with_payload(marshal(ContentHeader(), channel.number), header),
                marshal(ContentBody(body), channel.number),
            ]
            await channel.write_queue.put(ChannelFrame(b"".join(frames), should_close=False))
            await asyncio.wait_for(confirmed, 60)

    async def give_up_next(self) -> None:
        """Have the broker give up what comes next, as it does after too many deliveries.

        Its properties are not looked at: some break whoever does.
        """
        tag = "giving-up"
        taken: asyncio.Future[Content] = asyncio.get_running_loop().create_future()
        tap_deliveries(tag, taken.set_result)
        async with await aio_pika.connect(self.bench.amqp_url) as connection:
            channel = await (await connection.channel()).get_underlay_channel()
            await channel.basic_qos(prefetch_count=1)
            await channel.basic_consume(INTAKE.queue, _nobody, consumer_tag=tag)
            content = await asyncio.wait_for(taken, 60)
            await channel.basic_reject(content.tag, requeue=False)
        untap_deliveries(tag)

    async def applications(self) -> list[str]:
        rows = await self.bench.fetch("select application from intake.application order by 1")
        return [row["application"] for row in rows]

    async def announced(self) -> list[tuple[str, str]]:
        rows = await self.bench.fetch(
            "select type, subject from messaging.history where type not like 'entry.%' order by 2"
        )
        return [(row["type"], row["subject"]) for row in rows]

    async def held(self) -> list[tuple[str, str]]:
        return [(row["status"], row["reason"]) for row in await self.bench.held("intake")]

    async def accepts(self, *applications: str) -> None:
        async def are_there() -> bool:
            return set(applications) <= set(await self.applications())

        await until(are_there, f"{applications} accepted")

    async def holds(self, status: str, reason: str) -> None:
        async def is_held() -> bool:
            return (status, reason) in await self.held()

        await until(is_held, f"held: {status}, {reason}")

    async def is_idle(self) -> None:
        await until(lambda: self.bench.queue_is_empty(INTAKE), "the queue is empty")


async def _nobody(_: object) -> None:
    raise AssertionError("a delivery came past the wire's tap")


def _short(text: str) -> bytes:
    raw = text.encode("latin-1")
    return bytes([len(raw)]) + raw


def _frame(frame: bytes, old: bytes, new: bytes) -> bytes:
    return _with_payload(frame, frame[7:-1].replace(old, new))


def _with_payload(frame: bytes, payload: bytes) -> bytes:
    return frame[:3] + len(payload).to_bytes(4, "big") + payload + frame[-1:]

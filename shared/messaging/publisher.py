"""Publishing many messages as one write, each confirmed by the broker or not counted as sent."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from aiormq import Channel as WireChannel
from aiormq.abc import ChannelFrame
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from shared.contracts import Exchange
from shared.logs import log
from shared.messaging.faultpoints import reached
from shared.messaging.outbox import Outgoing

_TIMEOUT_SECONDS: Final = 10
_MAX_FRAME: Final = 131_064


class Publisher:
    """Persistent, mandatory, confirmed; on a connection of its own, which an alarm may block."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def publish(
        self, messages: Sequence[Outgoing], exchange: Exchange = Exchange.MUSTER
    ) -> list[UUID]:
        """Return the ids that the broker has confirmed and routed.

        Any other id is unknown, not refused: it may arrive yet, and is sent again with the same
        id by whoever sweeps. Never raises for the broker's sake.
        """
        if not messages:
            return []
        confirmed: list[UUID] = []
        attempt = asyncio.create_task(self._publish(messages, exchange, confirmed))
        try:
            # A hung broker surfaces in aio-pika as a CancelledError of the inner task, which is
            # not ours; wait() tells the two apart.
            done, _ = await asyncio.wait({attempt}, timeout=_TIMEOUT_SECONDS)
        except asyncio.CancelledError:
            attempt.cancel()
            raise
        if not done or attempt.cancelled() or attempt.exception() is not None:
            attempt.cancel()
            await self._drop()
        if len(confirmed) < len(messages):
            log.warning("publish_unconfirmed", count=len(messages) - len(confirmed))
        return confirmed

    async def _publish(
        self, messages: Sequence[Outgoing], exchange: Exchange, confirmed: list[UUID]
    ) -> None:
        """Write all at once; each id enters `confirmed` when its confirm arrives."""
        channel = await self._open()
        replies = []
        parts: list[bytes] = []
        async with channel.lock:  # the order of tags is the order of writing
            for message in messages:
                channel.delivery_tag += 1
                reply = channel.create_future()
                reply.add_done_callback(partial(_note, confirmed, message.id))
                channel.confirmations[channel.delivery_tag] = reply
                channel.message_id_delivery_tag[str(message.id)] = channel.delivery_tag
                replies.append(reply)
                parts += _frames(channel.number, exchange, message)
            await channel.write_queue.put(
                ChannelFrame(payload=b"".join(parts), should_close=False)
            )
        reached("published")
        try:
            await asyncio.wait(replies)
        finally:
            for message in messages:
                channel.message_id_delivery_tag.pop(str(message.id), None)

    async def _open(self) -> WireChannel:
        async with self._opening:
            if self._connection is None or self._connection.is_closed:
                self._connection = await aio_pika.connect_robust(self._url)
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._connection.channel(
                    publisher_confirms=True, on_return_raises=True
                )
            channel = await self._channel.get_underlay_channel()
        assert isinstance(channel, WireChannel)
        return channel

    async def _drop(self) -> None:
        """Give up this connection: what it still confirms belongs to nobody."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            try:
                async with asyncio.timeout(1):
                    await connection.close()
            except (TimeoutError, asyncio.CancelledError, Exception):  # noqa: BLE001 - going anyway
                return

    async def close(self) -> None:
        """Close the connection."""
        await self._drop()


def _note(confirmed: list[UUID], id_: UUID, reply: "asyncio.Future[object]") -> None:
    """Count an id as sent if the broker acknowledged it, and only then (not nacked, returned)."""
    if not reply.cancelled() and not reply.exception() and isinstance(reply.result(), Basic.Ack):
        confirmed.append(id_)


def _frames(channel: int, exchange: Exchange, message: Outgoing) -> list[bytes]:
    properties = Basic.Properties(
        content_type="application/cloudevents+json",
        delivery_mode=2,
        message_id=str(message.id),
        message_type=message.routing_key,
    )
    parts: list[Frame | ContentHeader | ContentBody] = [
        Basic.Publish(exchange=exchange.value, routing_key=message.routing_key, mandatory=True),
        ContentHeader(body_size=len(message.body), properties=properties),
    ]
    parts += [
        ContentBody(message.body[at : at + _MAX_FRAME])
        for at in range(0, len(message.body), _MAX_FRAME)
    ]
    return [marshal(part, channel) for part in parts]

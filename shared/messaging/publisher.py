"""Publishing many messages as one write, each confirmed by the broker or not counted as sent."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Self
from uuid import UUID
from weakref import WeakKeyDictionary

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq import Channel as WireChannel
from aiormq.abc import ChannelFrame
from aiormq.exceptions import ChannelAccessRefused

from shared.contracts import Exchange
from shared.logs import log
from shared.messaging.faultpoints import reached
from shared.messaging.outbox import Outgoing
from shared.messaging.wire import Content, frames_of, let_go, tap_confirms, tap_connections

_TIMEOUT_SECONDS: Final = 10
_GOODBYE_SECONDS: Final = 1


class Publisher:
    """Persistent, mandatory, confirmed; on a connection of its own, which an alarm may block."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()
        self._waiting: WeakKeyDictionary[WireChannel, _Waiting] = WeakKeyDictionary()
        tap_connections()

    async def __aenter__(self) -> Self:
        """Open nothing yet: that is for the first message."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Give up the connection."""
        await self.close()

    async def publish(
        self, messages: Sequence[Outgoing], exchange: Exchange = Exchange.MUSTER
    ) -> list[UUID]:
        """Return the ids that the broker has confirmed and routed.

        Any other id is unknown, not refused: it may arrive yet, and is sent again with the same
        id by whoever sweeps. Never raises for the broker's sake. A broker that does not know a new
        type yet refuses it with all that comes behind it: then each type is tried on its own.
        """
        confirmed: list[UUID] = []
        end = await self._fly(messages, exchange, confirmed)
        if end is _End.REFUSED:
            for alike in _alike(messages, {*confirmed}):
                if await self._fly(alike, exchange, confirmed) is _End.LOST:
                    break
        if len(confirmed) < len(messages):
            log.warning("publish_unconfirmed", count=len(messages) - len(confirmed))
        return confirmed

    async def _fly(
        self, messages: Sequence[Outgoing], exchange: Exchange, confirmed: list[UUID]
    ) -> "_End":
        """Publish all at once, and say how that ended."""
        if not messages:
            return _End.LANDED
        attempt = asyncio.create_task(self._publish(messages, exchange, confirmed))
        try:
            # A hung broker surfaces in aio-pika as a CancelledError of the inner task, which is
            # not ours; wait() tells the two apart.
            done, _ = await asyncio.wait({attempt}, timeout=_TIMEOUT_SECONDS)
        except asyncio.CancelledError:
            attempt.cancel()
            raise
        is_over = bool(done) and not attempt.cancelled()
        error = attempt.exception() if is_over else None
        if is_over and error is None:
            return _End.LANDED
        attempt.cancel()
        await self.close()
        return _End.REFUSED if isinstance(error, ChannelAccessRefused) else _End.LOST

    async def _publish(
        self, messages: Sequence[Outgoing], exchange: Exchange, confirmed: list[UUID]
    ) -> None:
        """Write all at once; each id enters `confirmed` when its confirm arrives."""
        channel, waiting = await self._open()
        flight = _Flight(len(messages), confirmed, channel.create_future())
        parts: list[bytes] = []
        async with channel.lock:  # the order of tags is the order of writing
            for message in messages:
                channel.delivery_tag += 1
                waiting[channel.delivery_tag] = (flight, message.id)
                parts += frames_of(
                    channel.number, exchange, message.routing_key, str(message.id), message.body
                )
            await channel.write_queue.put(
                ChannelFrame(payload=b"".join(parts), should_close=False)
            )
        reached("published")
        await flight.landed  # cancelled with the channel

    async def _open(self) -> tuple[WireChannel, "_Waiting"]:
        async with self._opening:
            if self._connection is None or not self._connection.connected.is_set():
                self._connection = await aio_pika.connect(self._url, timeout=_TIMEOUT_SECONDS)
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._connection.channel(
                    publisher_confirms=True, on_return_raises=True
                )
            channel = await self._channel.get_underlay_channel()
        assert isinstance(channel, WireChannel)
        waiting = self._waiting.get(channel)
        if waiting is None:
            waiting = self._waiting[channel] = _Waiting()
            tap_confirms(channel, waiting.settle, waiting.note_return)
        return channel, waiting

    async def close(self) -> None:
        """Give up this connection: what it still confirms belongs to nobody."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is None:
            return
        transport = connection.transport
        closing = asyncio.gather(connection.close(), return_exceptions=True)
        try:
            # wait() and not a time-out: the client cannot be cancelled while it writes to a
            # socket that takes no more.
            await asyncio.wait({closing}, timeout=_GOODBYE_SECONDS)
        finally:
            if transport is not None and not closing.done():
                let_go(transport.connection)


class _End(Enum):
    """How a flight ended: answered, refused with its channel, or lost with its connection."""

    LANDED = auto()
    REFUSED = auto()
    LOST = auto()


@dataclass(slots=True)
class _Flight:
    """Messages written at once: how many are open, and the ids that arrived."""

    open: int
    confirmed: list[UUID]
    landed: asyncio.Future[None]


class _Waiting(dict[int, tuple[_Flight, UUID]]):
    """What is written on a channel and not confirmed yet, by its tag, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._returned: Counter[str | None] = Counter()

    def note_return(self, content: Content) -> None:
        """Remember what could not be routed: its confirm comes next, and counts for nothing."""
        self._returned[content.message_id] += 1

    def settle(self, tag: int, is_multiple: bool, is_positive: bool) -> None:  # noqa: FBT001
        """Count ids as sent if the broker acknowledged them, and only then."""
        tags = list(itertools.takewhile(tag.__ge__, self)) if is_multiple else [tag]
        for settled in tags:
            if settled not in self:
                continue
            flight, id_ = self.pop(settled)
            returns = self._returned.pop(str(id_), 0)
            if returns > 1:
                self._returned[str(id_)] = returns - 1
            if is_positive and not returns:
                flight.confirmed.append(id_)
            flight.open -= 1
            if not flight.open and not flight.landed.done():
                flight.landed.set_result(None)


def _alike(messages: Sequence[Outgoing], done: set[UUID]) -> Iterable[Sequence[Outgoing]]:
    """Sort what is not done by type; a single type has been tried on its own already."""
    alike: dict[str, list[Outgoing]] = {}
    for message in messages:
        alike.setdefault(message.routing_key, [])
        if message.id not in done:
            alike[message.routing_key].append(message)
    return alike.values() if len(alike) > 1 else ()

"""A message on its way through a worker, and the acknowledging of its kind."""

import contextlib
import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from aiormq import AMQPError
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelInvalidStateError


class Acker:
    """Acknowledges the contiguous prefix of finished deliveries of one channel.

    `multiple` costs the broker a quarter of single acknowledgements; a tag that is already
    covered would close the channel, hence the prefix.
    """

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel, self._acked, self._done = channel, 0, set[int]()

    def finish(self, tag: int) -> None:
        """Note that a delivery needs nothing more."""
        self._done.add(tag)

    async def flush(self) -> None:
        """Tell the broker; a closed channel has forgotten the deliveries and sends them again."""
        last = self._acked
        while last + 1 in self._done:
            last += 1
            self._done.discard(last)
        if last == self._acked:
            return
        self._acked = last
        if not self._channel.is_closed:
            with contextlib.suppress(AMQPError, ChannelInvalidStateError, ConnectionError):
                await self._channel.basic_ack(last, multiple=True, wait=False)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Where a message comes from that waited in `held`: it needs no acknowledgement."""

    number: int
    attempts: int
    is_overdue: bool
    status: str


@dataclass(slots=True, weakref_slot=True)
class Delivery:
    """Raw bytes with what the broker said of them; nothing is parsed yet.

    `fuse` is the reason code of a message that came through a fuse queue.
    """

    routing_key: str
    body: bytes
    message_id: str | None = None
    event_id: UUID | None = None
    is_redelivered: bool = False
    fuse: str | None = None
    held: HeldRow | None = None
    acker: Acker | None = None
    tag: int = 0
    is_refused: bool = False
    _sha256: bytes | None = field(default=None, repr=False)

    @property
    def sha256(self) -> bytes:
        """The hash of the body: it tells a repeated message from another with the same id."""
        if self._sha256 is None:
            self._sha256 = hashlib.sha256(self.body).digest()
        return self._sha256

    @property
    def suspect(self) -> str:
        """The message's name before it is parsed: its AMQP message id, else its body's hash."""
        try:
            return str(UUID(self.message_id))
        except (TypeError, ValueError, AttributeError):
            return self.sha256.hex()

    @property
    def message(self) -> str:
        """The message's name in `held`.

        The name it waits under already, else its event's id. What breaks the contract has no
        trustworthy id and goes by its body's hash: its sender may correct it under the same id.
        """
        if self.held is not None and self.message_id is not None:
            return self.message_id
        if self.event_id is not None:
            return str(self.event_id)
        return self.sha256.hex() if self.is_refused else self.suspect

    def finish(self) -> None:
        """Nothing more is to be done with it."""
        if self.acker is not None:
            self.acker.finish(self.tag)

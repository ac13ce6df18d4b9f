"""FastStream at the edge: two queues in, raw deliveries out."""

import asyncio
import contextlib
from collections import deque
from typing import Any, Final
from weakref import WeakKeyDictionary

from aio_pika import RobustConnection
from aio_pika.abc import AbstractRobustConnection, AbstractRobustQueue
from aiormq import AMQPError
from aiormq import Channel as WireChannel
from aiormq.abc import AbstractChannel
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.schemas.queue import QueueType

from shared.messaging.delivery import Acker, Delivery
from shared.messaging.faultpoints import reached
from shared.messaging.subscription import Service
from shared.messaging.topology import CONNECT_SECONDS, FUSE, fuse_of
from shared.messaging.wire import Content, tap_connections, tap_deliveries, untap_deliveries

_HEARTBEAT_SECONDS: Final = 10
_GOODBYE_SECONDS: Final = 5
_HEALTH_SECONDS: Final = 5
_UNSTORABLE: Final = str.maketrans({"\0": "\N{REPLACEMENT CHARACTER}"})


class Consumer:
    """Collects what the broker delivers until the worker takes it.

    Nothing is decoded here: a body that kills its reader must be written down as a suspect first.
    The broker holds back once `prefetch` deliveries are unacknowledged.
    """

    def __init__(self, service: Service, url: str, prefetch: int) -> None:
        self.fresh: deque[Delivery] = deque()
        self.suspects: deque[Delivery] = deque()
        self.retries: deque[Delivery] = deque()
        self.arrived = asyncio.Event()
        self._service = service
        self._ackers: WeakKeyDictionary[AbstractChannel, Acker] = WeakKeyDictionary()
        tap_connections()
        separator = "&" if "?" in url else "?"
        self._broker = RabbitBroker(
            f"{url}{separator}heartbeat={_HEARTBEAT_SECONDS}",
            default_channel=Channel(prefetch_count=prefetch),
            timeout=CONNECT_SECONDS,
            logger=None,
            apply_types=False,
            graceful_timeout=None,
        )
        # FastStream forgets a connection whose opening is cut short; it would reconnect for ever.
        self._broker._connection_kwargs["connection_class"] = self._keep  # noqa: SLF001
        self._connection: AbstractRobustConnection | None = None
        self._consuming: dict[str, AbstractRobustQueue] = {}
        self._tags = {
            service.queue: self._tap(service.queue, is_fuse=False),
            fuse_of(service): self._tap(fuse_of(service), is_fuse=True),
        }

    def _tap(self, queue: str, *, is_fuse: bool) -> str:
        """Have deliveries of a queue taken off the wire; return the consumer tag they go by."""
        tag = f"{queue}-{id(self):x}"

        def take(content: Content) -> None:
            acker = self._ackers.get(content.channel)
            if acker is None:
                acker = self._ackers[content.channel] = Acker(content.channel)
            self.put(
                Delivery(
                    routing_key=_original_key(content).translate(_UNSTORABLE),
                    body=content.body,
                    message_id=content.message_id,
                    is_redelivered=content.is_redelivered,
                    fuse=_fuse_reason(content) if is_fuse else None,
                    acker=acker,
                    tag=content.tag,
                )
            )

        tap_deliveries(tag, take)
        return tag

    def put(self, delivery: Delivery) -> None:
        """Add a delivery: from the broker, or one that waited in `held`."""
        reached("received")
        if delivery.is_redelivered:
            self.suspects.append(delivery)
        elif delivery.held is not None and delivery.held.attempts:
            self.retries.append(delivery)  # it has failed before: it runs alone
        else:
            self.fresh.append(delivery)
        self.arrived.set()

    @property
    def has_messages(self) -> bool:
        """Whether there is anything to take."""
        return bool(self.fresh or self.suspects or self.retries)

    @property
    def is_retrying(self) -> bool:
        """Whether anything of what waited, or may have killed its worker, is still to be taken."""
        waited = any(delivery.held for delivery in self.fresh)
        return bool(self.suspects or self.retries or waited)

    async def start(self) -> None:
        """Begin to consume; the queues must exist."""
        try:
            await self._broker.connect()
        except BaseException:
            await self._leave()
            raise
        await self._broker.start()
        for name in self._tags.keys() - self._consuming.keys():
            queue = await self._broker.declare_queue(_existing(name))
            await queue.consume(_nobody, consumer_tag=self._tags[name])
            self._consuming[name] = queue

    async def flush(self) -> None:
        """Acknowledge what is finished, on every channel that is still open."""
        for channel, acker in list(self._ackers.items()):
            await acker.flush()
            if channel.is_closed:
                del self._ackers[channel]

    async def is_attached(self) -> bool:
        """Ask the broker, not the library, whether our queue has a consumer, and we are one.

        On a channel of its own: the client closes one on which an answer does not come in time.
        """
        try:
            async with asyncio.timeout(_HEALTH_SECONDS):
                queue = self._consuming[self._service.queue]
                channel = await queue.channel.get_underlay_channel()
                assert isinstance(channel, WireChannel)
                probe = await channel.connection.channel(publisher_confirms=False)
                declared = await probe.queue_declare(self._service.queue, passive=True)
                await probe.close()
        except Exception:  # noqa: BLE001 - whatever it is, we are not attached
            return False
        is_ours = not channel.is_closed and set(self._tags.values()) <= channel.consumers.keys()
        return is_ours and bool(declared.consumer_count)

    async def stop(self) -> None:
        """Close the connection; what was not acknowledged is delivered to somebody else."""
        await self._leave()
        for tag in self._tags.values():
            untap_deliveries(tag)

    def _keep(self, *url: Any, **options: Any) -> AbstractRobustConnection:  # noqa: ANN401 - theirs
        self._connection = RobustConnection(*url, **options)
        return self._connection

    async def _leave(self) -> None:
        """Leave a broker that does not answer, or is gone, without goodbye.

        The connection is closed in any case: the client would open it again and go on consuming,
        for nobody.
        """
        with contextlib.suppress(TimeoutError, ExceptionGroup):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._broker.stop()
        if self._connection is not None:
            with contextlib.suppress(TimeoutError, AMQPError, ConnectionError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._connection.close()


def _existing(queue: str) -> RabbitQueue:
    return RabbitQueue(queue, queue_type=QueueType.QUORUM, durable=True, declare=False)


async def _nobody(_: object) -> None:
    raise AssertionError("a delivery came past the wire's tap")


def _original_key(content: Content) -> str:
    """Return the key a message was published with, also when the broker gave it another since."""
    if content.exchange == FUSE:
        with contextlib.suppress(LookupError, TypeError):  # there is none, or somebody forged it
            return str(content.headers["x-death"][0]["routing-keys"][0])
    return content.routing_key


def _fuse_reason(content: Content) -> str:
    """Tell by the exchange, which nobody can forge, why the broker gave a message to a fuse."""
    return "dead_lettered" if content.exchange == FUSE else "unroutable"

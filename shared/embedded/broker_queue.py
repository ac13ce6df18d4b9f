"""A queue: what waits in it, who takes from it, and what becomes of what nobody could use."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

from pamqp import commands
from pamqp.common import FieldArray, FieldTable

from shared import clock
from shared.embedded.broker_frames import AmqpError, Message, ReplyCode, check_arguments
from shared.logs import log

_QUEUE_TYPES: Final = frozenset({"classic", "quorum"})
_ARGUMENTS: Final = frozenset(
    {
        "x-dead-letter-exchange",
        "x-dead-letter-routing-key",
        "x-dead-letter-strategy",
        "x-delivery-limit",
        "x-overflow",  # only matters with a length limit, and that we refuse
        "x-queue-type",
    }
)
_TYPES: Final[dict[str, type]] = {
    "x-dead-letter-exchange": str,
    "x-dead-letter-routing-key": str,
    "x-delivery-limit": int,
}
_NAME_BYTES_MAX: Final = 127  # what AMQP has room for


@dataclass(slots=True, eq=False)
class QueuedMessage:
    """One queue's copy of a message; `number` is its name in the journal, 0 if it is not there."""

    message: Message
    number: int
    delivery_count: int = 0
    is_redelivered: bool = False

    def as_delivered(self) -> Message:
        """Return the message with the count of deliveries that failed before, if any did."""
        if not self.delivery_count:
            return self.message
        return self.message.with_headers({"x-delivery-count": self.delivery_count})


class Consumer(Protocol):
    """Whoever asked to be given messages."""

    @property
    def has_room(self) -> bool:
        """Whether it may be given one more."""

    def deliver(self, queued: QueuedMessage) -> None:
        """Give it a message, which it settles or hands back to its queue later."""

    def cancel(self) -> None:
        """Tell it that its queue is gone."""


class Host(Protocol):
    """What a queue needs of the virtual host it lives in."""

    def publish(self, message: Message) -> bool:
        """Route a message; False if no queue wanted it."""

    def forget(self, number: int) -> None:
        """Strike a settled message from the journal."""

    def wake(self, queue: "Queue") -> None:
        """Let the queue hand out messages before this turn of the event loop ends."""


class Queue:
    """A queue that behaves like RabbitMQ's quorum queue, whatever type it was declared with.

    What came back is handed out before what is new, each failed delivery is counted, and in a
    durable queue every message is durable, whatever its delivery mode.
    """

    def __init__(self, declaration: commands.Queue.Declare, host: Host) -> None:
        self.declaration = declaration
        self.name = declaration.queue
        self.is_durable = declaration.durable
        self.consumers: deque[Consumer] = deque()
        self._arguments = _checked(declaration.arguments)
        self._host = host
        self._returned: deque[QueuedMessage] = deque()
        self._ready: deque[QueuedMessage] = deque()
        self._is_deleted = False

    def __len__(self) -> int:
        """Count what waits, without what is being worked on."""
        return len(self._returned) + len(self._ready)

    def put(self, queued: QueuedMessage) -> None:
        """Append a new message."""
        self._ready.append(queued)
        self._host.wake(self)

    def take(self) -> QueuedMessage | None:
        """Take the next message out; the taker settles it or gives it back."""
        if self._returned:
            return self._returned.popleft()
        return self._ready.popleft() if self._ready else None

    def settle(self, queued: QueuedMessage) -> None:
        """Forget a message that has been dealt with."""
        self._host.forget(queued.number)

    def wake(self) -> None:
        """Hand out messages before this turn ends, because somebody has room again."""
        self._host.wake(self)

    def give_back(self, queued: QueuedMessage) -> None:
        """Take a message back for another try, or dead-letter it when it had enough tries."""
        if self._is_deleted:
            self.settle(queued)
            return
        queued.is_redelivered = True
        queued.delivery_count += 1
        limit = self._arguments.get("x-delivery-limit")
        if isinstance(limit, int) and queued.delivery_count > limit:
            self.dead_letter(queued, "delivery_limit")
            return
        self._returned.append(queued)
        self._host.wake(self)

    def dead_letter(self, queued: QueuedMessage, reason: str) -> None:
        """Pass a message nobody could use to the dead-letter exchange, or drop it without one."""
        exchange = self._arguments.get("x-dead-letter-exchange")
        if isinstance(exchange, str):
            is_routed = self._host.publish(self._obituary(queued.message, exchange, reason))
            if not is_routed and self._arguments.get("x-dead-letter-strategy") == "at-least-once":
                # Like RabbitMQ we keep it; we offer it again when the journal is replayed.
                log.warning("dead letter has nowhere to go", queue=self.name, reason=reason)
                return
        self.settle(queued)

    def _obituary(self, message: Message, exchange: str, reason: str) -> Message:
        """Address a message to the dead-letter exchange, with its history in x-death."""
        deaths = _record_death(message, self.name, reason)
        headers: FieldTable = {"x-death": deaths}
        if message.header_value("x-first-death-queue") is None:
            headers |= {
                "x-first-death-exchange": message.exchange,
                "x-first-death-queue": self.name,
                "x-first-death-reason": reason,
            }
        marked = message.with_headers(headers)
        routing_key = self._arguments.get("x-dead-letter-routing-key", message.routing_key)
        return Message(exchange, str(routing_key), marked.header, marked.body)

    def purge(self) -> int:
        """Drop everything that waits, but not what is being worked on."""
        count = 0
        while queued := self.take():
            self._host.forget(queued.number)
            count += 1
        return count

    def delete(self) -> int:
        """Drop everything and everybody."""
        self._is_deleted = True
        for consumer in tuple(self.consumers):
            consumer.cancel()
        return self.purge()

    def deliver(self) -> None:
        """Hand out what waits, in turns, as long as somebody has room."""
        while len(self) and (consumer := self._next_consumer()):
            if queued := self.take():
                consumer.deliver(queued)

    def _next_consumer(self) -> Consumer | None:
        for _ in range(len(self.consumers)):
            consumer = self.consumers[0]
            self.consumers.rotate(-1)
            if consumer.has_room:
                return consumer
        return None


def _checked(declared: FieldTable | None) -> FieldTable:
    arguments = check_arguments(declared, _ARGUMENTS)
    if arguments.get("x-queue-type", "classic") not in _QUEUE_TYPES:
        raise AmqpError(ReplyCode.NOT_IMPLEMENTED, f"queue type {arguments['x-queue-type']!r}")
    for name, kind in _TYPES.items():
        value = arguments.get(name, kind())
        if not isinstance(value, kind) or len(str(value).encode()) > _NAME_BYTES_MAX:
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, f"invalid arg '{name}'")
    return arguments


def _record_death(message: Message, queue: str, reason: str) -> FieldArray:
    """Count this death in the message's x-death table, the latest first, as RabbitMQ does."""
    earlier = message.header_value("x-death")
    deaths = [d for d in earlier if isinstance(d, dict)] if isinstance(earlier, list) else []
    same = [d for d in deaths if d.get("queue") == queue and d.get("reason") == reason]
    others: FieldArray = [d for d in deaths if d not in same]
    if same:
        count = same[0].get("count")
        return [{**same[0], "count": 1 + (count if isinstance(count, int) else 0)}, *others]
    death: FieldTable = {
        "count": 1,
        "reason": reason,
        "queue": queue,
        "time": clock.utc_now(),
        "exchange": message.exchange,
        "routing-keys": [message.routing_key],
    }
    return [death, *others]

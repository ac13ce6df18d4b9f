"""The consuming half of a channel: hands messages out and remembers who owes an answer."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from pamqp import base, commands

from shared.embedded.broker_frames import AmqpError, Message, ReplyCode
from shared.embedded.broker_queue import Queue, QueuedMessage
from shared.embedded.broker_vhost import VirtualHost


class Listener(Protocol):
    """The client at the other end of a channel."""

    @property
    def has_room(self) -> bool:
        """Whether it keeps up with reading what it is sent."""

    def say(self, method: base.Frame, message: Message | None = None) -> None:
        """Send it a method, with its message if it carries one."""


@dataclass(slots=True, eq=False)
class _Subscriber:
    """A client's wish to be given a queue's messages, at most `prefetch_count` at a time."""

    deliveries: "Deliveries"
    tag: str
    queue: Queue
    prefetch_count: int
    no_ack: bool
    unsettled_count: int = 0

    @property
    def has_room(self) -> bool:
        is_full = 0 < self.prefetch_count <= self.unsettled_count
        return not is_full and self.deliveries.has_room

    def deliver(self, queued: QueuedMessage) -> None:
        self.deliveries.deliver(self, queued)

    def cancel(self) -> None:
        self.deliveries.cancel(self.tag)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A message handed out and not settled; `subscriber` is None if it was fetched by get."""

    queue: Queue
    queued: QueuedMessage
    subscriber: _Subscriber | None


class Deliveries:
    """One channel's subscribers, and what was delivered to them and is not settled yet."""

    def __init__(self, host: VirtualHost, listener: Listener) -> None:
        self._host = host
        self._listener = listener
        self._prefetch_count = 0
        self._subscribers: dict[str, _Subscriber] = {}
        self._last_subscriber = 0
        self._last_tag = 0
        self._unsettled: dict[int, _Delivery] = {}  # by delivery tag, ascending

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with reading what it is sent."""
        return self._listener.has_room

    def limit(self, method: commands.Basic.Qos) -> base.Frame:
        """Set how many unsettled messages each later subscriber may have."""
        if method.global_ or method.prefetch_size:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "prefetch that is global or in bytes")
        self._prefetch_count = method.prefetch_count
        return commands.Basic.QosOk()

    def subscribe(self, method: commands.Basic.Consume) -> base.Frame:
        """Begin to deliver a queue's messages."""
        queue = self._host.queue(method.queue)
        if method.exclusive or method.arguments:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "exclusive consumer or its arguments")
        self._last_subscriber += 1
        tag = method.consumer_tag or f"amq.ctag-{self._last_subscriber}"
        if tag in self._subscribers:
            raise AmqpError(ReplyCode.NOT_ALLOWED, f"attempt to reuse consumer tag '{tag}'")
        subscriber = _Subscriber(self, tag, queue, self._prefetch_count, method.no_ack)
        self._subscribers[tag] = subscriber
        queue.consumers.append(subscriber)
        queue.wake()
        return commands.Basic.ConsumeOk(tag)

    def unsubscribe(self, tag: str) -> None:
        """Deliver no more; what was delivered stays to be settled."""
        subscriber = self._subscribers.pop(tag, None)
        if subscriber is not None:
            subscriber.queue.consumers.remove(subscriber)

    def cancel(self, tag: str) -> None:
        """Tell the client that a queue is gone."""
        self.unsubscribe(tag)
        self._listener.say(commands.Basic.Cancel(tag, nowait=True))

    def wake_queues(self) -> None:
        """Let the queues deliver on, because the client reads again."""
        for subscriber in self._subscribers.values():
            subscriber.queue.wake()

    def deliver(self, subscriber: _Subscriber, queued: QueuedMessage) -> None:
        """Send a message to the client."""
        tag = self._hand_out(subscriber.queue, queued, subscriber, no_ack=subscriber.no_ack)
        message = queued.as_delivered()
        self._listener.say(
            commands.Basic.Deliver(
                subscriber.tag, tag, queued.is_redelivered, message.exchange, message.routing_key
            ),
            message,
        )

    def get(self, method: commands.Basic.Get) -> None:
        """Answer with one message, or with none."""
        queue = self._host.queue(method.queue)
        queued = queue.take()
        if queued is None:
            self._listener.say(commands.Basic.GetEmpty())
            return
        tag = self._hand_out(queue, queued, None, no_ack=method.no_ack)
        message = queued.as_delivered()
        self._listener.say(
            commands.Basic.GetOk(
                tag, queued.is_redelivered, message.exchange, message.routing_key, len(queue)
            ),
            message,
        )

    def _hand_out(
        self, queue: Queue, queued: QueuedMessage, subscriber: _Subscriber | None, *, no_ack: bool
    ) -> int:
        """Give a delivery its tag and, unless it is settled by that, remember it."""
        self._last_tag += 1
        if no_ack:
            queue.settle(queued)
        else:
            self._unsettled[self._last_tag] = _Delivery(queue, queued, subscriber)
            if subscriber is not None:
                subscriber.unsettled_count += 1
        return self._last_tag

    def settle(self, tag: int, *, multiple: bool) -> None:
        """Forget what the client has dealt with."""
        for delivery in self._take(tag, multiple=multiple):
            delivery.queue.settle(delivery.queued)

    def refuse(self, tag: int, *, multiple: bool, requeue: bool) -> None:
        """Offer again, or dead-letter, what the client did not want."""
        for delivery in self._take(tag, multiple=multiple):
            if requeue:
                delivery.queue.give_back(delivery.queued)
            else:
                delivery.queue.dead_letter(delivery.queued, "rejected")

    def _take(self, tag: int, *, multiple: bool) -> list[_Delivery]:
        """Take the deliveries that a tag names; 0 with `multiple` is all of them."""
        if multiple and tag == 0:
            tags = list(self._unsettled)
        elif tag not in self._unsettled:
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, f"unknown delivery tag {tag}")
        elif multiple:
            tags = list(takewhile(lambda unsettled: unsettled <= tag, self._unsettled))
        else:
            tags = [tag]
        deliveries = [self._unsettled.pop(taken) for taken in tags]
        for delivery in deliveries:
            if delivery.subscriber is not None:
                delivery.subscriber.unsettled_count -= 1
            delivery.queue.wake()
        return deliveries

    def close(self) -> None:
        """Unsubscribe, and give back everything unsettled."""
        for tag in tuple(self._subscribers):
            self.unsubscribe(tag)
        self.refuse(0, multiple=True, requeue=True)

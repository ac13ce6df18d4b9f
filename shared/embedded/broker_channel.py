"""A channel: the publishing, consuming and settling of one client."""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final, Protocol

from pamqp import base, body, commands, frame, header

from shared.embedded.broker_frames import AmqpError, Message, ReplyCode, encode_header
from shared.embedded.broker_queue import Queue, QueuedMessage
from shared.embedded.broker_vhost import VirtualHost

MAX_BODY_BYTES: Final = 1024 * 1024
"""Four times what our contracts allow, so that our own refusal of a large event is reached."""


class Connection(Protocol):
    """What a channel needs of its connection."""

    user: str

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with reading what it is sent."""

    def say(self, channel: int, method: base.Frame, message: Message | None = None) -> None:
        """Send a method, with its message if it carries one, when this turn ends."""


@dataclass(slots=True)
class _Incoming:
    """A message whose frames are still arriving."""

    publish: commands.Basic.Publish
    header: header.ContentHeader | None = None
    body: bytearray = field(default_factory=bytearray)

    @property
    def is_complete(self) -> bool:
        return self.header is not None and len(self.body) >= self.header.body_size


@dataclass(slots=True, eq=False)
class _Consumer:
    """A client's wish to be given a queue's messages, at most `prefetch_count` at a time."""

    channel: "Channel"
    tag: str
    queue: Queue
    prefetch_count: int
    is_settled_at_once: bool
    unsettled_count: int = 0

    @property
    def has_room(self) -> bool:
        is_full = self.prefetch_count and self.unsettled_count >= self.prefetch_count
        return not is_full and self.channel.connection.has_room

    def deliver(self, queued: QueuedMessage) -> None:
        self.channel.deliver(self, queued)

    def cancel(self) -> None:
        self.channel.cancel(self)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A message handed out and not settled yet; `consumer` is None if it was fetched by get."""

    queue: Queue
    queued: QueuedMessage
    consumer: _Consumer | None


class Channel:
    """Carries out what one client asks for on one channel."""

    def __init__(self, number: int, connection: Connection, host: VirtualHost) -> None:
        self.connection = connection
        self._number = number
        self._host = host
        self._incoming: _Incoming | None = None
        self._confirms = False
        self._published_count = 0
        self._confirmed_count = 0
        self._prefetch_count = 0
        self._consumers: dict[str, _Consumer] = {}
        self._last_consumer_number = 0
        self._last_delivery_tag = 0
        self._unsettled: dict[int, _Delivery] = {}  # by delivery tag, ascending

    def receive(self, received: frame.FrameTypes) -> None:
        """Carry out a frame; raises AmqpError for what must not or cannot be done."""
        is_content = isinstance(received, header.ContentHeader | body.ContentBody)
        if is_content == (self._incoming is None):
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, f"unexpected {received.name}")
        match received:
            case commands.Basic.Publish():
                self._begin(received)
            case header.ContentHeader():
                self._take_header(received)
            case body.ContentBody():
                self._take_body(received)
            case commands.Basic.Ack():
                for delivery in self._take(received.delivery_tag, multiple=received.multiple):
                    delivery.queue.settle(delivery.queued)
            case commands.Basic.Nack():
                self._return(received.delivery_tag, received.requeue, multiple=received.multiple)
            case commands.Basic.Reject():
                self._return(received.delivery_tag, received.requeue, multiple=False)
            case base.Frame():
                reply = self._request(received)
                if not getattr(received, "nowait", False):
                    self.connection.say(self._number, reply)
            case _:
                raise AmqpError(ReplyCode.UNEXPECTED_FRAME, f"unexpected {received.name}")

    def _request(self, method: base.Frame) -> base.Frame:
        """Carry out a method that is answered by another."""
        match method:
            case commands.Basic.Consume():
                return self._consume(method)
            case commands.Basic.Cancel():
                self._leave(method.consumer_tag)
                return commands.Basic.CancelOk(method.consumer_tag)
            case commands.Basic.Get():
                return self._get(method)
            case commands.Basic.Qos():
                if method.global_ or method.prefetch_size:
                    raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "global or sized prefetch")
                self._prefetch_count = method.prefetch_count
                return commands.Basic.QosOk()
            case commands.Confirm.Select():
                self._confirms = True
                return commands.Confirm.SelectOk()
            case _:
                return self._host.execute(method)

    # Publishing

    def _begin(self, method: commands.Basic.Publish) -> None:
        if method.immediate:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "immediate=true")
        self._incoming = _Incoming(method)

    def _take_header(self, received: header.ContentHeader) -> None:
        incoming = self._incoming
        if incoming is None or incoming.header is not None:
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, "a second content header")
        if received.body_size > MAX_BODY_BYTES:
            detail = f"message size {received.body_size} is larger than {MAX_BODY_BYTES}"
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, detail)
        if received.properties.user_id not in (None, "", self.connection.user):
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, "user_id is not who logged in")
        if received.properties.expiration:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "message expiration")
        incoming.header = received
        if incoming.is_complete:
            self._publish(incoming)

    def _take_body(self, received: body.ContentBody) -> None:
        incoming = self._incoming
        if incoming is None or incoming.header is None:
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, "a body without its header")
        incoming.body += received.value
        if len(incoming.body) > incoming.header.body_size:
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, "more body than announced")
        if incoming.is_complete:
            self._publish(incoming)

    def _publish(self, incoming: _Incoming) -> None:
        """Route the complete message; it is confirmed when this turn ends."""
        self._incoming = None
        publish = incoming.publish
        if publish.exchange:
            self._host.exchange(publish.exchange)
        assert incoming.header is not None
        encoded = encode_header(incoming.header.properties, len(incoming.body))
        message = Message(publish.exchange, publish.routing_key, encoded, bytes(incoming.body))
        is_routed = self._host.publish(message)
        if publish.mandatory and not is_routed:
            returned = commands.Basic.Return(
                ReplyCode.NO_ROUTE, "NO_ROUTE", publish.exchange, publish.routing_key
            )
            self.connection.say(self._number, returned, message)
        self._published_count += self._confirms

    def confirm(self) -> None:
        """Confirm everything published; called when the journal has it."""
        unconfirmed = self._published_count - self._confirmed_count
        if unconfirmed:
            self._confirmed_count = self._published_count
            ack = commands.Basic.Ack(self._confirmed_count, multiple=unconfirmed > 1)
            self.connection.say(self._number, ack)

    # Consuming

    def _consume(self, method: commands.Basic.Consume) -> base.Frame:
        queue = self._host.queue(method.queue)
        if method.exclusive or method.arguments:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "exclusive consumer or its arguments")
        self._last_consumer_number += 1
        tag = method.consumer_tag or f"amq.ctag-{self._last_consumer_number}"
        if tag in self._consumers:
            raise AmqpError(ReplyCode.NOT_ALLOWED, f"attempt to reuse consumer tag '{tag}'")
        consumer = _Consumer(self, tag, queue, self._prefetch_count, method.no_ack)
        self._consumers[tag] = consumer
        queue.consumers.append(consumer)
        queue.wake()
        return commands.Basic.ConsumeOk(tag)

    def deliver(self, consumer: _Consumer, queued: QueuedMessage) -> None:
        """Send a message to the client."""
        is_settled = consumer.is_settled_at_once
        tag = self._hand_out(consumer.queue, queued, consumer, is_settled=is_settled)
        message = queued.as_delivered()
        deliver = commands.Basic.Deliver(
            consumer.tag, tag, queued.is_redelivered, message.exchange, message.routing_key
        )
        self.connection.say(self._number, deliver, message)

    def _get(self, method: commands.Basic.Get) -> base.Frame:
        ...

    def _hand_out(
        self, queue: Queue, queued: QueuedMessage, consumer: _Consumer | None, *, is_settled: bool
    ) -> int:
        self._last_delivery_tag += 1
        if is_settled:
            queue.settle(queued)
        else:
            self._unsettled[self._last_delivery_tag] = _Delivery(queue, queued, consumer)
            if consumer:
                consumer.unsettled_count += 1
        return self._last_delivery_tag

    def cancel(self, consumer: _Consumer) -> None:
        """Tell the client that its queue is gone."""
        self._leave(consumer.tag)
        self.connection.say(self._number, commands.Basic.Cancel(consumer.tag, nowait=True))

    def _leave(self, tag: str) -> None:
        consumer = self._consumers.pop(tag, None)
        if consumer is not None:
            consumer.queue.consumers.remove(consumer)

    def wake_queues(self) -> None:
        """Let the queues deliver on, because the client reads again."""
        for consumer in self._consumers.values():
            consumer.queue.wake()

    # Settling

    def _take(self, tag: int, *, multiple: bool) -> list[_Delivery]:
        """Take the deliveries that a tag names out of the unsettled ones."""
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
            if delivery.consumer is not None:
                delivery.consumer.unsettled_count -= 1
            delivery.queue.wake()
        return deliveries

    def _return(self, tag: int, requeue: bool, *, multiple: bool) -> None:  # noqa: FBT001 - AMQP's
        for delivery in self._take(tag, multiple=multiple):
            if requeue:
                delivery.queue.give_back(delivery.queued)
            else:
                delivery.queue.dead_letter(delivery.queued, "rejected")

    def close(self) -> None:
        """Stop consuming and give back what was not settled."""
        for tag in tuple(self._consumers):
            self._leave(tag)
        for delivery in self._take(0, multiple=True):
            delivery.queue.give_back(delivery.queued)

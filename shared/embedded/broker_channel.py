"""A channel: passes each frame of a client to whoever carries it out, and the answer back."""

from typing import Protocol

from pamqp import base, commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.embedded.broker_consuming import Deliveries
from shared.embedded.broker_frames import AmqpError, Message, ReplyCode
from shared.embedded.broker_publishing import Publisher
from shared.embedded.broker_vhost import VirtualHost


class Connection(Protocol):
    """What a channel needs of its connection."""

    user: str

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with reading what it is sent."""

    def say(self, channel: int, method: base.Frame, message: Message | None = None) -> None:
        """Send a method, with its message if it carries one, when this turn ends."""


class Channel:
    """Carries out what one client asks for on one channel."""

    def __init__(self, number: int, connection: Connection, host: VirtualHost) -> None:
        self._number = number
        self._connection = connection
        self._host = host
        self._publisher = Publisher(host, connection.user, self.say)
        self._deliveries = Deliveries(host, self)

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with reading what it is sent."""
        return self._connection.has_room

    def say(self, method: base.Frame, message: Message | None = None) -> None:
        """Send a method on this channel, when this turn ends."""
        self._connection.say(self._number, method, message)

    def receive(self, received: frame.FrameTypes) -> None:
        """Carry out a frame; raises AmqpError for what must not or cannot be done."""
        if isinstance(received, ContentHeader | ContentBody):
            self._publisher.take(received)
        elif self._publisher.is_receiving or not isinstance(received, base.Frame):
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, f"unexpected {received.name}")
        elif received.synchronous and not isinstance(received, commands.Basic.Get):
            reply = self._answer(received)
            if not getattr(received, "nowait", False):
                self.say(reply)
        else:
            self._obey(received)

    def _obey(self, method: base.Frame) -> None:
        """Carry out a method that has no answer, or answers with a message."""
        match method:
            case commands.Basic.Publish():
                self._publisher.begin(method)
            case commands.Basic.Ack():
                self._deliveries.settle(method.delivery_tag or 0, multiple=method.multiple)
            case commands.Basic.Nack():
                self._deliveries.refuse(
                    method.delivery_tag or 0, multiple=method.multiple, requeue=method.requeue
                )
            case commands.Basic.Reject():
                self._deliveries.refuse(
                    method.delivery_tag or 0, multiple=False, requeue=method.requeue
                )
            case commands.Basic.Get():
                self._deliveries.get(method)
            case _:
                raise AmqpError(ReplyCode.NOT_IMPLEMENTED, method.name)

    def _answer(self, method: base.Frame) -> base.Frame:
        """Carry out a method and return the one that answers it."""
        match method:
            case commands.Basic.Qos():
                return self._deliveries.limit(method)
            case commands.Basic.Consume():
                return self._deliveries.subscribe(method)
            case commands.Basic.Cancel():
                self._deliveries.unsubscribe(method.consumer_tag or "")
                return commands.Basic.CancelOk(method.consumer_tag)
            case commands.Confirm.Select():
                self._publisher.select_confirms()
                return commands.Confirm.SelectOk()
            case _:
                return self._host.execute(method)

    def confirm(self) -> None:
        """Confirm what was published; called when the journal has it."""
        self._publisher.confirm()

    def wake_queues(self) -> None:
        """Let the queues deliver on, because the client reads again."""
        self._deliveries.wake_queues()

    def close(self) -> None:
        """Give back everything unsettled."""
        self._deliveries.close()

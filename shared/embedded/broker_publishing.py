"""The publishing half of a channel: puts messages together from frames, routes and confirms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pamqp import base, commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.embedded.broker_frames import AmqpError, Message, ReplyCode, encode_header
from shared.embedded.broker_vhost import VirtualHost

MAX_BODY_BYTES: Final = 1024 * 1024
"""Four times what our contracts allow, so that our own refusal of a large event is reached."""
_MAX_HEADER_BYTES: Final = 64 * 1024  # half a frame: room to write down each death

Say = Callable[[base.Frame, Message | None], None]


@dataclass(slots=True)
class _Incoming:
    """A message whose frames are still arriving."""

    publish: commands.Basic.Publish
    header: ContentHeader | None = None
    body: bytearray = field(default_factory=bytearray)


class Publisher:
    """Takes one channel's messages."""

    def __init__(self, host: VirtualHost, user: str, say: Say) -> None:
        self._host = host
        self._user = user
        self._say = say
        self._incoming: _Incoming | None = None
        self._confirms = False
        self._published_count = 0
        self._confirmed_count = 0

    @property
    def is_receiving(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._incoming is not None

    def select_confirms(self) -> None:
        """Confirm every message from now on."""
        self._confirms = True

    def begin(self, method: commands.Basic.Publish) -> None:
        """Expect a message."""
        if method.immediate:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "immediate=true")
        self._incoming = _Incoming(method)

    def take(self, received: ContentHeader | ContentBody) -> None:
        """Add a frame to the message, and publish it with its last one."""
        incoming = self._incoming
        is_header = isinstance(received, ContentHeader)
        if incoming is None or is_header != (incoming.header is None):
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, f"unexpected {received.name}")
        if isinstance(received, ContentHeader):
            self._check(received)
            incoming.header = received
        else:
            incoming.body += received.value
        if incoming.header is None:
            return
        missing = incoming.header.body_size - len(incoming.body)
        if missing < 0:
            raise AmqpError(ReplyCode.UNEXPECTED_FRAME, "more body than was announced")
        if missing == 0:
            self._incoming = None
            self._publish(incoming.publish, incoming.header, bytes(incoming.body))

    def _check(self, received: ContentHeader) -> None:
        """Refuse what we would not or could not honour, before any of the body is kept."""
        if received.body_size > MAX_BODY_BYTES:
            detail = f"message size {received.body_size} is larger than {MAX_BODY_BYTES}"
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, detail)
        if received.properties.user_id not in (None, "", self._user):
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, "user_id is not who logged in")
        if received.properties.expiration:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, "message expiration")

    def _publish(
        self, publish: commands.Basic.Publish, received: ContentHeader, content: bytes
    ) -> None:
        """Route the complete message; it is confirmed when this turn ends."""
        if publish.exchange:
            self._host.exchange(publish.exchange)
        encoded = encode_header(received.properties, len(content))
        if len(encoded) > _MAX_HEADER_BYTES:
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, "message properties are too large")
        message = Message(publish.exchange, publish.routing_key, encoded, content)
        is_routed = self._host.publish(message)
        if publish.mandatory and not is_routed:
            code = ReplyCode.NO_ROUTE
            returned = commands.Basic.Return(
                code, code.name, message.exchange, message.routing_key
            )
            self._say(returned, message)
        self._published_count += self._confirms

    def confirm(self) -> None:
        """Confirm everything published so far; called when the journal has it."""
        unconfirmed_count = self._published_count - self._confirmed_count
        if unconfirmed_count:
            self._confirmed_count = self._published_count
            self._say(commands.Basic.Ack(self._confirmed_count, unconfirmed_count > 1), None)

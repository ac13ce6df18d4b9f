"""AMQP's frames: what the broker sends, read many at a time, and what we publish.

The AMQP client reads a frame with three reads, passes it between tasks, decodes what nobody asks
for and starts two tasks for each delivery. That was half of a worker's CPU (decision 0008). And it
ends its connection over properties that it cannot decode; the broker, which does not check them,
would deliver such a message again for ever. So deliveries of a tapped consumer, and confirms of a
tapped channel, go straight to their tap; every other frame takes the client's own way.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

import aiormq
import aiormq.connection
from aiormq.abc import AbstractChannel, AbstractConnection
from pamqp.decode import field_table
from pamqp.exceptions import PAMQPException
from pamqp.frame import unmarshal
from pamqp.heartbeat import Heartbeat

_READ_BYTES: Final = 1 << 18
_FRAME_HEAD: Final = struct.Struct(">BHI")
_CONTENT_HEAD: Final = struct.Struct(">4xQH")
_BASIC: Final = struct.pack(">HH", 60, 0)
_TAG: Final = struct.Struct(">Q?")
_METHOD, _HEADER, _BODY = 1, 2, 3
_FRAME_END: Final = b"\xce"
_MAX_BODY: Final = 131_064  # of one frame
_PUBLISH, _RETURN, _DELIVER, _ACK, _NACK = (
    struct.pack(">HH", 60, number) for number in (40, 50, 60, 80, 120)
)
# The flags of a message's properties, which follow one another in this order (AMQP 0-9-1, 4.2.6).
_CONTENT_TYPE, _ENCODING, _HEADERS, _MODE, _PRIORITY = (1 << bit for bit in range(15, 10, -1))
_CORRELATION, _REPLY_TO, _EXPIRATION, _MESSAGE_ID = (1 << bit for bit in range(10, 6, -1))
_TYPE: Final = 1 << 5
_MANDATORY: Final = b"\1"
_JSON: Final = b"\x1capplication/cloudevents+json"
_PERSISTENT: Final = b"\2"


@dataclass(slots=True)
class Content:
    """A message as it came, delivered or returned; text that is not UTF-8 has marks in it."""

    channel: AbstractChannel
    exchange: str
    routing_key: str
    tag: int = 0
    is_redelivered: bool = False
    message_id: str | None = None
    header_table: bytes = b""
    body: bytes = b""

    @property
    def headers(self) -> dict[str, Any]:
        """The headers; none where they cannot be read."""
        try:
            return dict(field_table(self.header_table)[1]) if self.header_table else {}
        except (ValueError, struct.error, IndexError, RecursionError):
            return {}


Take = Callable[[Content], None]
Settle = Callable[[int, bool, bool], None]
"""Told of a confirm: its tag, whether it is for all tags up to that, whether it is positive."""

_deliveries: Final[dict[bytes, Take]] = {}
_confirms: Final[WeakKeyDictionary[AbstractChannel, tuple[Settle, Take]]] = WeakKeyDictionary()


def tap_deliveries(consumer_tag: str, take: Take) -> None:
    """Have `take` called, without waiting, with everything delivered to this consumer."""
    _deliveries[consumer_tag.encode()] = take


def untap_deliveries(consumer_tag: str) -> None:
    """Forget a consumer."""
    _deliveries.pop(consumer_tag.encode(), None)


def tap_confirms(channel: AbstractChannel, settle: Settle, returned: Take) -> None:
    """Have `settle` called with each confirm on this channel, and `returned` before it."""
    _confirms[channel] = (settle, returned)


def tap_connections() -> None:
    """Have every connection that the client opens from now on read by us; it has no option."""
    vars(aiormq.connection)["Connection"] = _Connection


@dataclass(slots=True)
class _Coming:
    """A message of which some frames are missing."""

    content: Content
    take: Take
    missing: int = 0
    parts: list[bytes] = field(default_factory=list)


class _Frames:
    """The frames of one connection that are for the client; the others have gone to their taps."""

    def __init__(self, connection: aiormq.Connection, reader: Any) -> None:  # noqa: ANN401 - a stream
        self._connection, self._reader = connection, reader
        self._rest = b""
        self._ready: deque[tuple[int, int, Any]] = deque()
        self._coming: dict[int, _Coming] = {}

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[int, int, Any]:
        while not self._ready:
            try:
                data = await self._reader.read(_READ_BYTES)
            except OSError as error:
                raise aiormq.AMQPConnectionError(type(error).__name__) from error
            if not data:
                raise aiormq.AMQPConnectionError("the broker closed the connection")
            self._split(self._rest + data)
            # The client ends a connection on which it sees nothing; it does not see the taps.
            self._ready.append((0, 0, Heartbeat()))
        return self._ready.popleft()

    def _split(self, data: bytes) -> None:
        """Take whole frames off the data; keep the rest for the next read."""
        at, end = 0, len(data)
        while end - at > _FRAME_HEAD.size:
            kind, number, size = _FRAME_HEAD.unpack_from(data, at)
            start = at + _FRAME_HEAD.size
            stop = start + size
            if stop >= end:
                break
            if data[stop : stop + 1] != _FRAME_END:
                raise aiormq.AMQPConnectionError("a frame does not end where it says")
            if not self._take(kind, number, data[start:stop]):
                try:
                    self._ready.append(unmarshal(data[at : stop + 1]))
                except PAMQPException as error:
                    raise aiormq.exceptions.InvalidFrameError(type(error).__name__) from error
            at = stop + 1
        self._rest = data[at:]

    def _take(self, kind: int, number: int, payload: bytes) -> bool:
        """Give a frame to its tap; False if it has none."""
        coming = self._coming.get(number)
        if kind == _METHOD:
            return self._take_method(number, payload)
        if coming is None or kind not in {_HEADER, _BODY}:
            return False
        if kind == _HEADER:
            coming.missing, _ = _CONTENT_HEAD.unpack_from(payload)
            with suppress(IndexError):  # they end before they should: read as far as they go
                _read_properties(payload, coming.content)
        else:
            coming.parts.append(payload)
            coming.missing -= len(payload)
        if coming.missing <= 0:
            del self._coming[number]
            parts = coming.parts
            coming.content.body = parts[0] if len(parts) == 1 else b"".join(parts)
            coming.take(coming.content)
        return True

    def _take_method(self, number: int, payload: bytes) -> bool:
        self._coming.pop(number, None)
        channel = self._connection.channels.get(number)
        if channel is None:
            return False
        method = payload[:4]
        if method == _DELIVER:
            at = 5 + payload[4]
            take = _deliveries.get(payload[5:at])
            if take is None:
                return False
            tag, is_redelivered = _TAG.unpack_from(payload, at)
            exchange, at = _text(payload, at + _TAG.size)
            routing_key, _ = _text(payload, at)
            content = Content(channel, exchange, routing_key, tag, is_redelivered)
            self._coming[number] = _Coming(content, take)
            return True
        if method not in {_ACK, _NACK, _RETURN} or channel not in _confirms:
            return False
        settle, returned = _confirms[channel]
        if method == _RETURN:
            _, at = _text(payload, 6)
            exchange, at = _text(payload, at)
            routing_key, _ = _text(payload, at)
            self._coming[number] = _Coming(Content(channel, exchange, routing_key), returned)
        else:
            tag, flags = struct.unpack_from(">QB", payload, 4)
            settle(tag, bool(flags & 1), method == _ACK)
        return True


def frames_of(
    channel: int, exchange: str, routing_key: str, message_id: str, body: bytes
) -> list[bytes]:
    """Write a publication as frames: method, header, and as many of body as it takes."""
    parts = [
        *_frame(_METHOD, channel, _publish(exchange, routing_key)),
        *_frame(_HEADER, channel, _header(len(body), message_id, routing_key)),
    ]
    for at in range(0, len(body), _MAX_BODY):
        parts += _frame(_BODY, channel, body[at : at + _MAX_BODY])
    return parts


@cache
def _publish(exchange: str, routing_key: str) -> bytes:
    return _PUBLISH + b"\0\0" + _short(exchange) + _short(routing_key) + _MANDATORY


def _header(size: int, message_id: str, event_type: str) -> bytes:
    flags = _CONTENT_TYPE | _MODE | _MESSAGE_ID | _TYPE
    properties = _JSON + _PERSISTENT + _short(message_id) + _short(event_type)
    return _BASIC + struct.pack(">QH", size, flags) + properties


def _frame(kind: int, channel: int, payload: bytes) -> tuple[bytes, bytes, bytes]:
    return _FRAME_HEAD.pack(kind, channel, len(payload)), payload, _FRAME_END


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes((len(data),)) + data


def let_go(connection: AbstractConnection) -> None:
    """Close a connection's socket at once, whatever still waits to be written to it."""
    if isinstance(connection, _Connection) and connection.socket is not None:
        connection.socket.abort()


class _Connection(aiormq.Connection):
    """The client's connection, but for who reads it once it is open, and who may let go of it."""

    socket: asyncio.WriteTransport | None = None

    async def _Connection__writer(self, writer: asyncio.StreamWriter) -> None:  # noqa: N802 - theirs
        self.socket = writer.transport
        await super()._Connection__writer(writer)  # type: ignore[misc]

    async def _Connection__reader(self, receiver: Any) -> None:  # noqa: ANN401, N802 - theirs
        await super()._Connection__reader(_Frames(self, receiver.reader))  # type: ignore[misc]


def _read_properties(payload: bytes, content: Content) -> None:
    """Read the message id and the headers; what cannot be read is left out."""
    _, flags = _CONTENT_HEAD.unpack_from(payload)
    at = _CONTENT_HEAD.size
    for flag in (_CONTENT_TYPE, _ENCODING):
        if flags & flag:
            at += 1 + payload[at]
    if flags & _HEADERS:
        size = 4 + int.from_bytes(payload[at : at + 4])
        content.header_table = payload[at : at + size]
        at += size
    at += bool(flags & _MODE) + bool(flags & _PRIORITY)
    for flag in (_CORRELATION, _REPLY_TO, _EXPIRATION):
        if flags & flag:
            at += 1 + payload[at]
    if flags & _MESSAGE_ID:
        content.message_id, _ = _text(payload, at)


def _text(payload: bytes, at: int) -> tuple[str, int]:
    end = at + 1 + payload[at]
    return payload[at + 1 : end].decode(errors="replace"), end

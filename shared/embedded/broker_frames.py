"""Bytes to AMQP 0-9-1 frames and back, and the errors a client is told about by code."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from pamqp import base, commands, constants, frame, header
from pamqp.common import FieldTable, FieldValue
from pamqp.exceptions import UnmarshalingException

FRAME_MAX: Final = 131_072
_FRAME_OVERHEAD: Final = constants.FRAME_HEADER_SIZE + 1
_FRAME_HEADER: Final = struct.Struct(">BHI")
_KINDS: Final = frozenset(
    {
        constants.FRAME_METHOD,
        constants.FRAME_HEADER,
        constants.FRAME_BODY,
        constants.FRAME_HEARTBEAT,
    }
)


class ReplyCode(IntEnum):
    """The reply codes of AMQP that this broker uses, named as RabbitMQ names them."""

    NO_ROUTE = 312
    CONNECTION_FORCED = 320
    ACCESS_REFUSED = 403
    NOT_FOUND = 404
    PRECONDITION_FAILED = 406
    FRAME_ERROR = 501
    SYNTAX_ERROR = 502
    COMMAND_INVALID = 503
    CHANNEL_ERROR = 504
    UNEXPECTED_FRAME = 505
    NOT_ALLOWED = 530
    NOT_IMPLEMENTED = 540
    INTERNAL_ERROR = 541


_CLOSES_ONLY_THE_CHANNEL: Final = frozenset(
    {ReplyCode.ACCESS_REFUSED, ReplyCode.NOT_FOUND, ReplyCode.PRECONDITION_FAILED}
)


class AmqpError(Exception):
    """What a client did wrong; it closes the client's channel or, if grave, its connection."""

    def __init__(self, code: ReplyCode, detail: str) -> None:
        super().__init__(f"{code.name} - {detail}")
        self.code = code
        self.closes_connection = code not in _CLOSES_ONLY_THE_CHANNEL

    @property
    def reply_text(self) -> str:
        """The sentence for the client, cut to what AMQP's short string holds."""
        return str(self).encode()[:255].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Message:
    """A published message; queues share it, so it never changes.

    `header` is the content header as it goes over the wire: size and properties, encoded anew by
    us, so that nothing odd that a publisher sent can hurt a consumer.
    """

    exchange: str
    routing_key: str
    header: bytes
    body: bytes

    def with_headers(self, headers: FieldTable) -> "Message":
        """Copy the message with these headers added to its own.

        A message that cannot take them stays as it is: better uncounted than undeliverable. Only
        a hostile one cannot, such as one with a negative decimal, which pamqp reads as another.
        """
        properties = self.properties()
        properties.headers = {**(properties.headers or {}), **headers}
        try:
            return replace(self, header=encode_header(properties, len(self.body)))
        except AmqpError:
            return self

    def properties(self) -> commands.Basic.Properties:
        """Decode the properties; rarely needed, so not kept."""
        decoded = header.ContentHeader()
        decoded.unmarshal(self.header)
        return decoded.properties

    def header_value(self, name: str) -> FieldValue:
        """Find one value in the message's header table."""
        return (self.properties().headers or {}).get(name)


def check_arguments(arguments: FieldTable | None, allowed: frozenset[str]) -> FieldTable:
    """Refuse arguments that this broker would otherwise silently not honour."""
    for name, value in (arguments or {}).items():
        if name not in allowed:
            raise AmqpError(ReplyCode.NOT_IMPLEMENTED, f"argument '{name}'")
        if not isinstance(value, str | int):
            raise AmqpError(ReplyCode.PRECONDITION_FAILED, f"invalid arg '{name}'")
    return arguments or {}


def encode_header(properties: commands.Basic.Properties, body_size: int) -> bytes:
    """Encode a content header; raises AmqpError for values that AMQP cannot carry."""
    try:
        return header.ContentHeader(0, body_size, properties).marshal()
    except (TypeError, ValueError, OverflowError, RecursionError, struct.error) as error:
        raise AmqpError(ReplyCode.SYNTAX_ERROR, "message properties are malformed") from error


def cut_frames(received: bytearray, frame_max: int) -> Iterator[tuple[int, frame.FrameTypes]]:
    """Take every complete frame out of `received` and yield it with its channel's number.

    Sizes are checked before the bytes have come, so a client can make us hold one frame at most.
    """
    start = 0
    try:
        while len(received) - start >= constants.FRAME_HEADER_SIZE:
            kind, channel, size = _FRAME_HEADER.unpack_from(received, start)
            if kind not in _KINDS or size > frame_max - _FRAME_OVERHEAD:
                raise AmqpError(ReplyCode.FRAME_ERROR, f"type {kind}, {size} octets of payload")
            end = start + size + _FRAME_OVERHEAD
            if end > len(received):
                break
            if received[end - 1] != constants.FRAME_END:
                raise AmqpError(ReplyCode.FRAME_ERROR, "frame end marker is missing")
            raw, start = bytes(received[start:end]), end
            yield channel, _decode(raw)
    finally:
        del received[:start]


def _decode(raw: bytes) -> frame.FrameTypes:
    try:
        _, _, decoded = frame.unmarshal(raw)
        # Some clients fill the reserved field of Channel.Open in their own way; it means nothing.
        if isinstance(decoded, base.Frame) and not isinstance(decoded, commands.Channel.Open):
            decoded.validate()
    except (UnmarshalingException, ValueError, TypeError, ArithmeticError, struct.error) as error:
        raise AmqpError(ReplyCode.SYNTAX_ERROR, "frame cannot be decoded") from error
    except (IndexError, OSError, RecursionError) as error:  # nested tables, times out of range
        raise AmqpError(ReplyCode.SYNTAX_ERROR, "field table cannot be decoded") from error
    return decoded


def encode_method(channel: int, method: frame.FrameTypes) -> bytes:
    """Encode a frame that carries no message."""
    return frame.marshal(method, channel)


def encode_content(channel: int, method: base.Frame, message: Message, frame_max: int) -> bytes:
    """Encode a deliver, get-ok or return together with its message."""
    size = frame_max - _FRAME_OVERHEAD
    body = message.body
    pieces = [frame.marshal(method, channel)]
    pieces += _raw_frame(constants.FRAME_HEADER, channel, message.header)
    for start in range(0, len(body), size):
        pieces += _raw_frame(constants.FRAME_BODY, channel, body[start : start + size])
    return b"".join(pieces)


def _raw_frame(kind: int, channel: int, payload: bytes) -> tuple[bytes, bytes, bytes]:
    return _FRAME_HEADER.pack(kind, channel, len(payload)), payload, constants.FRAME_END_CHAR

"""Frames that the AMQP client cannot read, although the broker passed them on.

The broker checks neither the text nor the tables in a message's properties. The client ends its
connection over the first bad one; the broker delivers it again, and the worker would never get
past it. We use next to nothing of the properties, so a bad header is read without them.
"""

import struct
from types import SimpleNamespace
from typing import Final

import aiormq.connection
from pamqp import frame
from pamqp.base import Frame
from pamqp.commands import Basic
from pamqp.header import ContentHeader

_FRAME_HEAD: Final = struct.Struct(">BHI")
_CONTENT_HEAD: Final = struct.Struct(">HHQ")
_TAG: Final = struct.Struct(">Q?")
_METHOD, _HEADER = 1, 2
_DELIVER: Final = struct.pack(">HH", 60, 60)


def read_frame(data: bytes) -> tuple[int, int, object]:
    """Read a frame as pamqp does; where it cannot, read what we need of it."""
    try:
        return frame.unmarshal(data)
    except Exception:
        kind, channel, _ = _FRAME_HEAD.unpack_from(data)
        body = data[_FRAME_HEAD.size :]
        if kind == _HEADER:
            return len(data), channel, ContentHeader(0, _CONTENT_HEAD.unpack_from(body)[2])
        if kind == _METHOD and body.startswith(_DELIVER):
            return len(data), channel, _delivery(body[len(_DELIVER) :])
        raise


def _delivery(body: bytes) -> Frame:
    """Read a delivery whose routing key is not UTF-8."""
    consumer_tag, at = _text(body, 0)
    delivery_tag, redelivered = _TAG.unpack_from(body, at)
    exchange, at = _text(body, at + _TAG.size)
    routing_key, _ = _text(body, at)
    return Basic.Deliver(consumer_tag, delivery_tag, redelivered, exchange, routing_key)


def _text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 1 + body[at]
    return body[at + 1 : end].decode(errors="replace"), end


def tolerate_bad_properties() -> None:
    """Have the client of this process read frames as we do; there is no option for it."""
    ours = SimpleNamespace(
        frame_parts=frame.frame_parts, marshal=frame.marshal, unmarshal=read_frame
    )
    vars(aiormq.connection)["pamqp"] = SimpleNamespace(frame=ours)

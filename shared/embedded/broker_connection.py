"""A client's connection: hand-shake, heartbeats, channels, and closing with the right code."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from pamqp import base, commands, frame, heartbeat
from pamqp.common import FieldTable

from shared.embedded.broker_channel import Channel
from shared.embedded.broker_frames import (
    FRAME_MAX,
    AmqpError,
    Message,
    ReplyCode,
    cut_frames,
    encode_content,
    encode_method,
)
from shared.embedded.broker_turn import Turn
from shared.embedded.broker_vhost import VirtualHost
from shared.logs import log

_GREETING: Final = b"AMQP\x00\x00\x09\x01"
_CLOSE_OK: Final = encode_method(0, commands.Connection.CloseOk())
_HEARTBEAT: Final = encode_method(0, heartbeat.Heartbeat())
_FRAME_MIN: Final = 4096
_CHANNEL_MAX: Final = 2047  # as RabbitMQ: numbers may be sparse
_OPEN_CHANNELS_MAX: Final = 64  # each may hold one half-received message
_HEARTBEAT_SECONDS: Final = 60  # what we propose; the client decides
_HANDSHAKE_SECONDS: Final = 10
_CLOSE_SECONDS: Final = 3
_SILENT_TICKS_MAX: Final = 4  # of half a heartbeat each
_OUTGOING_BYTES_MAX: Final = 256 * 1024
_PROPERTIES: Final[FieldTable] = {
    "product": "Muster embedded broker",
    "version": "1",
    "capabilities": {
        "authentication_failure_close": True,
        "basic.nack": True,
        "consumer_cancel_notify": True,
        "per_consumer_qos": True,
        "publisher_confirms": True,
    },
}


class Connection(asyncio.Protocol):
    """Speaks AMQP with one client.

    What one client can make us hold is bounded: one frame, one message per open channel, and a
    quarter of a megabyte to send; a client that does not read is no longer listened to.
    """

    def __init__(self, host: VirtualHost, turn: Turn, everybody: set["Connection"]) -> None:
        self.user = ""
        self._host = host
        self._turn = turn
        self._everybody = everybody
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle
        self._received = bytearray()
        self._outgoing: list[bytes] = []
        self._outgoing_bytes = 0
        self._frame_max = FRAME_MAX
        self._channels: dict[int, Channel] = {}
        self._closing_channels: set[int] = set()
        self._expect: Callable[[int, frame.FrameTypes], None] | None = None
        self._is_blocked = False
        self._is_closing = False
        self._is_finished = False
        self._heartbeat_seconds = 0
        self._silent_ticks = 0
        self._has_spoken = False

    # Bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the client's greeting, but not for ever."""
        self._transport = cast("asyncio.Transport", transport)
        self._everybody.add(self)
        self._timer = self._loop.call_later(_HANDSHAKE_SECONDS, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        """Carry out every complete frame; whatever goes wrong ends this connection only."""
        self._silent_ticks = 0
        if self._is_closing:
            if data.endswith(_CLOSE_OK):
                self._transport.close()
            return
        self._received += data
        try:
            if self._expect is None:
                self._greet()
            if self._expect is not None:
                self._receive_frames()
        except AmqpError as error:
            self._close(error)
        except Exception as error:  # noqa: BLE001 - our own mistake must not harm other clients
            log.error("embedded broker failed", error=type(error).__name__)
            self._close(AmqpError(ReplyCode.INTERNAL_ERROR, "the broker has a fault"))

    def _receive_frames(self) -> None:
        for channel, received in cut_frames(self._received, self._frame_max):
            if self._expect is not None and not isinstance(received, heartbeat.Heartbeat):
                self._expect(channel, received)
            if self._is_closing:
                break

    def say(self, channel: int, method: base.Frame, message: Message | None = None) -> None:
        """Send a method, with its message if it carries one, when this turn ends."""
        if message is None:
            encoded = encode_method(channel, method)
        else:
            encoded = encode_content(channel, method, message, self._frame_max)
        self._outgoing.append(encoded)
        self._outgoing_bytes += len(encoded)
        self._turn.hear(self)

    def flush(self) -> None:
        """Confirm what the journal has by now, then send everything that was said."""
        for channel in self._channels.values():
            channel.confirm()
        if self._outgoing and not self._transport.is_closing():
            self._has_spoken = True
            was_full = not self.has_room
            self._transport.write(b"".join(self._outgoing))
            self._outgoing.clear()
            self._outgoing_bytes = 0
            if was_full and self.has_room:
                self._wake_queues()
        if self._is_finished:
            self._transport.close()

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with reading what it is sent."""
        return not self._is_blocked and self._outgoing_bytes < _OUTGOING_BYTES_MAX

    def pause_writing(self) -> None:
        """Stop delivering to, and listening to, a client that does not read."""
        self._is_blocked = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on when the client has read."""
        self._is_blocked = False
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._wake_queues()

    def _wake_queues(self) -> None:
        for channel in self._channels.values():
            channel.wake_queues()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        """Give back everything the client had not settled."""
        self._timer.cancel()
        self._everybody.discard(self)
        self._is_closing = True
        self._close_channels()

    def abort(self) -> None:
        """End at once, with nothing more said."""
        self._transport.abort()

    # Hand-shake

    def _greet(self) -> None:
        if len(self._received) < len(_GREETING) and _GREETING.startswith(bytes(self._received)):
            return
        if not self._received.startswith(_GREETING):
            self._transport.write(_GREETING)  # AMQP's way to say which version we speak
            self._is_closing = True
            self._transport.close()
            return
        del self._received[: len(_GREETING)]
        self._expect = self._start
        self.say(0, commands.Connection.Start(0, 9, _PROPERTIES, "PLAIN", "en_US"))

    def _start(self, _: int, received: frame.FrameTypes) -> None:
        if not isinstance(received, commands.Connection.StartOk):
            raise AmqpError(ReplyCode.COMMAND_INVALID, f"unexpected {received.name}")
        credentials = str(received.response).split("\0")
        if received.mechanism != "PLAIN" or len(credentials) != 3:  # noqa: PLR2004 - for whom, who, password
            raise AmqpError(ReplyCode.ACCESS_REFUSED, "log in with the mechanism PLAIN")
        self.user = credentials[1]
        self._expect = self._tune
        self.say(0, commands.Connection.Tune(_CHANNEL_MAX, FRAME_MAX, _HEARTBEAT_SECONDS))

    def _tune(self, _: int, received: frame.FrameTypes) -> None:
        if not isinstance(received, commands.Connection.TuneOk):
            raise AmqpError(ReplyCode.COMMAND_INVALID, f"unexpected {received.name}")
        self._frame_max = received.frame_max or FRAME_MAX
        if not _FRAME_MIN <= self._frame_max <= FRAME_MAX:
            raise AmqpError(ReplyCode.NOT_ALLOWED, f"negotiated frame_max = {self._frame_max}")
        self._heartbeat_seconds = received.heartbeat
        self._expect = self._open

    def _open(self, _: int, received: frame.FrameTypes) -> None:
        if not isinstance(received, commands.Connection.Open):
            raise AmqpError(ReplyCode.COMMAND_INVALID, f"unexpected {received.name}")
        if received.virtual_host != "/":
            raise AmqpError(ReplyCode.NOT_ALLOWED, f"vhost {received.virtual_host} not found")
        self._expect = self._run
        self.say(0, commands.Connection.OpenOk())
        self._timer.cancel()
        if self._heartbeat_seconds:
            self._timer = self._loop.call_later(self._heartbeat_seconds / 2, self._tick)

    def _tick(self) -> None:
        """Send a heartbeat if we said nothing lately; give up a client that says nothing.

        Counts ticks, not seconds, so that a laptop that slept gives everybody another chance.
        """
        self._silent_ticks += 1
        if self._silent_ticks > _SILENT_TICKS_MAX:
            self._transport.abort()
            return
        if not self._has_spoken and not self._is_closing:
            self._transport.write(_HEARTBEAT)
        self._has_spoken = False
        self._timer = self._loop.call_later(self._heartbeat_seconds / 2, self._tick)

    # Channels

    def _run(self, number: int, received: frame.FrameTypes) -> None:
        if number == 0:
            self._control(received)
        elif number in self._closing_channels:
            if isinstance(received, commands.Channel.Close):
                self.say(number, commands.Channel.CloseOk())  # both closed it at the same time
            elif isinstance(received, commands.Channel.CloseOk):
                self._closing_channels.discard(number)
        elif isinstance(received, commands.Channel.Open):
            self._open_channel(number)
        elif number not in self._channels:
            raise AmqpError(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'")
        elif isinstance(received, commands.Channel.Close):
            self._channels.pop(number).close()
            self.say(number, commands.Channel.CloseOk())
        else:
            self._use_channel(number, received)

    def _control(self, received: frame.FrameTypes) -> None:
        if not isinstance(received, commands.Connection.Close):
            raise AmqpError(ReplyCode.COMMAND_INVALID, f"unexpected {received.name}")
        self._is_closing = self._is_finished = True
        self._close_channels()
        self.say(0, commands.Connection.CloseOk())

    def _open_channel(self, number: int) -> None:
        if number in self._channels:
            raise AmqpError(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen")
        if number > _CHANNEL_MAX or len(self._channels) >= _OPEN_CHANNELS_MAX:
            raise AmqpError(ReplyCode.NOT_ALLOWED, f"more than {_OPEN_CHANNELS_MAX} channels")
        self._channels[number] = Channel(number, self, self._host)
        self.say(number, commands.Channel.OpenOk())

    def _use_channel(self, number: int, received: frame.FrameTypes) -> None:
        try:
            self._channels[number].receive(received)
            self._turn.hear(self)  # there may be something to confirm
        except AmqpError as error:
            if error.closes_connection:
                raise
            self._channels.pop(number).close()
            self._closing_channels.add(number)
            self.say(number, commands.Channel.Close(error.code, error.reply_text, 0, 0))

    # Closing

    def shut_down(self) -> None:
        """Tell the client that the broker goes away."""
        if not self._is_closing:
            self._close(AmqpError(ReplyCode.CONNECTION_FORCED, "broker shuts down"))
        self._is_finished = True

    def _close(self, error: AmqpError) -> None:
        """Say why, then wait a moment for the client to agree, reading nothing of what it says."""
        self._is_closing = True
        self._received.clear()
        self._close_channels()
        self._timer.cancel()
        self._timer = self._loop.call_later(_CLOSE_SECONDS, self._transport.abort)
        self.say(0, commands.Connection.Close(error.code, error.reply_text, 0, 0))

    def _close_channels(self) -> None:
        channels, self._channels = self._channels, {}
        for channel in channels.values():
            channel.close()

"""An AMQP client that says whatever it is told to, rightly or wrongly."""

import asyncio
import contextlib
import struct

from pamqp import commands, frame

GREETING = b"AMQP\x00\x00\x09\x01"


class RawClient:
    """Speaks AMQP frame by frame, rightly or wrongly."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, url: str) -> "RawClient":
        host, port = url.split("@")[1].strip("/").split(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    @classmethod
    async def open(cls, url: str, heartbeat: int = 0) -> "RawClient":
        client = await cls.connect(url)
        client.write(handshake(heartbeat))
        while not isinstance(await client.receive(), commands.Channel.OpenOk):
            pass
        return client

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    def say(self, *values: frame.FrameTypes, channel: int = 1) -> None:
        self.write(b"".join(frame.marshal(value, channel) for value in values))

    async def receive(self) -> frame.FrameTypes:
        async with asyncio.timeout(60):
            start = await self.reader.readexactly(7)
            size = struct.unpack(">I", start[3:])[0]
            return frame.unmarshal(start + await self.reader.readexactly(size + 1))[2]

    async def code_when_closed(self) -> int:
        """Read on until the broker closes the channel or the connection."""
        while True:
            received = await self.receive()
            if isinstance(received, commands.Connection.Close | commands.Channel.Close):
                return received.reply_code

    async def is_cut_off(self) -> bool:
        async with asyncio.timeout(60):
            with contextlib.suppress(ConnectionError):
                while await self.reader.read(65536):
                    pass
        return True

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


def handshake(heartbeat: int = 0, virtual_host: str = "/") -> bytes:
    frames = [
        (commands.Connection.StartOk({}, "PLAIN", "\0guest\0guest", "en_US"), 0),
        (commands.Connection.TuneOk(0, 131_072, heartbeat), 0),
        (commands.Connection.Open(virtual_host), 0),
        (commands.Channel.Open(), 1),
    ]
    return GREETING + b"".join(frame.marshal(value, number) for value, number in frames)

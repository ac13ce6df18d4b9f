"""A network that can be cut: a TCP proxy between the workers and one server."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Self
from urllib.parse import urlsplit, urlunsplit

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_LATENCY_SECONDS = 2.0


class Weather(Enum):
    """What the network does to bytes."""

    FINE = auto()
    CUT = auto()  # every connection is reset, new ones too
    BLACK_HOLE = auto()  # connections stay, nothing arrives until it is over
    DEAF = auto()  # requests arrive, answers do not until it is over
    SLOW = auto()  # two seconds each way


class Proxy:
    """Forwards to one server on this machine, as the weather allows."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self._url = name, urlsplit(url)
        self._weather = Weather.FINE
        self._cleared = asyncio.Event()
        self._cleared.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The server's URL by way of this proxy."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        user = self._url.netloc.rpartition("@")[0]
        return urlunsplit(self._url._replace(netloc=f"{user}@127.0.0.1:{port}"))

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and reset what is open."""
        assert self._server is not None
        self._server.close()
        self._cleared.set()
        self._reset()

    @asynccontextmanager
    async def weather(self, weather: Weather) -> AsyncIterator[None]:
        """Have that weather while the block runs."""
        self._weather = weather
        self._cleared.clear()
        if weather is Weather.CUT:
            self._reset()
        try:
            yield
        finally:
            self._weather = Weather.FINE
            self._cleared.set()

    def _reset(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _connect(
        self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter
    ) -> None:
        writers = {client_out}
        self._writers |= writers
        try:
            if self._weather is Weather.CUT:
                return
            await self._wait_out(Weather.BLACK_HOLE)
            assert self._url.port
            server_in, server_out = await asyncio.open_connection("127.0.0.1", self._url.port)
            writers.add(server_out)
            self._writers.add(server_out)
            async with asyncio.TaskGroup() as both_ways:
                both_ways.create_task(self._pump(client_in, server_out, Weather.BLACK_HOLE))
                both_ways.create_task(
                    self._pump(server_in, client_out, Weather.BLACK_HOLE, Weather.DEAF)
                )
        except (OSError, ExceptionGroup):
            pass  # one side is gone: so is the other
        finally:
            for writer in writers:
                _reset(writer)
            self._writers -= writers

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *held_by: Weather
    ) -> None:
        while data := await source.read(64 * 1024):
            await self._wait_out(*held_by)
            if self._weather is Weather.SLOW:
                await asyncio.sleep(_LATENCY_SECONDS)
            target.write(data)
            await target.drain()
        raise ConnectionResetError

    async def _wait_out(self, *held_by: Weather) -> None:
        while self._weather in held_by:
            await self._cleared.wait()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
        )
    writer.transport.abort()

"""Cutting a worker off in the middle of a step, in this process: no goodbye to anybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from typing import Any, Final

from aio_pika.abc import AbstractConnection

from shared.messaging import Service, faultpoints
from shared.messaging.topology import routed_types
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.users import url_of
from tests.support.databases import SECRET
from tests.support.rig import Rig

# Only the worker's own steps count: others in this process publish as well.
_IS_VICTIM: Final = ContextVar("is_victim", default=False)


class Cut:
    """A worker that loses its connections and is cancelled when it reaches a point."""

    def __init__(self, bench: Rig, service: Service, point: str, after: int) -> None:
        self._bench, self._service = bench, service
        self._point, self._left = point, after
        self._fired = asyncio.Event()
        self._was_cut = False

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the worker until the point is reached; leaving the block leaves nothing of it."""
        url = url_of(self._service.name, self._bench.owner, SECRET)
        self._database = await Database.connect(url, self._service.name)
        routed = routed_types(self._bench.services)
        self._worker = Worker(self._service, self._database, self._bench.amqp_url, routed)
        faultpoints.install(self._reach)
        context = copy_context()
        context.run(_IS_VICTIM.set, True)
        self._task = asyncio.create_task(self._worker.run(), context=context)
        try:
            yield
        finally:
            faultpoints.install(None)
            self._task.cancel()
            self._drop_connections()
            done, _ = await asyncio.wait({self._task}, timeout=30)
            assert done, "the worker does not end when it is cancelled"
            await asyncio.gather(*done, return_exceptions=True)

    @property
    def has_fired(self) -> bool:
        """Whether the point has been reached."""
        return self._fired.is_set()

    async def fires_within(self, seconds: float) -> bool:
        """Wait for the point to be reached."""
        try:
            await asyncio.wait_for(self._fired.wait(), seconds)
        except TimeoutError:
            return False
        assert self._was_cut, "there was no connection to cut"
        return True

    def _reach(self, point: str) -> None:
        if point != self._point or self._fired.is_set() or not _IS_VICTIM.get():
            return
        self._left -= 1
        if self._left < 0:
            self._was_cut = self._drop_connections()
            self._task.cancel()
            self._fired.set()

    def _drop_connections(self) -> bool:
        """Drop all three; say whether the worker was connected to the broker until now."""
        self._database._pool.terminate()
        _abort(self._worker._publisher._connection)
        return _abort(self._worker.consumer._connection)


def _abort(connection: AbstractConnection | None) -> bool:
    """Close the socket under a connection, whatever is still to be written; say if it was open."""
    transport: Any = connection.transport if connection else None
    socket = transport.connection.socket if transport else None
    if socket is None or socket.is_closing():
        return False
    socket.abort()
    return True

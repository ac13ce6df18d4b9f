"""How long after the end of a fault the pipeline has its first new effect (G16)."""

import asyncio

import asyncpg

from shared import clock

_LOOK_SECONDS = 0.05
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended while a statement was being sent
)
"""How it shows that the database is away."""


class Effects:
    """Watches the history, from outside the proxy, for new rows."""

    def __init__(self, owner_url: str) -> None:
        self._owner_url = owner_url
        self.count = 0
        self._looks: list[asyncio.Queue[tuple[float, int]]] = []

    async def watch(self) -> None:
        """Look twenty times a second until cancelled."""
        while True:
            try:
                async with asyncio.timeout(5):
                    connection = await asyncpg.connect(self._owner_url)
                try:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(_LOOK_SECONDS)
                finally:
                    connection.terminate()
            except AWAY:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        asked_at = clock.monotonic()
        self.count = await connection.fetchval(
            "select coalesce(max(position), 0) from messaging.history", timeout=120
        )
        for looks in self._looks:
            looks.put_nowait((asked_at, self.count))

    async def first_after(self, moment: float) -> float:
        """Wait for an effect after that moment, and say how many seconds after it came."""
        looks: asyncio.Queue[tuple[float, int]] = asyncio.Queue()
        self._looks.append(looks)
        try:
            before: int | None = None
            while True:
                asked_at, count = await looks.get()
                if before is not None and count > before:
                    return clock.monotonic() - moment
                if asked_at >= moment and before is None:
                    before = count
        finally:
            self._looks.remove(looks)

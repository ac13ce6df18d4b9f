"""A service's own few connections, each transaction limited in time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Transaction: TypeAlias = (
        asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    )
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Transaction = asyncpg.Connection
    Pool = asyncpg.Pool


LOST: Final = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended while a statement was being sent
)
"""What a statement raises whose connection is lost."""


async def _leave_as_it_is(_: object) -> None:
    """Spare a round trip after each transaction: whatever we set is local to it."""


class Database:
    """Connections that see one service's schema first.

    Small on purpose: eight services times `max_connections` must stay under the server's limit.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, url: str, schema: str, *, max_connections: int = 3) -> Self:
        """Open the pool; every statement ends after 30 seconds, an idle transaction too."""
        return cls(
            await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=max_connections,
                reset=_leave_as_it_is,
                command_timeout=30,
                server_settings={
                    "application_name": f"muster-{schema}",
                    "search_path": f"{schema},public",
                    "timezone": "UTC",
                    "statement_timeout": "30s",
                    "lock_timeout": "10s",
                    "idle_in_transaction_session_timeout": "30s",
                    # Plans are made once and go by index, so that one made while a table was
                    # empty still serves when it holds a million rows (docs/decisions/0008).
                    "plan_cache_mode": "force_generic_plan",
                    "enable_seqscan": "off",
                    "jit": "off",
                },
            )
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit on leaving, roll back on an exception."""
        try:
            connection = await self._pool.acquire()
        except OSError as error:  # no such name, no route, several addresses: not connected
            raise ConnectionError(type(error).__name__) from error
        try:
            async with connection.transaction():
                yield connection
        finally:
            await self._pool.release(connection)

    async def fetchval(self, query: str) -> Any:  # noqa: ANN401 - whatever is asked for
        """Ask for one value, in one round trip."""
        try:
            return await self._pool.fetchval(query)
        except OSError as error:
            raise ConnectionError(type(error).__name__) from error

    async def close(self) -> None:
        """Close at once; whatever is open is rolled back."""
        self._pool.terminate()

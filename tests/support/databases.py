"""A fresh, fully migrated database for every test."""

import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from shared.postgres.database import Database
from shared.postgres.migrate import MigrationError, migrate
from shared.users import role_of, url_of

SECRET: Final = os.environ.get("MUSTER_SECRET") or "test-secret"
_SERVICES: Final = Path(__file__).parent.parent.parent / "services"
_ONE_SESSION_AT_A_TIME: Final = 0x74657374


class TestDatabase:
    """One test's database, and its services' connections to it."""

    __test__ = False

    def __init__(self, owner: str, broken: Mapping[str, str]) -> None:
        self.owner = owner
        self._broken = broken
        self._services: dict[str, Database] = {}

    async def service(self, name: str) -> Database:
        """Connect as the service does: with its own role, seeing its own schema first."""
        if name in self._broken:
            pytest.fail(self._broken[name], pytrace=False)
        if name not in self._services:
            url = url_of(name, self.owner, SECRET)
            self._services[name] = await Database.connect(url, name)
        return self._services[name]

    async def close(self) -> None:
        for service in self._services.values():
            await service.close()


class Template:
    """A migrated database on a server, to be copied for each test."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = f"muster_test_{secrets.token_hex(4)}"
        self._broken: dict[str, str] = {}

    async def create(self) -> None:
        """Migrate every service; one whose migrations do not run fails only its own tests."""
        folders = owners()
        async with _connected(self._server) as connection:
            # Roles belong to the whole server, which other sessions may be using.
            await connection.execute("select pg_advisory_lock($1)", _ONE_SESSION_AT_A_TIME)
            await connection.execute(f"create database {self._name}")
            while service := await self._find_broken(folders):
                folders[service] = Path("no migrations")

    async def _find_broken(self, folders: Mapping[str, Path]) -> str | None:
        try:
            await migrate(_with_database(self._server, self._name), folders, SECRET)
        except MigrationError as error:
            service, _, problem = str(error).partition("/")
            if service not in folders or service in self._broken:
                raise
            self._broken[service] = f"services/{service}/migrations/{problem}"
            return service
        return None

    async def drop(self) -> None:
        async with _connected(self._server) as connection:
            await connection.execute(f"drop database if exists {self._name} with (force)")

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[TestDatabase]:
        name = f"{self._name}_{secrets.token_hex(4)}"
        async with _connected(self._server) as connection:
            await connection.execute(f"create database {name} template {self._name}")
            database = TestDatabase(_with_database(self._server, name), self._broken)
            try:
                yield database
            finally:
                await database.close()
                await connection.execute(f"drop database {name} with (force)")


async def drop_roles(server: str) -> None:
    """Leave no role behind on a server, unless a database there still needs it."""
    from tests.support.ledger import OWNERS  # late: it makes events, which the contract has not

    async with _connected(server) as connection:
        for owner in (*owners(), *OWNERS):
            with suppress(asyncpg.DependentObjectsStillExistError):
                await connection.execute(f"drop role if exists {role_of(owner)}")


def owners() -> dict[str, Path]:
    """Find every service that has migrations."""
    return {path.parent.name: path for path in sorted(_SERVICES.glob("*/migrations"))}


@asynccontextmanager
async def _connected(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@asynccontextmanager
async def created(server: str) -> AsyncIterator[str]:
    """An empty database on a server that may be restarted meanwhile."""
    name = f"muster_fault_{secrets.token_hex(4)}"
    async with _connected(server) as connection:
        await connection.execute(f"create database {name}")
    yield _with_database(server, name)
    async with _connected(server) as connection:
        await connection.execute(f"drop database {name} with (force)")

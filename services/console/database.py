"""The database that a command looks into: the one configured, else the last demo's."""

import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg

from shared.embedded.servers import Choice, servers
from shared.postgres import Transaction
from shared.settings import settings

_FILE: Final = "servers.json"


class NoDatabase(Exception):  # noqa: N818 - it names what is the matter
    """There is nothing to look into; says what to do about it."""


def demo_home() -> Path:
    """Name the folder in which a demo keeps everything."""
    return settings().home / "demo"


def remember_servers(home: Path, choice: Choice, database_url: str) -> None:
    """Write down where the demo's database is, for commands that run beside it or afterwards."""
    file = home / _FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps({"choice": choice, "database_url": database_url}))


def remembered_choice(home: Path) -> Choice | None:
    """Tell with which servers the last demo was played, if there was one."""
    file = home / _FILE
    return Choice(json.loads(file.read_text())["choice"]) if file.exists() else None


@asynccontextmanager
async def open_database() -> AsyncIterator[Transaction]:
    """Connect as the owner, starting the last demo's database again if it has ended.

    Raises NoDatabase when there is none to connect to.
    """
    with ExitStack() as stack:
        url = settings().database_url
        connection = await asyncpg.connect(url) if url else await _connect_to_demo(stack)
        try:
            yield connection
        finally:
            await connection.close()


async def _connect_to_demo(stack: ExitStack) -> "asyncpg.Connection[asyncpg.Record]":
    home = demo_home()
    try:
        kept = json.loads((home / _FILE).read_text())
    except FileNotFoundError:
        raise NoDatabase("set DATABASE_URL, or run `./muster demo` first") from None
    try:
        return await asyncpg.connect(kept["database_url"])
    except (OSError, asyncpg.PostgresError):
        if kept["choice"] not in {Choice.EMBEDDED, Choice.LOCAL}:
            raise NoDatabase(f"the servers of the last demo ({kept['choice']}) are gone") from None
    started = stack.enter_context(servers(Choice(kept["choice"]), home, is_durable=False))
    return await asyncpg.connect(started.database_url)

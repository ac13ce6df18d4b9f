"""Servers, the network before them, and the two parties outside: site and mail server."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from services.console.workers import SERVICES, owners
from services.simulator import run as simulator
from shared.embedded.binaries import system_postgres
from shared.embedded.postgres import PostgresServer
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import find_rabbit
from shared.messaging.topology import declare
from shared.postgres.migrate import migrate
from tests.faults.chaos.plan import Plan
from tests.faults.chaos.processes import kill, start
from tests.faults.chaos.proxy import Proxy


@dataclass(frozen=True)
class Scene:
    """Where a run plays; `environment` is what its workers are told."""

    rabbit: RabbitServer
    postgres: PostgresServer
    to_rabbit: Proxy
    to_postgres: Proxy
    folder: Path
    environment: dict[str, str]
    careers_site: asyncio.subprocess.Process


@asynccontextmanager
async def set_up(plan: Plan, folder: Path) -> AsyncIterator[Scene]:
    """Start everything; end it on leaving."""
    secret = secrets.token_hex(16)
    async with AsyncExitStack() as stack:
        rabbit = stack.enter_context(RabbitServer(find_rabbit()))
        postgres = stack.enter_context(PostgresServer(system_postgres()))
        for server, name in ((rabbit, "rabbitmq.log"), (postgres, "postgres.log")):
            stack.callback(shutil.copy, server._folder / "log", folder / name)
        await declare(rabbit.url, SERVICES)
        await _prepare_database(postgres.url, plan, secret)
        to_rabbit = await stack.enter_async_context(Proxy("broker", rabbit.url))
        to_postgres = await stack.enter_async_context(Proxy("PostgreSQL", postgres.url))
        post_office = await start(
            "post_office", str(folder / "letters"), str(folder / "mail-faults.jsonl"),
            str(plan.seed), log=folder / "post-office.log",
        )  # fmt: skip
        stack.push_async_callback(kill, post_office)
        confirmed = folder / "confirmed.jsonl"
        confirmed.touch()
        careers_site = await start(
            "careers_site", rabbit.url, str(confirmed), str(plan.seed), str(plan.shuffle_seconds),
            log=folder / "careers-site.log",
        )  # fmt: skip
        stack.push_async_callback(kill, careers_site)
        assert post_office.stdout is not None
        environment = {
            "AMQP_URL": to_rabbit.url,
            "DATABASE_URL": to_postgres.url,
            "MUSTER_SECRET": secret,
            "MUSTER_HOME": str(folder),
            "OBJECT_STORE_URL": (folder / "objects").as_uri(),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": (await post_office.stdout.readline()).decode().strip(),
        }
        yield Scene(rabbit, postgres, to_rabbit, to_postgres, folder, environment, careers_site)


async def _prepare_database(owner_url: str, plan: Plan, secret: str) -> None:
    """Make the tables and set the virtual clock to the beginning."""
    migrations = Path(simulator.__file__).parent / "migrations"
    await migrate(owner_url, owners() | {"simulator": migrations}, secret)
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "update messaging.clock set clock_offset = $1 - now()", plan.starts_at
    )
    await connection.close()

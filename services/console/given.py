"""Servers that were given to us for tests, and whether a deployment of Muster lives there."""

import asyncio
from typing import Final

import aio_pika
import asyncpg
from aiormq.exceptions import ChannelNotFoundEntity

from services.console.workers import SERVICES
from shared.embedded.process import ServerError
from shared.embedded.servers import Choice
from shared.messaging.topology import CONNECT_SECONDS
from shared.settings import settings
from shared.users import role_of

# Roles belong to the whole server. Those that tests have made have rights in tests' databases and
# nowhere else; a run that was cut off may have left both.
_OF_TESTS: Final = "^muster_(test|fault)(_[0-9a-f]{8})+$"
_NOT_OF_TESTS: Final = """
select role.rolname, database.datname
from pg_roles as role
left join pg_shdepend as rights on rights.refclassid = 'pg_authid'::regclass
    and rights.refobjid = role.oid and rights.dbid <> 0
left join pg_database as database on database.oid = rights.dbid
where role.rolname = any($1) and (database.datname is null or database.datname !~ $2)
"""


def refuse_inhabited(choice: Choice) -> None:
    """Keep tests off given servers on which a deployment lives: they would undo it.

    Raises ServerError with what was found and what to do. Only looks; changes nothing.
    """
    if choice is Choice.AUTO:
        asyncio.run(_refuse(settings().amqp_url, settings().database_url))


async def _refuse(amqp_url: str, database_url: str) -> None:
    if amqp_url and (queues := await _find_queues(amqp_url)):
        raise ServerError(
            f"AMQP_URL is a broker with the queues {', '.join(queues)}. A deployment may live "
            "there, and tests would delete them: give the tests a virtual host of their own, or "
            "unset AMQP_URL. If a test run that was cut off has left them, delete them."
        )
    if database_url and (found := await _find_roles(database_url)):
        roles = ", ".join(sorted({role for role, _ in found}))
        databases = ", ".join(sorted({database for _, database in found if database}))
        where = f" in use by database {databases}" if databases else ""
        advice = "" if databases else f" If nobody needs those roles any more: drop role {roles}"
        raise ServerError(
            f"DATABASE_URL is a PostgreSQL server with the roles {roles}{where}. A deployment may "
            "live there, and tests would change their passwords: give the tests a server of their "
            f"own, or unset DATABASE_URL.{advice}"
        )


async def _find_queues(amqp_url: str) -> list[str]:
    """Ask for each of our queues; the broker closes a channel that asks for one it has not."""
    found = []
    connection = await aio_pika.connect(amqp_url, timeout=CONNECT_SECONDS)
    async with connection:
        for service in SERVICES:
            channel = await (await connection.channel()).get_underlay_channel()
            try:
                await channel.queue_declare(service.queue, passive=True)
            except ChannelNotFoundEntity:
                continue
            found.append(service.queue)
    return found


async def _find_roles(database_url: str) -> list[tuple[str, str | None]]:
    """Find our roles that no test has made, each with a database in which it has rights."""
    connection = await asyncpg.connect(database_url)
    try:
        names = [role_of(service.name) for service in SERVICES]
        rows = await connection.fetch(_NOT_OF_TESTS, names, _OF_TESTS)
    finally:
        await connection.close()
    return [(row["rolname"], row["datname"]) for row in rows]

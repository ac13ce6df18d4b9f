"""What the servers themselves say: nothing was made cheaper than it would be in earnest."""

import asyncio
from typing import Any

import asyncpg

from tests.bench.ground import Ground

_SWITCHED_ON = ("fsync", "synchronous_commit", "full_page_writes")
_SHOWN = (
    *_SWITCHED_ON, "wal_sync_method", "wal_level", "shared_buffers", "max_wal_size",
    "max_connections", "default_transaction_isolation",
)  # fmt: skip


class NotInEarnest(AssertionError):  # noqa: N818 - it says what is the matter
    """A setting that would make the figures worthless."""


async def prove_database(url: str) -> None:
    """Refuse a database that does not wait for the disk, for anybody, in any table."""
    connection = await asyncpg.connect(url)
    try:
        for setting in _SWITCHED_ON:
            if (value := await connection.fetchval(f"show {setting}")) != "on":
                raise NotInEarnest(f"{setting} is {value}")
        if exceptions := await connection.fetch("select setconfig from pg_db_role_setting"):
            raise NotInEarnest(f"a role or database has its own settings: {exceptions}")
        careless = await connection.fetch(
            "select oid::regclass::text as name from pg_class where relkind in ('r', 'i')"
            " and relnamespace::regnamespace::text !~ '^pg_' and relpersistence <> 'p'"
        )
        if careless:
            raise NotInEarnest(f"unlogged: {careless}")
    finally:
        await connection.close()


async def settings_of(url: str) -> dict[str, str]:
    """Ask the database server how it is set."""
    connection = await asyncpg.connect(url)
    try:
        return {name: await connection.fetchval(f"show {name}") for name in _SHOWN}
    finally:
        await connection.close()


async def prove_commits(connection: Any) -> None:
    """Refuse messages whose own transaction, as the inbox noted, did not wait for the disk."""
    inboxes = await connection.fetch(
        "select oid::regclass::text as name from pg_class where relname = 'inbox'"
    )
    for inbox in inboxes:
        found = await connection.fetch(f"select distinct synchronous_commit from {inbox['name']}")
        if careless := {row["synchronous_commit"] for row in found} - {"on"}:
            raise NotInEarnest(f"{inbox['name']}: synchronous_commit was {careless}")


async def prove_broker(ground: Ground, prefix: tuple[str, ...]) -> None:
    """Refuse queues that do not last and consumers that do not acknowledge."""
    queues = await _listed(ground, "list_queues", "name", "type", "durable")
    used = [q for q in queues if q["name"] in prefix]
    if len(used) < len(prefix):
        raise NotInEarnest(f"queues are missing: {queues}")
    if bad := [q for q in used if q["durable"] != "true" or q["type"] != "quorum"]:
        raise NotInEarnest(f"not durable quorum queues: {bad}")
    consumers = await _listed(ground, "list_consumers", "queue_name", "ack_required")
    if bad := [c for c in consumers if c["ack_required"] != "true"]:
        raise NotInEarnest(f"acknowledged by the broker itself: {bad}")


async def prove_traffic(ground: Ground) -> int:
    """Refuse messages published on channels without confirms; returns the redeliveries.

    The broker counts both itself, over whatever channels there were since it was last asked.
    """
    counted = await ground.traffic()
    published = counted["messages_received_total"]
    silent = published - counted["messages_received_confirm_total"]
    if silent or not published:
        raise NotInEarnest(f"{silent} of {published} messages were published without confirms")
    return counted["messages_redelivered_total"]


async def _listed(ground: Ground, command: str, *columns: str) -> list[dict[str, Any]]:
    """Ask rabbitmqctl; a list of consumers has no header of our choosing."""
    words = () if command == "list_consumers" else columns
    answer = await asyncio.to_thread(ground.rabbit.control, command, *words)
    lines = [line.split("\t") for line in answer.splitlines() if "\t" in line]
    header, rows = lines[0], lines[1:]
    return [dict(zip(header, row, strict=True)) for row in rows]


def _flushes(connection: Any) -> str:
    """Name the counter of the server's flushes, which PostgreSQL 18 moved."""
    if connection.get_server_version().major < 18:
        return "select wal_sync from pg_stat_wal"
    return "select sum(fsyncs) from pg_stat_io where object = 'wal'"


async def work_done(url: str) -> dict[str, int]:
    """Read how often the server committed and flushed, to be compared afterwards."""
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(
            f"select xact_commit, ({_flushes(connection)}) as wal_sync from pg_stat_database"
            " where datname = current_database()"
        )
        return dict(row)
    finally:
        await connection.close()

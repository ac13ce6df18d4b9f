"""What the servers themselves say: nothing was made cheaper than it would be in earnest."""

from collections import Counter
from typing import Any, Final

import asyncpg

from tests.bench.ground import Answer, Ground

_SWITCHED_ON = ("fsync", "synchronous_commit", "full_page_writes")
_TAKEN_BY: Final = ("consume", "get")
_ASKED: Final = 5  # times, at most
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


async def prove_broker(ground: Ground, used: tuple[str, ...], refused: int = 0) -> int:
    """Ask the broker, at the end of a run, how its queues were used; returns the redeliveries.

    It has counted everything itself, over whatever channels there were. `refused` messages lie in
    fuses: those were neither acknowledged nor delivered again.
    """
    for _ in range(_ASKED):
        answer = await ground.ask()
        counted = answer.counted - ground.counted_before
        if _unanswered(counted) <= refused:
            break  # else the last acknowledgements may be under way
    _prove_queues(answer, used)
    _prove_traffic(counted, refused)
    return counted["messages_redelivered_total"]


def _prove_queues(answer: Answer, used: tuple[str, ...]) -> None:
    """Refuse queues that do not last and consumers that do not acknowledge."""
    if missing := set(used) - answer.queues.keys():
        raise NotInEarnest(f"queues are missing: {missing}")
    if bad := [name for name in used if answer.queues[name] != ("rabbit_quorum_queue", "true")]:
        raise NotInEarnest(f"not durable quorum queues: {bad}")
    if bad := [queue for queue, ack_required in answer.consumers if ack_required != "true"]:
        raise NotInEarnest(f"acknowledged by the broker itself: {bad}")


def _prove_traffic(counted: Counter[str], refused: int) -> None:
    """Refuse messages without confirms or acknowledgements; the driver itself gives both."""
    published = counted["messages_received_total"]
    silent = published - counted["messages_received_confirm_total"]
    if silent or not published:
        raise NotInEarnest(f"{silent} of {published} messages were published without confirms")
    if careless := sum(counted[f"messages_delivered_{how}_auto_ack_total"] for how in _TAKEN_BY):
        raise NotInEarnest(f"{careless} messages were acknowledged by the broker itself")
    if (unanswered := _unanswered(counted)) > refused:
        raise NotInEarnest(f"{unanswered - refused} deliveries were never acknowledged")


def _unanswered(counted: Counter[str]) -> int:
    """Count the deliveries that were neither acknowledged nor followed by another one."""
    answered = ("messages_acknowledged_total", "messages_redelivered_total")
    return counted["messages_delivered_total"] - sum(counted[name] for name in answered)


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

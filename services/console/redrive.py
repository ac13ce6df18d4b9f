"""`muster redrive`: publish again what we announced and a broker lost with its disk.

What the careers site had published and nobody had taken is for the careers site to repeat; what a
person asked for is for that person, who was perhaps told that it had not been taken.
"""

import argparse
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from services.console.database import open_database
from services.console.mistakes import USAGE_ERROR, read_instant
from services.console.workers import SERVICES
from shared.contracts import EVENTS, FromPeople
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.topology import routed_types
from shared.postgres import Transaction
from shared.settings import settings

_AT_ONCE: Final = 200
_RECORDED: Final = "from messaging.history where recorded_at >= $1 and type = any($2)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--since", required=True, type=read_instant, metavar="TIME",
        help="everything announced since then; with an offset, such as 2025-10-21T09:00:00+01:00",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only count")


async def run(arguments: argparse.Namespace) -> int:
    """Publish history again: the inbox of every worker makes that harmless."""
    since: datetime = arguments.since
    if since.tzinfo is None:
        print("--since needs an offset, such as 2025-10-21T09:00:00+01:00", file=sys.stderr)
        return USAGE_ERROR
    async with open_database() as database:
        # The inbox is what makes redriving harmless: it must reach at least as far back. It is
        # never dropped by age, so it does, unless a database was restored or begun anew.
        oldest = await database.fetchval("select min(recorded_at) from messaging.history")
        if oldest is not None and since < oldest:
            print(f"The record begins at {oldest.isoformat()}; say --since that.", file=sys.stderr)
            return USAGE_ERROR
        routed = routed_types(SERVICES)
        types = [name for name in routed if not issubclass(EVENTS[name], FromPeople)]
        count, last = await database.fetchrow(
            f"select count(*), coalesce(max(position), 0) {_RECORDED}", since, types
        )  # type: ignore[misc]
        if arguments.dry_run:
            print(f"{count} events would be published again")
            return 0
        if not settings().amqp_url:
            print("Set AMQP_URL to the administrator's URL of the broker.", file=sys.stderr)
            return USAGE_ERROR
        confirmed = 0
        async with Publisher(settings().amqp_url) as publisher:
            async for published in _publish_again(publisher, database, since, types, last):
                confirmed += published
                print(f"\r{confirmed} of {count} events", end="", flush=True)
    print()
    if confirmed < count:
        print(
            "The broker did not confirm the rest. Is AMQP_URL the administrator's, who alone may "
            "publish every type? Then run the same command again; twice is harmless.",
            file=sys.stderr,
        )
        return 1
    return 0


async def _publish_again(
    publisher: Publisher, database: Transaction, since: datetime, types: list[str], last: int
) -> AsyncIterator[int]:
    """Publish page by page, and tell of each how many were confirmed; a page of none ends it."""
    position, published = 0, 1
    while published and (
        page := await database.fetch(
            f"select position, id, type, body {_RECORDED}"
            f" and position > $3 and position <= $4 order by position limit {_AT_ONCE}",
            since, types, position, last,
        )
    ):  # fmt: skip
        position = page[-1]["position"]
        again = [Outgoing(row["id"], row["type"], row["body"]) for row in page]
        published = len(await publisher.publish(again))
        yield published

"""Several workers of one service at the same moment."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from shared.contracts import Event
from shared.messaging import Service
from shared.messaging.batch import Batch, Outcome
from shared.postgres import Database, Transaction
from tests.support.databases import TestDatabase


async def handle(
    service: Service, tx: Transaction, events: Sequence[Event[Any]], now: datetime
) -> Outcome:
    """Run the service's handlers on one batch, each on its events, in the order of its table."""
    handlers = {s.event: s.handler for s in service.subscriptions}
    outcome = Outcome(source="muster/test")
    for handler in dict.fromkeys(handlers.values()):
        mine = [one for one in events if handlers[type(one.data)] is handler]
        if mine:
            await handler(Batch(mine, now, outcome), tx)
    return outcome


async def at_once(
    service: Service,
    database: TestDatabase,
    first: Event[Any],
    *batches: Sequence[Event[Any]],
    now: datetime,
) -> list[Outcome]:
    """Handle batches, each by a worker of its own, as far as they go before `first` commits.

    Two at most: a service has three connections.
    """
    connected = await database.service(service.name)

    async with connected.transaction() as tx:
        outcomes = [await handle(service, tx, [first], now)]
        others = []
        for batch in batches:
            others.append(asyncio.create_task(_work(service, connected, batch, now)))
            await until_waiting_or_done(database, others)
    return outcomes + await asyncio.gather(*others)


async def _work(
    service: Service, database: Database, events: Sequence[Event[Any]], now: datetime
) -> Outcome:
    async with database.transaction() as tx:
        return await handle(service, tx, events, now)


async def until_waiting_or_done(
    database: TestDatabase, tasks: Sequence[asyncio.Task[Any]]
) -> None:
    """Wait until each has ended, or waits for somebody's lock."""
    owner = await asyncpg.connect(database.owner)
    try:
        async with asyncio.timeout(60):
            while True:
                waiting: int = await owner.fetchval(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                    """
                )
                if waiting + sum(task.done() for task in tasks) == len(tasks):
                    return
    finally:
        await owner.close()

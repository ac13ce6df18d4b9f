"""Two workers of one service at the same moment."""

import asyncio
from datetime import datetime
from typing import Any

from shared.contracts import Event
from shared.messaging import Service
from shared.messaging.batch import Outcome, batch_of
from shared.postgres import Database, Transaction


async def handle(
    service: Service, tx: Transaction, events: list[Event[Any]], now: datetime
) -> Outcome:
    """Run the service's handler for events of one type, as one batch."""
    handlers = {s.event: s.handler for s in service.subscriptions}
    batch, outcome = batch_of(events, now)
    await handlers[type(events[0].data)](batch, tx)
    return outcome


async def at_once(
    service: Service, database: Database, first: Event[Any], second: Event[Any], now: datetime
) -> tuple[Outcome, Outcome]:
    """Handle the second event, as far as it goes, before the first one's commit."""

    async def handle_second() -> Outcome:
        async with database.transaction() as tx:
            return await handle(service, tx, [second], now)

    async with database.transaction() as tx:
        outcome = await handle(service, tx, [first], now)
        other = asyncio.create_task(handle_second())
        await _until_waiting_or_done(database, other)
    return outcome, await other


async def _until_waiting_or_done(database: Database, task: asyncio.Task[Outcome]) -> None:
    async with asyncio.timeout(10):
        while not task.done():
            async with database.transaction() as tx:
                if await tx.fetchval(
                    """
                    select exists (
                        select from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock')
                    """
                ):
                    return

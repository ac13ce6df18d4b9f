"""G11: what is held may be replayed at any time, and comes to the same end again."""

from collections.abc import Iterator
from dataclasses import fields, replace

import asyncpg

from services.console.workers import SERVICES
from shared.messaging import held
from tests.faults.chaos.facts import Facts


async def replay_quarantined(owner_url: str) -> int:
    """Send whatever is held for a person through its worker again, as the console does."""
    count = 0
    connection = await asyncpg.connect(owner_url)
    try:
        for service in SERVICES:
            async with connection.transaction():
                await connection.execute(f"set local search_path = {service.name}, public")
                rows = await held.browse(connection)
                numbers = [row["number"] for row in rows if row["status"] == "quarantined"]
                await held.replay(connection, numbers)
                count += len(numbers)
    finally:
        await connection.close()
    return count


def changes(before: Facts, after: Facts) -> Iterator[str]:
    """Name what a replay has changed: nothing may, and the same is held for the same reasons."""
    before, after = _without_attempts(before), _without_attempts(after)
    for field in fields(Facts):
        if getattr(before, field.name) != getattr(after, field.name):
            yield f"a replay of what is held has changed: {field.name}"


def _without_attempts(facts: Facts) -> Facts:
    same = ("service", "message", "sha256", "status", "reason")
    rows = [{name: row[name] for name in same} for row in facts.held]
    return replace(facts, held=sorted(rows, key=lambda row: [*row.values()]))

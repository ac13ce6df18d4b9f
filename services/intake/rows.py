"""Sends rows to PostgreSQL as one array per column, whatever their number."""

from collections.abc import Sequence
from typing import Any

from shared.postgres import Transaction


async def fetch(
    tx: Transaction, sql: str, rows: Sequence[tuple[Any, ...]], *others: object
) -> list[Any]:
    """Run one statement on all rows, passed as one array per column, unless there are none."""
    if not rows:
        return []
    return await tx.fetch(sql, *(list(column) for column in zip(*rows, strict=True)), *others)


async def execute(
    tx: Transaction, sql: str, rows: Sequence[tuple[Any, ...]], *others: object
) -> None:
    """Run one statement on all rows, unless there are none."""
    await fetch(tx, sql, rows, *others)

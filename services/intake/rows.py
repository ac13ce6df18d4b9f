"""Sends rows to PostgreSQL as one array per column, whatever their number."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from shared.postgres import Transaction

_AT_ONCE: Final = 500


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


def in_slices(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list so that no more than a few hundred whole submissions are in memory at once."""
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]

"""What has been announced since a cursor: every event exactly once, however commits interleave."""

from dataclasses import dataclass
from typing import Final, Self

from shared.contracts import Event, Payload, parse
from shared.postgres import Transaction

_AFTER: Final = """
select xid::text as commit, position, type, body from messaging.history
where (xid, position) > ($1::text::xid8, $2)
  and xid < pg_snapshot_xmin(pg_current_snapshot())
  and ($3::text[] is null or type = any($3))
order by xid, position limit $4
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the history, written `xid.position`; the default lies before everything.

    Positions alone would not do: a lower one may be committed after a higher one was read.
    """

    xid: int = 0
    position: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a cursor as it was printed; raises ValueError for anything else."""
        xid, dot, position = text.partition(".")
        if not (dot and xid.isdecimal() and position.isdecimal()):
            raise ValueError("a cursor looks like 12345.678")
        return cls(int(xid), int(position))

    def __str__(self) -> str:
        """Write it for a person to copy."""
        return f"{self.xid}.{self.position}"


@dataclass(frozen=True, slots=True)
class Change:
    """One announced event and the place from which to read on after it."""

    cursor: Cursor
    event: Event[Payload]


async def read_changes(
    tx: Transaction, after: Cursor, *types: type[Payload], limit: int = 1000
) -> list[Change]:
    """Read on from a cursor: all events, or those of some types."""
    names = [type_.type for type_ in types] or None
    rows = await tx.fetch(_AFTER, str(after.xid), after.position, names, limit)
    return [
        Change(Cursor(int(row["commit"]), row["position"]), parse(row["body"], row["type"]))
        for row in rows
    ]

"""One transaction for one message with asyncpg, for FastStream and taskiq."""

from typing import Any
from uuid import UUID

from tests.bench.job import (
    CLAIM,
    HOLD,
    HOPS,
    LOAD,
    RECORD,
    TYPES,
    WRITE,
    Envelope,
    Poison,
    advance,
    decide_on,
    numbered,
    sha256,
)

_STATEMENTS = [
    tuple(numbered(s.format(hop=hop)) for s in (CLAIM, LOAD, WRITE, RECORD)) for hop in HOPS
]


async def work(
    pool: Any, hop: int, event: Envelope | Poison, body: bytes
) -> tuple[UUID, str] | None:
    """Commit the hop and return what to publish; None for a duplicate or poison."""
    async with pool.acquire() as tx, tx.transaction():
        if isinstance(event, Poison):
            hold = numbered(HOLD.format(hop=HOPS[hop]))
            await tx.execute(hold, event.id, sha256(body), TYPES[hop], body)
            return None
        claim, load, write, record = _STATEMENTS[hop]
        if await tx.fetchval(claim, event.id, sha256(body), event.subject) is None:
            return None
        await tx.fetchval(load, event.subject)
        await tx.execute(write, event.subject, event.data.vacancy, decide_on(event))
        id_, onward = advance(event, hop)
        await tx.execute(record, id_, TYPES[hop + 1], event.subject, event.id, onward.encode())
        return id_, onward

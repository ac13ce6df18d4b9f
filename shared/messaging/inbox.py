"""Which messages' effects are committed: the claim that makes a second delivery harmless."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.messaging.delivery import Delivery
from shared.postgres import Transaction

# On the way, without round trips of their own: what the broker has confirmed leaves the outbox,
# and whether anything is parked is looked up. A message that waits in `held` is claimed only if it
# comes from there. The ids are inserted in order, so that two workers with the same messages wait
# for each other instead of dead-locking. The subject is for whoever asks by hand what was heard of
# one application, and for the audits of `tests/bench`.
_CLAIM: Final = """
with message as materialized (
    select * from unnest($1::uuid[], $2::bytea[], $3::text[], $4::bool[])
        as m (id, sha256, subject, is_from_held)
), claimed as (
    insert into inbox (id, sha256, subject)
    select id, sha256, subject from message m
    where is_from_held
       or not exists (select from held h where h.message = m.id::text)
    order by id
    on conflict do nothing
    returning id
), cleaned as (
    delete from outbox where id = any($5)
)
select messaging.virtual_now() as now, (select array_agg(id) from claimed) as ids,
    exists (select from held where waiting_for is not null) as has_parked
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Which messages are ours to handle, and which differ from a known one of the same id."""

    now: datetime
    fresh: frozenset[UUID]
    conflicting: frozenset[UUID]
    has_parked: bool


async def claim(
    tx: Transaction, messages: Sequence[tuple[UUID, str, Delivery]], confirmed: Sequence[UUID]
) -> Claim:
    """Write the ids of (id, subject, delivery) that are new, and say which those are.

    A known id with the same body is a duplicate and in neither set. Waits for a transaction that
    is just claiming the same id. `confirmed` are announcements to clean out of the outbox.
    """
    row = await tx.fetchrow(
        _CLAIM,
        [id_ for id_, _, _ in messages],
        [delivery.sha256 for _, _, delivery in messages],
        [subject for _, subject, _ in messages],
        [delivery.held is not None for _, _, delivery in messages],
        confirmed,
    )
    assert row is not None
    fresh = frozenset(row["ids"] or ())
    known = [(id_, delivery) for id_, _, delivery in messages if id_ not in fresh]
    return Claim(row["now"], fresh, await _conflicting(tx, known), row["has_parked"])


async def _conflicting(tx: Transaction, known: Sequence[tuple[UUID, Delivery]]) -> frozenset[UUID]:
    """Return the ids whose body is neither the one handled nor one that waits in `held`."""
    if not known:
        return frozenset()
    rows = await tx.fetch(
        "select id::text as message, sha256, true as is_handled from inbox where id = any($1)"
        " union all select message, sha256, false from held where message = any($2)",
        [id_ for id_, _ in known],
        [str(id_) for id_, _ in known],
    )
    handled = {(row["message"], row["sha256"]) for row in rows if row["is_handled"]}
    waiting = {(row["message"], row["sha256"]) for row in rows if not row["is_handled"]}
    return frozenset(
        id_
        for id_, delivery in known
        if (str(id_), delivery.sha256) not in (handled if delivery.held else handled | waiting)
    )


async def unknown(tx: Transaction, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return the ids that have no inbox row yet, before preparing them."""
    rows = await tx.fetch("select id from inbox where id = any($1)", ids)
    return frozenset(ids) - {row["id"] for row in rows}


async def unclaim(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Give back what a handler parked or quarantined: it is not done."""
    await tx.execute("delete from inbox where id = any($1)", ids)

"""What has been announced and not yet confirmed by the broker, and what is to be announced later.

The announced body lies in `history`; the outbox holds its id until the broker has confirmed it.
Rows are deleted when confirmed and never read by a cursor, so commit order cannot hide one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from shared.contracts import Event, Payload
from shared.contracts.envelope import MAX_BODY_BYTES
from shared.messaging.batch import Announcement, Outcome
from shared.postgres import Transaction

# How long the worker that wrote a row has for publishing it before a sweeper may.
LEASE_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish: the same id every time it is tried."""

    id: UUID
    routing_key: str
    body: bytes


# An event that is in the history already was announced by another cause or an earlier attempt.
_RECORD: Final = f"""
with event as materialized (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::bool[])
        as e (id, type, subject, cause, body, is_routed)
), recorded as (
    insert into messaging.history (id, type, subject, cause, body)
    select id, type, subject, cause, body from event
    on conflict (id) do nothing
    returning id
), queued as (
    insert into outbox (id, type, leased_until)
    select id, type, case when $7 then now() + interval '{LEASE_SECONDS} s' end
    from event join recorded using (id) where is_routed
)
select id from recorded
"""

_PLAN: Final = """
insert into outbox (id, type, due_at, key, body)
select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::bytea[])
    as timer (id, type, due_at, key, body)
where not exists (select from messaging.history fired where fired.id = timer.id)
on conflict (key) do update
set id = excluded.id, type = excluded.type, due_at = excluded.due_at, body = excluded.body
"""

_FIRE: Final = """
with due as materialized (
    select id, type, body from outbox where due_at <= messaging.virtual_now()
    order by due_at limit 500 for update skip locked
), recorded as (
    insert into messaging.history (id, type, subject, body)
    select id, type, convert_from(body, 'UTF8')::jsonb ->> 'subject', body from due
    on conflict (id) do nothing
)
update outbox set due_at = null, key = null, body = null, leased_until = null
from due where outbox.id = due.id
"""

# In turns: what the broker keeps refusing goes to the back of the queue.
_LEASE: Final = """
with stale as materialized (
    select id from outbox
    where due_at is null and (leased_until is null or leased_until < now())
    order by leased_until nulls first limit 500 for update skip locked
), leased as (
    update outbox set leased_until = now() + interval '10 s'
    from stale where outbox.id = stale.id
)
select id, type, body from messaging.history join stale using (id) order by position
"""


async def record(
    tx: Transaction,
    outcome: Outcome,
    *,
    routed: Collection[str] | None = None,
    is_published_by_caller: bool = False,
) -> list[Outgoing]:
    """Write what was announced to the history, and what somebody hears to the outbox.

    Returns what is to be published. A caller that does not publish it leaves it to the sweeper,
    which comes within a second; one that does has LEASE_SECONDS. `routed` names the types that
    have a subscriber (None: all may have). Raises ValueError for one too large for the broker: in
    the outbox it would hold up all others.
    """
    await _plan(tx, [a for a in outcome.announced if a.due_at is not None])
    announced = {a.event.id: a for a in outcome.announced if a.due_at is None}
    if not announced:
        return []
    bodies = {id_: _body(a.event) for id_, a in announced.items()}
    is_routed = {id_: routed is None or a.event.type in routed for id_, a in announced.items()}
    rows = await tx.fetch(
        _RECORD,
        list(announced),
        [a.event.type for a in announced.values()],
        [a.event.subject for a in announced.values()],
        [a.cause for a in announced.values()],
        list(bodies.values()),
        list(is_routed.values()),
        is_published_by_caller,
    )
    return [
        Outgoing(row["id"], announced[row["id"]].event.type, bodies[row["id"]])
        for row in rows
        if is_routed[row["id"]]
    ]


def _body(event: Event[Payload]) -> bytes:
    body = event.to_json()
    if len(body) > MAX_BODY_BYTES:
        raise ValueError(f"{event.type} has {len(body)} bytes, more than {MAX_BODY_BYTES}")
    return body


async def _plan(tx: Transaction, timers: Sequence[Announcement]) -> None:
    """Write timers; the last one of a key in this batch, and over all batches, wins."""
    planned: dict[str, tuple[Announcement, Event[Payload]]] = {}
    for timer in timers:
        assert timer.due_at is not None
        assert timer.key is not None
        # The same cause may plan the same timer for another time; that is another event.
        id_ = uuid5(timer.event.id, timer.due_at.isoformat())
        event = timer.event.model_copy(update={"id": id_, "time": timer.due_at})
        planned[timer.key] = (timer, event)
    if planned:
        await tx.execute(
            _PLAN,
            [event.id for _, event in planned.values()],
            [event.type for _, event in planned.values()],
            [timer.due_at for timer, _ in planned.values()],
            list(planned),
            [_body(event) for _, event in planned.values()],
        )


HAS_WORK: Final = """
    exists (select from outbox where due_at <= messaging.virtual_now())
    or exists (
        select from outbox
        where due_at is null and (leased_until is null or leased_until < now())
    )
"""


async def fire_timers(tx: Transaction) -> None:
    """Turn timers that are due into announced events; late rather than never."""
    await tx.execute(_FIRE)


async def lease_unconfirmed(tx: Transaction) -> list[Outgoing]:
    """Take over rows whose worker has died, or that nobody has published yet."""
    return [Outgoing(r["id"], r["type"], r["body"]) for r in await tx.fetch(_LEASE)]


async def clean(tx: Transaction, confirmed: Sequence[UUID]) -> None:
    """Delete what the broker has confirmed."""
    if confirmed:
        await tx.execute("delete from outbox where id = any($1)", confirmed)

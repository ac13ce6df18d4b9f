"""The one waiting room: to retry, to park until a parent has come, to keep for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final

from shared.contracts import EVENTS
from shared.logs import log
from shared.messaging.delivery import Delivery, HeldRow
from shared.postgres import Transaction

MAX_ATTEMPTS: Final = 5
_BACKOFF_SECONDS: Final = (1, 5, 30, 120)
_STORM_SECONDS: Final = 60
_PARKED_SECONDS: Final = 5
_UNAVAILABLE_SECONDS: Final = 10
_SECOND_LOOK_SECONDS: Final = 60
_PARKED_AT_MOST: Final = "24 hours"

# A parked message is tried again without being called, in case its parent came unseen: after as
# long as it has waited already, within bounds. A quarantined one stays quarantined, unless its
# second look is to be repeated; a late copy takes away neither what it waits for nor that look.
# Nor does the look during which a parent came put off the call (`release`), which ended its lease.
_STAYS: Final = """
h.status = 'quarantined' and (excluded.status = 'retrying' and h.due_at <= now()) is not true
"""
_IS_CALLED: Final = (
    "h.status = 'parked' and h.leased_until is null and h.due_at <= clock_timestamp()"
)
_PUT: Final = f"""
insert into held as h (message, sha256, status, routing_key, body, reason, detail, first_error,
                       attempts, waiting_for, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, now() + $10::interval)
on conflict (message, sha256) do update
set status = case when {_STAYS} then h.status else excluded.status end,
    reason = case when {_STAYS} then h.reason else excluded.reason end,
    detail = case when {_STAYS} then h.detail else excluded.detail end,
    attempts = greatest(h.attempts, excluded.attempts),
    waiting_for = case when {_STAYS} then coalesce(excluded.waiting_for, h.waiting_for)
                       else excluded.waiting_for end,
    due_at = case when {_STAYS} then case when h.due_at > now() then h.due_at end
                  when excluded.status = 'parked' and {_IS_CALLED} then h.due_at
                  when excluded.status = 'parked' then now()
                      + least(greatest(now() - h.first_held_at, interval '{_PARKED_SECONDS} s'),
                              interval '10 min')
                  else excluded.due_at end,
    leased_until = null,
    last_held_at = now()
"""

_KILLED: Final = "killed_its_worker"
_IS_DUE: Final = "due_at <= now() and (leased_until is null or leased_until < now())"
HAS_WORK: Final = f"exists (select from held where {_IS_DUE})"

_TAKE: Final = f"""
with due as (
    select number, leased_until is not null or reason = '{_KILLED}' as is_suspect from held
    where {_IS_DUE}
    order by due_at limit 50 for update skip locked
)
update held set leased_until = now() + interval '60 s'
from due where held.number = due.number
returning held.number, message, routing_key, body, attempts, status, is_suspect,
    first_held_at < now() - interval '{_PARKED_AT_MOST}' as is_overdue
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message waits, and what it waits for."""

    status: str
    reason: str
    detail: str
    attempts: int = 0
    waiting_for: str | None = None
    after: timedelta | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether attempts go on being written down before they begin."""
        return self.status == "retrying" and self.reason == _KILLED


def quarantined(
    reason: str, detail: str, attempts: int = 0, waiting_for: str | None = None
) -> Hold:
    """Keep for a person; the event `waiting_for` may settle it first.

    Another worker may be handling that event at this very moment, and not see that somebody waits:
    so there is a second look, when every transaction that runs now has ended.
    """
    after = timedelta(seconds=_SECOND_LOOK_SECONDS) if waiting_for else None
    return Hold("quarantined", reason, detail, attempts, waiting_for, after)


def parked(waiting_for: str, delivery: Delivery) -> Hold:
    """Keep until the event `waiting_for` has been handled; after a day, for a person as well."""
    if delivery.held is not None and delivery.held.is_overdue:
        detail = f"{waiting_for} has not come within {_PARKED_AT_MOST}"
        return quarantined("parent_missing", detail, waiting_for=waiting_for)
    return Hold(
        "parked", "waiting", f"waits for {waiting_for}",
        waiting_for=waiting_for, after=timedelta(seconds=_PARKED_SECONDS),
    )  # fmt: skip


def failed(delivery: Delivery, error: str) -> Hold:
    """Retry after a while, or keep for a person after the last attempt of the message's own."""
    attempts = (delivery.held.attempts if delivery.held else 0) + 1
    if attempts >= MAX_ATTEMPTS:
        return quarantined("failed", error, attempts)
    after = timedelta(seconds=_BACKOFF_SECONDS[attempts - 1])
    return Hold("retrying", "failed", error, attempts, after=after)


def never_ended(attempts: int) -> Hold:
    """Try what may have killed its workers again after a while, and keep it for a person at last.

    Workers that something else kills all the time must convict nobody.
    """
    detail = f"{attempts} attempts never ended"
    if attempts >= MAX_ATTEMPTS:
        return quarantined(_KILLED, detail, attempts)
    after = timedelta(seconds=_STORM_SECONDS)
    return Hold("retrying", _KILLED, detail, attempts, after=after)


def postponed(delivery: Delivery, error: str) -> Hold:
    """Retry later and count nothing: something outside is down."""
    attempts = delivery.held.attempts if delivery.held else 0
    return Hold(
        "retrying", "unavailable", error, attempts, after=timedelta(seconds=_UNAVAILABLE_SECONDS)
    )


def is_news(delivery: Delivery, hold: Hold) -> bool:
    """Tell whether the log should say it: not of what is parked, nor again after a second look."""
    was_kept = delivery.held is not None and delivery.held.status == "quarantined"
    return hold.status == "retrying" or (hold.status == "quarantined" and not was_kept)


def note(service: str, delivery: Delivery, hold: Hold, error: str) -> None:
    """Write to the log that a message waits: the class of its error, never the text."""
    log.warning(
        "message_held", service=service,
        routing_key=delivery.routing_key if delivery.routing_key in EVENTS else "unknown",
        message=delivery.message, reason=hold.reason, error=error, attempts=hold.attempts,
    )  # fmt: skip


async def put(tx: Transaction, holds: Sequence[tuple[Delivery, Hold]]) -> None:
    """Store messages with their reasons; what waits already keeps its first error."""
    for delivery, hold in holds:
        await tx.execute(
            _PUT,
            delivery.message, delivery.sha256, hold.status, delivery.routing_key, delivery.body,
            hold.reason, hold.detail, hold.attempts, hold.waiting_for, hold.after,
        )  # fmt: skip


async def take_due(tx: Transaction) -> list[Delivery]:
    """Lease what is due for another try, what came first before what came later."""
    return [
        Delivery(
            routing_key=row["routing_key"],
            body=row["body"],
            message_id=row["message"],
            is_redelivered=row["is_suspect"],  # it was taken and never brought to an end
            held=HeldRow(row["number"], row["attempts"], row["is_overdue"], row["status"]),
        )
        for row in sorted(await tx.fetch(_TAKE), key=itemgetter("number"))
    ]


async def release(tx: Transaction, arrived: Sequence[str]) -> bool:
    """Call what waits for events (`type subject`) that have just been handled."""
    status: str = await tx.execute(
        """
        update held set due_at = now(), leased_until = null,
            status = case status when 'quarantined' then 'retrying' else status end,
            attempts = case status when 'quarantined' then 0 else attempts end
        where waiting_for = any($1) and status in ('parked', 'quarantined')
        """,
        arrived,
    )
    return not status.endswith(" 0")


async def remove(tx: Transaction, numbers: Sequence[int]) -> None:
    """Delete what has been handled after all."""
    await tx.execute("delete from held where number = any($1)", numbers)


async def discard(tx: Transaction, numbers: Sequence[int]) -> None:
    """Delete for good: a message of this id and body counts as handled if it comes again.

    Not so one without an id of its own, which is held again, nor one whose id is another's that
    was handled or waits: that is held again as a conflict.
    """
    await tx.execute(
        """
        insert into inbox (id, sha256, subject)
        select message::uuid, sha256, '' from held h
        where number = any($1) and message ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
          and not exists (
            select from held other where other.message = h.message and other.number <> all($1)
          )
        order by number
        on conflict do nothing
        """,
        numbers,
    )
    await remove(tx, numbers)


async def browse(tx: Transaction) -> list[dict[str, Any]]:
    """List the waiting room, without the bodies, for an operator."""
    rows = await tx.fetch(
        """
        select number, message, status, routing_key, reason, detail, first_error, attempts,
            waiting_for, due_at, first_held_at, last_held_at
        from held order by number
        """
    )
    return [dict(row) for row in rows]


async def load_body(tx: Transaction, number: int) -> bytes | None:
    """Fetch the one body that is looked at, if it still waits."""
    body: bytes | None = await tx.fetchval("select body from held where number = $1", number)
    return body


async def replay(tx: Transaction, numbers: Sequence[int]) -> None:
    """Send messages through their worker again, as if new; the inbox makes that harmless."""
    await tx.execute(
        "update held set status = 'retrying', attempts = 0, due_at = now(), leased_until = null"
        " where number = any($1)",
        numbers,
    )

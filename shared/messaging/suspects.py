"""Redelivered messages, one of which may be what killed the last worker.

Before its body is parsed an attempt is written down, so that a message that kills its worker every
time is caught by the count that survives it. Groups first, since most suspects are innocent; an
attempt in a group convicts nobody. Two alone that never ended send it to the waiting room: workers
may be dying of something else, so it is tried twice more when that may be over, and only then kept
for a person.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from shared.messaging.delivery import Delivery
from shared.messaging.held import MAX_ATTEMPTS
from shared.postgres import Transaction

GROUP_SIZE: Final = 16
LONE_ATTEMPTS: Final = 2
LATE_ATTEMPTS: Final = MAX_ATTEMPTS - 1 - LONE_ATTEMPTS  # the first was in a group


async def seen_before(tx: Transaction, deliveries: Sequence[Delivery]) -> set[str]:
    """Return the messages that were already suspects when an earlier worker died."""
    rows = await tx.fetch(
        "select message from suspect where message = any($1)", [d.suspect for d in deliveries]
    )
    return {row["message"] for row in rows}


async def record_group(tx: Transaction, deliveries: Sequence[Delivery]) -> None:
    """Write down that these are about to be tried together."""
    await tx.execute(
        "insert into suspect (message, group_attempts)"
        " select distinct m, 1 from unnest($1::text[]) as m order by 1"
        " on conflict (message) do update set group_attempts = suspect.group_attempts + 1",
        [d.suspect for d in deliveries],
    )


def allowed(delivery: Delivery) -> int:
    """Say how many attempts alone a message has, from the broker or from the waiting room."""
    return LONE_ATTEMPTS + (LATE_ATTEMPTS if delivery.held is not None else 0)


async def record_alone(tx: Transaction, delivery: Delivery) -> bool:
    """Write down that this one is about to be tried alone; False if it was often enough."""
    is_recorded: bool | None = await tx.fetchval(
        "insert into suspect (message, lone_attempts) values ($1, 1)"
        " on conflict (message) do update set lone_attempts = suspect.lone_attempts + 1"
        " where suspect.lone_attempts < $2 returning true",
        delivery.suspect,
        allowed(delivery),
    )
    return bool(is_recorded)


async def forget_if_handled(tx: Transaction, delivery: Delivery) -> bool:
    """Tell whether an attempt did end after all, and only its acknowledgement was lost."""
    try:
        id_ = UUID(delivery.suspect)
    except ValueError:
        return False  # without an id of its own, it goes by its hash
    is_handled: bool | None = await tx.fetchval(
        "delete from suspect where message = $1"
        " and exists (select from inbox where id = $2 and sha256 = $3) returning true",
        delivery.suspect,
        id_,
        delivery.sha256,
    )
    return bool(is_handled)


async def clear(tx: Transaction, deliveries: Sequence[Delivery]) -> None:
    """Forget suspects whose attempt has ended, well or with an error of their own."""
    suspects = [d.suspect for d in deliveries if d.is_redelivered]
    if suspects:
        await tx.execute("delete from suspect where message = any($1)", suspects)

"""Two small services for testing the guarantee: `ledger` writes and announces, `echo` hears it.

Their tables have no unique keys: an effect that happened twice is seen twice.
"""

import asyncio
import os
import resource
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final
from uuid import UUID, uuid5

from shared.contracts import Event, Payload
from shared.contracts.envelope import NAMESPACE, Ref, envelope
from shared.messaging import Batch, Service, Subscription
from shared.postgres import Database, Transaction

FOLDER: Final = Path(__file__).parent / "ledger_migrations"
OWNERS: Final = {"ledger": FOLDER / "ledger", "echo": FOLDER / "echo"}


class EntryMade(Payload):
    """Something to write down; `behaviour` says how the handler takes it."""

    type: ClassVar[str] = "entry.made.v1"
    about: ClassVar[str] = "account"

    account: Ref
    behaviour: str = "ordinary"
    parent: Ref | None = None
    times: int = 0


class EntryWritten(Payload):
    type: ClassVar[str] = "entry.written.v1"
    about: ClassVar[str] = "account"

    account: Ref


class ReminderDue(Payload):
    type: ClassVar[str] = "reminder.due.v1"
    about: ClassVar[str] = "account"

    account: Ref


async def misbehave(event: Event[EntryMade], tx: Transaction) -> None:
    """Do what the entry says of itself."""
    match event.data.behaviour:
        case "exhaust":
            exhaust_memory()
        case "raise":
            raise ValueError("this entry cannot be written")
        case "recover":
            attempts = await tx.fetchval(
                "select attempts from held where message = $1", str(event.id)
            )
            if (attempts or 0) < event.data.times:
                raise ValueError("not yet")
        case "hang":
            await asyncio.sleep(3600)
        case "linger":
            await asyncio.sleep(0.5)
        case "block":
            time.sleep(3600)  # noqa: ASYNC251 - that is the point
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)


def exhaust_memory() -> None:
    """Take all there is, down to the last kilobytes, and ask for more with it in hand."""
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY, (
        "not this machine's"
    )
    hoard: list[bytearray] = []
    for size in (1 << 24, 1 << 18, 1 << 12):
        with suppress(MemoryError):
            while True:
                hoard.append(bytearray(size))
    hoard.append(bytearray(1 << 24))


async def write_entries(batch: Batch[EntryMade], tx: Transaction) -> None:
    """Write one effect per event and announce it."""
    for event in batch:
        await misbehave(event, tx)
    waiting = [e for e in batch if e.data.parent]
    known = {
        row["account"]
        for row in await tx.fetch(
            "select account from ledger.effect where account = any($1)",
            [e.data.parent for e in waiting],
        )
    }
    for event in batch:
        if event.data.parent and event.data.parent not in known:
            batch.park(event, waiting_for=EntryMade, subject=event.data.parent)
            continue
        await tx.execute(
            "insert into ledger.effect (event, account, prepared) values ($1, $2, $3)",
            event.id, event.data.account, batch.prepared.get(event.id),
        )  # fmt: skip
        batch.announce(EntryWritten(account=event.data.account), because_of=event)
        if event.data.behaviour == "remind":
            batch.announce(
                ReminderDue(account=event.data.account),
                because_of=event,
                due_at=batch.now.replace(year=batch.now.year + event.data.times),
            )


async def write_reminders(batch: Batch[ReminderDue], tx: Transaction) -> None:
    for event in batch:
        await tx.execute(
            "insert into ledger.reminder (event, account) values ($1, $2)",
            event.id, event.data.account,
        )  # fmt: skip


async def echo_entries(batch: Batch[EntryWritten], tx: Transaction) -> None:
    for event in batch:
        await tx.execute(
            "insert into echo.effect (event, account) values ($1, $2)",
            event.id, event.data.account,
        )  # fmt: skip


async def prepare_entries(batch: Batch[EntryMade], database: Database) -> dict[UUID, str]:
    return {event.id: f"prepared {event.data.account}" for event in batch}


LEDGER: Final = Service(
    "ledger",
    (Subscription(EntryMade, write_entries), Subscription(ReminderDue, write_reminders)),
    announces=(EntryWritten, ReminderDue),
)
PREPARING_LEDGER: Final = Service(
    "ledger",
    (
        Subscription(EntryMade, write_entries, prepare=prepare_entries, max_batch=16),
        Subscription(ReminderDue, write_reminders),
    ),
    announces=(EntryWritten, ReminderDue),
)
ECHO: Final = Service("echo", (Subscription(EntryWritten, echo_entries),))


def entry(account: str, behaviour: str = "ordinary", **fields: object) -> Event[Payload]:
    """Build an entry; the same arguments give the same id."""
    payload = EntryMade.model_validate({"account": account, "behaviour": behaviour, **fields})
    return envelope(EntryMade)(
        id=uuid5(NAMESPACE, f"{account} {behaviour} {fields}"),
        source="test",
        type=payload.type,
        subject=payload.subject,
        time=datetime(2025, 6, 2, 9, tzinfo=UTC),
        data=payload,
    )

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from shared.messaging.delivery import Delivery
from shared.messaging.handling import Committed, Received
from shared.messaging.recovery import Recovery

MESSAGE = Received(Delivery("entry.made.v1", b"{}"))


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation is in progress"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_G10_a_connection_that_ends_in_any_way_counts_against_no_message(
    error: Exception,
) -> None:
    """The last one is what asyncpg raises when the server goes while a statement is sent."""
    failures, committed = [error], list[Sequence[Delivery]]()

    async def attempt(_: Sequence[Received]) -> Committed:
        if failures:
            raise failures.pop()
        return Committed()

    async def commit(_: Committed, deliveries: Sequence[Delivery]) -> None:
        committed.append(deliveries)

    no_database: Any = None  # nothing is to be held
    await Recovery("ledger", no_database, attempt, commit, asyncio.Lock()).settle([MESSAGE])
    assert committed == [[MESSAGE.delivery]]


@pytest.mark.parametrize("size", [1, 2])
async def test_G5_a_worker_that_is_cancelled_in_the_middle_of_a_batch_ends_and_blames_nobody(
    size: int,
) -> None:
    began, committed = asyncio.Event(), list[Sequence[Delivery]]()

    async def attempt(_: Sequence[Received]) -> Committed:
        began.set()
        await asyncio.Event().wait()
        return Committed()

    async def commit(_: Committed, deliveries: Sequence[Delivery]) -> None:
        committed.append(deliveries)

    no_database: Any = None  # nothing is to be held
    recovery = Recovery("ledger", no_database, attempt, commit, asyncio.Lock())
    settling = asyncio.create_task(recovery.settle([MESSAGE] * size))
    await began.wait()
    settling.cancel()
    done, _ = await asyncio.wait({settling}, timeout=1)
    assert done
    assert settling.cancelled()
    assert committed == []

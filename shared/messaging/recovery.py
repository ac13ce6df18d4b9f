"""What happens when a batch fails: whose fault it is, and who must not suffer for it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import asyncpg

from shared import clock
from shared.logs import log
from shared.messaging import held, suspects
from shared.messaging.delivery import Delivery
from shared.messaging.handling import Committed, Received
from shared.messaging.watchdog import has_stood_still_since
from shared.postgres import LOST, Database, Transaction

S = TypeVar("S")
T = TypeVar("T")

Attempt = Callable[[Sequence[Received]], Awaitable[Committed]]
Commit = Callable[[Committed, Sequence[Delivery]], Awaitable[None]]

# The database is away, or two transactions met: nobody's fault, and true for every message alike.
_NOBODYS_FAULT: Final = (
    *LOST,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
_MAX_DELAY_SECONDS: Final = 5.0
_PATIENCE: Final = 3


class Unavailable(Exception):  # noqa: N818 - a state of affairs, not a mistake
    """Something outside that one message needs is down: try that message later, count nothing."""


class Recovery:
    """Brings every message of a batch to an end: committed, or held with its reason.

    `attempt` handles and commits a batch or raises; `commit` takes over what was committed.
    """

    def __init__(
        self,
        service: str,
        database: Database,
        attempt: Attempt,
        commit: Commit,
        taking_turns: asyncio.Lock,
    ) -> None:
        self._service, self._database = service, database
        self._attempt, self._commit = attempt, commit
        self._taking_turns = taking_turns

    async def settle(self, batch: Sequence[Received]) -> None:
        """Handle a batch; split it until a culprit is alone, and hold that one alone."""
        if not batch:
            return
        deliveries = [received.delivery for received in batch]
        try:
            committed = await self.patiently(partial(self._attempt, batch))
        except (Exception, asyncio.CancelledError) as error:
            if is_our_own_end(error):
                raise
            if len(batch) > 1:
                # A time-out is waited for again by every part with the culprit: so no halves.
                size = 1 if isinstance(error, TimeoutError) else len(batch) // 2
                for start in range(0, len(batch), size):
                    await self.settle(batch[start : start + size])
                return
            await self._hold(deliveries[0], error)
            committed = Committed()
        await self._commit(committed, deliveries)

    async def settle_suspects(
        self, deliveries: Sequence[Delivery], read: Callable[[Delivery], Received]
    ) -> None:
        """Handle redelivered messages, none of which is parsed before it is written down.

        Services that share a process take turns: what dies with it must have been alone in it.
        """
        async with self._taking_turns:
            await self._settle_suspects(deliveries, read)

    async def _settle_suspects(
        self, deliveries: Sequence[Delivery], read: Callable[[Delivery], Received]
    ) -> None:
        known = await self._write(suspects.seen_before, deliveries)
        first_time = [d for d in deliveries if d.suspect not in known]
        if first_time:
            await self._write(suspects.record_group, first_time)
            await self.settle_each_subject([read(delivery) for delivery in first_time])
        for delivery in deliveries:
            if delivery.suspect not in known:
                continue
            if await self._write(suspects.record_alone, delivery):
                await self.settle([read(delivery)])
            else:
                await self._give_up(delivery)

    async def _give_up(self, delivery: Delivery) -> None:
        """Take out of the others' way what so many attempts did not bring to an end."""
        if delivery.held is not None or not await self._write(
            suspects.forget_if_handled, delivery
        ):
            hold = held.never_ended(1 + suspects.allowed(delivery))  # the first in a group
            await self._put_aside(delivery, hold, "Killed")
        await self._commit(Committed(), [delivery])

    async def settle_each_subject(self, batch: Sequence[Received]) -> None:
        """Handle a batch in which subjects may repeat: each further one in a batch of its own."""
        while batch:
            keys: set[object] = set()
            now: list[Received] = []
            later: list[Received] = []
            for received in batch:
                event = received.event
                own: set[object] = {event.subject, event.id} if event else set()
                (later if keys & own else now).append(received)
                keys |= own
            await self.settle(now)
            batch = later

    async def patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Repeat what fails through nobody's fault, more and more slowly, until it works."""
        delay = 0.1
        for attempt in itertools.count(1):
            began_at = clock.monotonic()
            try:
                return await work()
            except _NOBODYS_FAULT as error:
                # asyncpg calls a lost connection an InterfaceError, and a wrong call as well.
                is_ours = isinstance(error, asyncpg.InterfaceError) and attempt > _PATIENCE
                if is_ours and await self._is_answering():
                    raise
                log.warning(
                    "transaction_repeated", service=self._service, error=type(error).__name__
                )
            except TimeoutError:
                is_answering = await self._is_answering()
                was_frozen = has_stood_still_since(began_at) and attempt <= _PATIENCE
                if is_answering and not was_frozen:
                    raise
                log.warning("database_silent", service=self._service)
            await asyncio.sleep(delay)
            delay = min(delay * 2, _MAX_DELAY_SECONDS)
        raise AssertionError("unreachable")

    async def _is_answering(self) -> bool:
        """Tell a message that takes too long from a database that does."""
        try:
            async with asyncio.timeout(2), self._database.transaction() as tx:
                await tx.fetchval("select 1")
        except (TimeoutError, *_NOBODYS_FAULT):
            return False
        return True

    async def _hold(self, delivery: Delivery, error: BaseException) -> None:
        """Put a lone message aside."""
        name = type(error).__name__
        if isinstance(error, Unavailable):
            hold = held.postponed(delivery, name)
        else:
            hold = held.failed(delivery, name)
        await self._put_aside(delivery, hold, name)

    async def _put_aside(self, delivery: Delivery, hold: held.Hold, error: str) -> None:
        await self.patiently(partial(self._put, delivery, hold))
        held.note(self._service, delivery, hold, error)

    async def _put(self, delivery: Delivery, hold: held.Hold) -> None:
        async with self._database.transaction() as tx:
            await held.put(tx, [(delivery, hold)])
            if not hold.is_suspect:
                await suspects.clear(tx, [delivery])

    async def _write(self, write: Callable[[Transaction, S], Awaitable[T]], what: S) -> T:
        """Write something down in a transaction of its own, however long the database takes."""

        async def attempt() -> T:
            async with self._database.transaction() as tx:
                return await write(tx, what)

        return await self.patiently(attempt)


def is_our_own_end(error: BaseException) -> bool:
    """Tell our own cancellation from one that a library raises when a connection breaks."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


async def until_up(start: Callable[[], Awaitable[T]], service: str) -> T:
    """Start something that needs a server, however long the server takes."""
    delay = 0.1
    while True:
        try:
            async with asyncio.timeout(30):
                return await start()
        except Exception as error:  # noqa: BLE001 - not up yet, whatever the client calls it
            log.warning("server_unavailable", service=service, error=type(error).__name__)
        await clock.pause(delay)
        delay = min(delay * 2, _MAX_DELAY_SECONDS)

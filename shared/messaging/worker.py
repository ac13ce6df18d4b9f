"""One service at work: receive, handle, publish, acknowledge, sweep."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from shared import clock
from shared.logs import log
from shared.messaging import held, outbox
from shared.messaging.consumer import Consumer
from shared.messaging.delivery import Delivery
from shared.messaging.faultpoints import reached
from shared.messaging.handling import Committed, Handling, Received, read
from shared.messaging.publisher import Publisher
from shared.messaging.recovery import Recovery, is_our_own_end, until_up
from shared.messaging.subscription import Loop, Service
from shared.messaging.suspects import GROUP_SIZE
from shared.postgres import Database

_HANDLE_SECONDS: Final = 30.0
_SWEEP_SECONDS: Final = 1.0
_QUIET_SECONDS: Final = 0.5
_GOODBYE_SECONDS: Final = 2.0
# A sweep mostly finds nothing, and asks for that in one round trip.
_HAS_WORK: Final = f"select {outbox.HAS_WORK} or {held.HAS_WORK}"


class Worker:
    """Works for one service until it is cancelled.

    `routed` names the event types that some service hears; others are not published. A transaction
    that takes longer than `handle_seconds` has failed. Workers of one process share the lock
    `taking_turns`.
    """

    def __init__(
        self,
        service: Service,
        database: Database,
        amqp_url: str,
        routed: frozenset[str],
        *,
        handle_seconds: float = _HANDLE_SECONDS,
        taking_turns: asyncio.Lock | None = None,
    ) -> None:
        self.service = service
        self._database = database
        self._max_batch = min((s.max_batch for s in service.subscriptions), default=1)
        self.consumer = Consumer(service, amqp_url, prefetch=2 * self._max_batch)
        self._publisher = Publisher(amqp_url)
        self._sweeping = Publisher(amqp_url)  # its failures close no connection but its own
        self._handling = Handling(service, database, routed, handle_seconds)
        self._recovery = Recovery(
            service.name, database, self._attempt, self._commit, taking_turns or asyncio.Lock()
        )
        self._confirmed: list[UUID] = []
        self._has_confirmed = asyncio.Event()
        self._committed: asyncio.Queue[tuple[Committed, Sequence[Delivery]]] = asyncio.Queue(8)
        self._sweep_now = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; a failure of our own code ends the worker loudly."""
        try:
            await self._warm_up()
            await _for_good(until_up(self.consumer.start, self.service.name))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_for_good(self._handle_all()))
                tasks.create_task(_for_good(self._publish_all()))
                tasks.create_task(_for_good(self._clean_all()))
                tasks.create_task(_for_good(self._sweep_all()))
                for loop in self.service.loops:
                    tasks.create_task(_for_good(self._keep_running(loop)))
        finally:
            # Cancelled twice, we must not leave a connection that goes on consuming for nobody.
            await asyncio.shield(self._leave())

    async def _warm_up(self) -> None:
        if self.service.warm_up is None:
            return
        try:
            await self.service.warm_up()
        except Exception as error:  # noqa: BLE001 - each message will say so itself
            log.warning("not_warm", service=self.service.name, error=type(error).__name__)

    async def _leave(self) -> None:
        await self.consumer.stop()
        await self._clean_and_go()
        await asyncio.gather(self._publisher.close(), self._sweeping.close())

    async def _handle_all(self) -> None:
        """Take whatever has arrived while the last commit ran: no timer, so no added latency."""
        inbound = self.consumer
        while True:
            await self._wait_for_messages()
            if inbound.suspects:
                group = [
                    inbound.suspects.popleft()
                    for _ in range(min(GROUP_SIZE, len(inbound.suspects)))
                ]
                await self._recovery.settle_suspects(group, self._read)
            if inbound.retries:
                await self._recovery.settle([self._read(inbound.retries.popleft())])
            await self._recovery.settle(self._take_batch())

    async def _wait_for_messages(self) -> None:
        while not self.consumer.has_messages:
            self.consumer.arrived.clear()
            await self.consumer.arrived.wait()

    async def _clean_all(self) -> None:
        """Delete confirmed rows in a moment of quiet, when no commit takes them along."""
        while True:
            await self._has_confirmed.wait()
            await asyncio.sleep(_QUIET_SECONDS)
            if self._confirmed:
                await self._recovery.patiently(self._clean)

    async def _clean(self) -> None:
        with self._taking_confirmed() as confirmed:
            async with self._database.transaction() as tx:
                await outbox.clean(tx, confirmed)
            reached("cleaned")

    async def _clean_and_go(self) -> None:
        """Delete what has been confirmed, if the database answers soon; else it is sent again."""
        if not self._confirmed:
            return
        cleaning = asyncio.create_task(self._clean())
        # wait() and not a time-out: asyncpg takes too long to give up a silent database.
        done, _ = await asyncio.wait({cleaning}, timeout=_GOODBYE_SECONDS)
        if not done or cleaning.cancelled() or cleaning.exception() is not None:
            cleaning.cancel()
            log.warning("outbox_left", service=self.service.name)

    @contextmanager
    def _taking_confirmed(self) -> Iterator[list[UUID]]:
        """Lend out the confirmed ids for one transaction; they come back if it fails."""
        confirmed, self._confirmed = self._confirmed, []
        self._has_confirmed.clear()
        try:
            yield confirmed
        except BaseException:
            self._note_confirmed(confirmed)
            raise

    def _note_confirmed(self, ids: Sequence[UUID]) -> None:
        if ids:
            self._confirmed += ids
            self._has_confirmed.set()

    def _read(self, delivery: Delivery) -> Received:
        return read(delivery, self.service)

    def _take_batch(self) -> list[Received]:
        """Take up to the limit, a handler's subjects once; others keep their places."""
        waiting = self.consumer.fresh
        batch: list[Received] = []
        later: list[Delivery] = []
        keys: set[object] = set()
        while waiting and len(batch) < self._max_batch:
            delivery = waiting.popleft()
            received = self._read(delivery)
            if received.event is not None and received.subscription is not None:
                key = (received.subscription.handler, received.event.subject)
                if key in keys or received.event.id in keys:
                    later.append(delivery)
                    continue
                keys |= {key, received.event.id}
            batch.append(received)
        waiting.extendleft(reversed(later))
        reached("parsed")
        return batch

    async def _attempt(self, batch: Sequence[Received]) -> Committed:
        with self._taking_confirmed() as confirmed:
            return await self._handling.handle(batch, confirmed)

    async def _commit(self, committed: Committed, deliveries: Sequence[Delivery]) -> None:
        if committed.is_parent:
            self._sweep_now.set()
        await self._committed.put((committed, deliveries))

    async def _publish_all(self) -> None:
        """Publish what was committed, then acknowledge; the next commit runs meanwhile."""
        while True:
            ready = [await self._committed.get()]
            while not self._committed.empty():
                ready.append(self._committed.get_nowait())
            outgoing = [message for committed, _ in ready for message in committed.outgoing]
            confirmed = await self._publisher.publish(outgoing)
            reached("confirmed")
            self._note_confirmed(confirmed)
            for _, deliveries in ready:
                for delivery in deliveries:
                    delivery.finish()
            await self.consumer.flush()
            reached("acknowledged")

    async def _sweep_all(self) -> None:
        """Fire timers, publish what a dead worker left, and retry what is due in `held`."""
        while True:
            self._sweep_now.clear()
            try:
                await self._sweep()
            except Exception as error:  # noqa: BLE001 - a sweep that fails is tried again, loudly
                log.error("sweep_failed", service=self.service.name, error=type(error).__name__)
            await clock.pause(_SWEEP_SECONDS, self._sweep_now)

    async def _sweep(self) -> None:
        if not await self._database.fetchval(_HAS_WORK):
            return
        async with self._database.transaction() as tx:
            await outbox.fire_timers(tx)
            unconfirmed = await outbox.lease_unconfirmed(tx)
            # No more than can be handled: a retry that hangs would pile them up.
            due = [] if self.consumer.is_retrying else await held.take_due(tx)
        for delivery in due:
            self.consumer.put(delivery)
        confirmed = await self._sweeping.publish(unconfirmed)
        if confirmed:
            async with self._database.transaction() as tx:
                await outbox.clean(tx, confirmed)
            reached("cleaned")

    async def _keep_running(self, loop: Loop) -> None:
        """Run a service's own loop; start it again when the database went away under it."""
        while True:
            try:
                await loop(self._database)
            except Exception as error:  # noqa: BLE001 - started again, loudly
                log.error("loop_failed", service=self.service.name, error=type(error).__name__)
            await clock.pause(_SWEEP_SECONDS)


async def _for_good(work: Coroutine[Any, Any, None]) -> None:
    """Make a library's CancelledError an error: a task group takes it for a quiet goodbye."""
    try:
        await work
    except asyncio.CancelledError as error:
        if is_our_own_end(error):
            raise
        raise RuntimeError("a task of the worker was cancelled from within") from error

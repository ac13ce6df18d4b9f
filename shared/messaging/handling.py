"""One transaction for many messages: claim, handle, write down what was said."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from shared.contracts import ContractViolation, Event, Payload, parse
from shared.messaging import held, inbox, outbox, suspects
from shared.messaging.batch import Batch, Outcome
from shared.messaging.delivery import Delivery
from shared.messaging.faultpoints import reached
from shared.messaging.outbox import Outgoing
from shared.messaging.subscription import Service, Subscription
from shared.messaging.watchdog import no_life_after_exhaustion
from shared.postgres import Database, Transaction

F = TypeVar("F")

_PREPARE_SECONDS: Final = 120

_FUSES: Final = {
    "unroutable": "nobody hears events with this routing key; is it spelled as in the contract?",
    "dead_lettered": "the broker gave this message up, after too many deliveries or in time",
}


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery that has been read: an event with its subscription, or the reason it is none."""

    delivery: Delivery
    event: Event[Payload] | None = None
    subscription: Subscription[Any] | None = None
    violation: ContractViolation | None = None


@dataclass(slots=True)
class Committed:
    """What a transaction left to do outside: publish, acknowledge, look into the waiting room.

    Of `holds` the log is told once they are true.
    """

    outgoing: list[Outgoing] = field(default_factory=list)
    is_parent: bool = False
    holds: list[tuple[Delivery, held.Hold]] = field(default_factory=list)


def read(delivery: Delivery, service: Service) -> Received:
    """Parse a delivery; what breaks the contract is known after this one look."""
    subscription = next(
        (s for s in service.subscriptions if s.event.type == delivery.routing_key), None
    )
    if delivery.fuse is not None:
        return _refuse(delivery, delivery.fuse, _FUSES[delivery.fuse])
    if subscription is None:
        return _refuse(delivery, "not_heard", f"{service.name} does not hear this event")
    try:
        event = parse(delivery.body, delivery.routing_key)
    except ContractViolation as violation:
        return _refuse(delivery, violation.reason, violation.detail)
    delivery.event_id = event.id
    return Received(delivery, event, subscription)


def _refuse(delivery: Delivery, reason: str, detail: str) -> Received:
    delivery.is_refused = True
    return Received(delivery, violation=ContractViolation(reason, detail))


class Handling:
    """Runs a service's handlers on a batch, all in one transaction."""

    def __init__(
        self, service: Service, database: Database, routed: frozenset[str], handle_seconds: float
    ) -> None:
        self._service, self._database, self._routed = service, database, routed
        self._handle_seconds = handle_seconds

    async def handle(self, batch: Sequence[Received], confirmed: Sequence[UUID] = ()) -> Committed:
        """Handle what is new and commit; raises what a handler raises, with nothing done.

        `confirmed` are earlier announcements to clean out of the outbox on this occasion. The
        events have different subjects, as far as their subscriptions demand.
        """
        events = [r for r in batch if r.event is not None]
        async with asyncio.timeout(_PREPARE_SECONDS):
            prepared = await self._prepare(events)
        reached("prepared")
        outcome = Outcome(source=f"muster/{self._service.name}")
        async with asyncio.timeout(self._handle_seconds), self._database.transaction() as tx:
            claim = await inbox.claim(
                tx,
                [(r.event.id, r.event.subject, r.delivery) for r in events if r.event],
                confirmed,
            )
            reached("claimed")
            if confirmed:
                reached("cleaned")
            fresh = [r for r in events if r.event and r.event.id in claim.fresh]
            await self._run(fresh, claim.now, prepared, outcome, tx)
            reached("handled")
            committed = await self._write(tx, batch, claim, outcome)
        for delivery, hold in committed.holds:
            if held.is_news(delivery, hold):
                error = "Postponed" if hold.status == "retrying" else "Quarantined"
                held.note(self._service.name, delivery, hold, error)
        reached("committed")
        return committed

    async def _prepare(self, events: Sequence[Received]) -> Mapping[UUID, Any]:
        """Do the slow work outside the transaction, but not for what is known already."""
        prepared: dict[UUID, Any] = {}
        for prepare, group in _grouped(events, self._service.subscriptions, lambda s: s.prepare):
            async with self._database.transaction() as tx:
                unknown = await inbox.unknown(tx, [event.id for event in group])
                now = await tx.fetchval("select messaging.virtual_now()")
            todo = [event for event in group if event.id in unknown]
            if todo:
                batch = Batch(todo, now, Outcome(source=""))
                with no_life_after_exhaustion():
                    prepared.update(await prepare(batch, self._database))
        return prepared

    async def _run(
        self,
        fresh: Sequence[Received],
        now: datetime,
        prepared: Mapping[UUID, Any],
        outcome: Outcome,
        tx: Transaction,
    ) -> None:
        for handler, group in _grouped(fresh, self._service.subscriptions, lambda s: s.handler):
            with no_life_after_exhaustion():
                await handler(Batch(group, now, outcome, prepared), tx)

    async def _write(
        self,
        tx: Transaction,
        batch: Sequence[Received],
        claim: inbox.Claim,
        outcome: Outcome,
    ) -> Committed:
        """Write everything that was said, in the transaction that did it."""
        outgoing = await outbox.record(
            tx, outcome, routed=self._routed, is_published_by_caller=True
        )
        holds = _holds(batch, claim.conflicting, outcome)
        if holds:
            await held.put(tx, [(r.delivery, hold) for r, hold in holds])
            again = [r.event.id for r, _ in holds if r.event and r.event.id in claim.fresh]
            await inbox.unclaim(tx, again)
        held_again = {r.delivery.message for r, _ in holds}
        done = [
            r.delivery.held.number
            for r in batch
            if r.delivery.held is not None and r.delivery.message not in held_again
        ]
        if done:
            await held.remove(tx, done)
        await suspects.clear(tx, [r.delivery for r in batch])
        arrived = [
            f"{r.event.type} {r.event.subject}"
            for r in batch
            if r.event and r.event.id in claim.fresh and r.delivery.message not in held_again
        ]
        is_parent = claim.has_parked and bool(arrived) and await held.release(tx, arrived)
        return Committed(outgoing, is_parent, [(r.delivery, hold) for r, hold in holds])


def _holds(
    batch: Sequence[Received], conflicting: frozenset[UUID], outcome: Outcome
) -> list[tuple[Received, held.Hold]]:
    """Collect what is to wait and why: the contract, a conflict, or a handler said so."""
    parked = {p.message: p for p in outcome.parked}
    quarantined = {q.message: q for q in outcome.quarantined}
    postponed = {p.message: p for p in outcome.postponed}
    holds: list[tuple[Received, held.Hold]] = []
    for received in batch:
        event, violation = received.event, received.violation
        if violation is not None:
            hold = held.quarantined(violation.reason, violation.detail)
        elif event is None:
            continue
        elif event.id in conflicting:
            hold = held.quarantined("id_conflict", "this id was used before with another body")
        elif event.id in quarantined:
            said = quarantined[event.id]
            hold = held.quarantined(said.reason, said.detail, waiting_for=said.waiting_for)
        elif event.id in parked:
            hold = held.parked(parked[event.id].waiting_for, received.delivery)
        elif event.id in postponed:
            hold = held.postponed(received.delivery, postponed[event.id].detail)
        else:
            continue
        holds.append((received, hold))
    return holds


def _grouped(
    batch: Sequence[Received],
    subscriptions: Sequence[Subscription[Any]],
    part: Callable[[Subscription[Any]], F | None],
) -> list[tuple[F, list[Event[Payload]]]]:
    """Sort a mixed batch by handler (or by `prepare`), in the order of the service's table.

    One handler sees all its events at once, so that it can take its locks in one order.
    """
    groups: dict[F, list[Event[Payload]]] = {f: [] for s in subscriptions if (f := part(s))}
    for received in batch:
        if received.subscription is not None and received.event is not None:
            function = part(received.subscription)
            if function is not None:
                groups[function].append(received.event)
    return [(function, events) for function, events in groups.items() if events]

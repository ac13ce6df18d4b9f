"""What a handler sees of its messages, and all it can say to the outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

from shared.contracts import Event, Payload, event_id
from shared.contracts.envelope import P_co, envelope

Cause = Event[Payload] | str
"""The event that made something happen; for a fact that is true once, a text that names it."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event to announce: now, or as a timer at `due_at` under a `key` that replaces itself."""

    event: Event[Payload]
    cause: UUID | None
    due_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A message to keep until the event (type, subject) it waits for has been handled."""

    message: UUID
    waiting_for: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message to keep for a person, or until the event (type, subject) that may settle it."""

    message: UUID
    reason: str
    detail: str
    waiting_for: str | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """A message to try again after a while, for what it needs is not there yet."""

    message: UUID
    detail: str


@dataclass(slots=True)
class Outcome:
    """Everything that the handlers of one transaction said."""

    source: str
    announced: list[Announcement] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    postponed: list[Postponed] = field(default_factory=list)

    def announce(
        self,
        payload: Payload,
        *,
        because_of: Cause,
        now: datetime,
        due_at: datetime | None = None,
        key: str | None = None,
    ) -> None:
        """Add an event whose id derives from its cause."""
        cause = because_of.id if isinstance(because_of, Event) else None
        of = because_of if isinstance(because_of, str) else because_of.id
        if due_at is not None and key is None:
            key = f"{payload.type} {payload.subject}"
        event: Event[Payload] = envelope(type(payload)).model_construct(
            id=event_id(of, payload),
            source=self.source,
            type=payload.type,
            subject=payload.subject,
            time=now,
            data=payload,
        )
        self.announced.append(Announcement(event, cause, due_at, key))


class Batch(Sequence[Event[P_co]], Generic[P_co]):
    """Events for one handler, at most one per subject, handled in one transaction.

    `now` is the database's transaction time plus the virtual clock's offset (UTC).
    `prepared` holds what the subscription's `prepare` returned, by event id.
    """

    def __init__(
        self,
        events: Sequence[Event[P_co]],
        now: datetime,
        outcome: Outcome,
        prepared: Mapping[UUID, Any] | None = None,
    ) -> None:
        self._events, self.now, self._outcome = events, now, outcome
        self.prepared: Mapping[UUID, Any] = prepared or {}

    def __iter__(self) -> Iterator[Event[P_co]]:
        """Yield the events in order of arrival."""
        return iter(self._events)

    def __len__(self) -> int:
        """Count the events."""
        return len(self._events)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - an event or a slice of them
        """Return one event, or a slice of them."""
        return self._events[index]

    def announce(
        self,
        payload: Payload,
        *,
        because_of: Cause,
        due_at: datetime | None = None,
        key: str | None = None,
    ) -> None:
        """Say that something happened, or, with `due_at`, plan a timer.

        The event's id derives from its cause, so a retried handler announces the same event.
        A fact that several causes may raise but that is true once gives a text as its cause.
        Planning a timer under a `key` (by default its type and subject) replaces the earlier one.
        """
        self._outcome.announce(
            payload, because_of=because_of, now=self.now, due_at=due_at, key=key
        )

    def park(self, event: Event[Payload], *, waiting_for: type[Payload], subject: str) -> None:
        """Keep a message until this service has handled `waiting_for` about `subject`.

        It comes back as if new: nothing of it may have been written.
        """
        self._outcome.parked.append(Parked(event.id, f"{waiting_for.type} {subject}"))

    def postpone(self, event: Event[Payload], detail: str) -> None:
        """Try a message again after a while, counting nothing; the others of its batch go on."""
        self._outcome.postponed.append(Postponed(event.id, detail))

    def quarantine(
        self,
        event: Event[Payload],
        reason: str,
        detail: str,
        *,
        waiting_for: type[Payload] | None = None,
        subject: str = "",
    ) -> None:
        """Keep a message for a person; `detail` must not contain personal data.

        If this service handles `waiting_for` about `subject` first, the message is tried again.
        """
        parent = f"{waiting_for.type} {subject}" if waiting_for else None
        self._outcome.quarantined.append(Quarantined(event.id, reason, detail, parent))

    def quarantine_future(self, event: Event[Payload], moment: str) -> None:
        """Keep for a person what is dated later than any honest clock (CLOCK_TOLERANCE)."""
        reason = f"{moment.removesuffix('_at')}_in_the_future"
        self.quarantine(event, reason, f"{moment} is more than 15 minutes ahead")

"""Batches by hand, for calling a handler directly."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from shared.contracts import Event, Payload
from shared.messaging import Batch
from shared.messaging.batch import Outcome

T = TypeVar("T", bound=Payload)


def batch_of(
    events: Sequence[Event[T]], now: datetime, prepared: Mapping[UUID, Any] | None = None
) -> tuple[Batch[T], Outcome]:
    """Build a batch, and what its handler will have said."""
    outcome = Outcome(source="muster/test")
    return Batch(events, now, outcome, prepared), outcome

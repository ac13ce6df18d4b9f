"""Events about interviews."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Instant, Line, Payload, Ref


class InterviewBooked(Payload):
    """An interview slot is held for one application; `sequence` is the calendar entry's."""

    type: ClassVar[str] = "interview.booked.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    starts_at: Instant
    ends_at: Instant
    location: Line
    sequence: Annotated[int, Field(ge=0)] = 0


class InterviewCancelled(Payload):
    """A booked interview will not take place."""

    type: ClassVar[str] = "interview.cancelled.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    starts_at: Instant
    ends_at: Instant
    sequence: Annotated[int, Field(ge=1)]


class UnplacedReason(StrEnum):
    """Why no slot could be given to somebody invited."""

    NO_SLOT_LEFT = "no_slot_left"


class InterviewUnplaced(Payload):
    """Somebody invited could not be given a slot: a task for a person."""

    type: ClassVar[str] = "interview.unplaced.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    reason: UnplacedReason

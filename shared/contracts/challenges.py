"""Events about a challenge to a rejection (E20): made, decided by a person, or late."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import FromCareersSite, FromPeople, Instant, Payload, Ref, Text


class DecisionChallenged(FromCareersSite):
    """A candidate says that a rejection is wrong, and why; the grounds stay with eligibility."""

    type: ClassVar[str] = "decision.challenged.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant
    grounds: Annotated[Text, Field(min_length=1)]


class ChallengeOutcome(StrEnum):
    """The rejection was wrong, or it stands."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ChallengeDecided(FromPeople):
    """A person decided the challenge that was made at `challenged_at`."""

    type: ClassVar[str] = "challenge.decided.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant
    outcome: ChallengeOutcome


class ChallengeReceived(Payload):
    """A challenge waits for a person, who decides by the end of `decide_by`.

    A late one is decided too: only the person knows whether its lateness matters. `number` counts
    the challenges of one application.
    """

    type: ClassVar[str] = "challenge.received.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant
    number: Annotated[int, Field(ge=1)]
    decide_by: date
    is_late: bool


class ChallengeOverdueDue(Payload):
    """Our own timer: the last day on which a challenge should have been decided is over."""

    type: ClassVar[str] = "challenge.overdue_due.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant


class ChallengeOverdue(Payload):
    """A challenge is not decided in time; it stays open, and nothing else follows from it."""

    type: ClassVar[str] = "challenge.overdue.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant
    number: Annotated[int, Field(ge=1)]
    decide_by: date


class ChallengeSettled(Payload):
    """A person's decision on a challenge stands; upheld puts the application back."""

    type: ClassVar[str] = "challenge.settled.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    challenged_at: Instant
    number: Annotated[int, Field(ge=1)]
    outcome: ChallengeOutcome

"""Events about the hiring manager's review."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import FromCareersSite, Instant, Payload, Ref, Text


class ManagerDecision(StrEnum):
    """What the hiring manager decides about one application."""

    INVITE = "invite"
    DECLINE = "decline"


class ManagerReviewed(FromCareersSite):
    """A hiring manager decided about one application, with scores (1 to 7) and a rationale."""

    type: ClassVar[str] = "manager.reviewed.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    reviewer: Ref
    decision: ManagerDecision
    scores: Annotated[dict[Ref, Annotated[int, Field(ge=1, le=7)]], Field(max_length=20)]
    rationale: Annotated[Text, Field(min_length=1)]
    reviewed_at: Instant


class ApplicationReviewed(Payload):
    """A manager's decision was accepted: the application was eligible and its review open (W2)."""

    type: ClassVar[str] = "application.reviewed.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    decision: ManagerDecision
    reviewed_at: Instant


class ReviewOpeningDue(Payload):
    """Our own timer: the day of the review has come."""

    type: ClassVar[str] = "review.opening_due.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class ReviewOverdueDue(Payload):
    """Our own timer: the last day promised for the review's start has passed."""

    type: ClassVar[str] = "review.overdue_due.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class ReviewOpened(Payload):
    """The hiring manager's review of a vacancy has begun (W3 to W5)."""

    type: ClassVar[str] = "review.opened.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    opened_at: Instant
    applications: Annotated[int, Field(ge=0)]


class ReviewOverdue(Payload):
    """The review is later than promised; people are told, nobody is rejected (W4).

    `version` is that of the timetable whose promise is broken.
    """

    type: ClassVar[str] = "review.overdue.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    version: Annotated[int, Field(ge=1)] = 1
    undecided: Annotated[int, Field(ge=0)]


class ReviewCompleted(Payload):
    """Everybody eligible at opening has been decided; interviews count from here (W8)."""

    type: ClassVar[str] = "review.completed.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    completed_at: Instant
    invited: Annotated[int, Field(ge=0)]
    declined: Annotated[int, Field(ge=0)]

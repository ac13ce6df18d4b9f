"""Events about what people were told."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Instant, Payload, Ref


class MessageKind(StrEnum):
    """Every message the pipeline sends to a candidate."""

    ACKNOWLEDGEMENT = "acknowledgement"
    SUBMITTED_LATE = "submitted_late"
    CLOSING_MOVED = "closing_moved"
    DOCUMENTS_PROBLEM = "documents_problem"
    DOCUMENTS_IN_ORDER = "documents_in_order"
    DOCUMENTS_ADVICE = "documents_advice"
    PERSON_IS_CHECKING = "person_is_checking"
    PERSON_HAS_CHECKED = "person_has_checked"
    NOT_ELIGIBLE = "not_eligible"
    REJECTION_CORRECTED = "rejection_corrected"
    REVIEW_LATE = "review_late"
    NOT_SUCCESSFUL = "not_successful"
    INVITATION = "invitation"
    INTERVIEW_BOOKING = "interview_booking"
    INTERVIEW_CANCELLATION = "interview_cancellation"
    WITHDRAWAL = "withdrawal"
    CHALLENGE_RECEIVED = "challenge_received"
    CHALLENGE_UPHELD = "challenge_upheld"
    CHALLENGE_DISMISSED = "challenge_dismissed"


class RejectionLetterDue(Payload):
    """Our own timer: the hold in which a rejection can be stopped is over.

    `sequence` is that of the stage which was a rejection; 0 means the latest known.
    """

    type: ClassVar[str] = "rejection.letter_due.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    sequence: Annotated[int, Field(ge=0)] = 0


class CandidateNotified(Payload):
    """The mail server accepted a message to the candidate."""

    type: ClassVar[str] = "candidate.notified.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    kind: MessageKind
    version: Annotated[int, Field(ge=1)]
    sent_at: Instant


class NotificationFailure(StrEnum):
    """Refused by the mail server, or sent with an unknown end and left to a person."""

    REFUSED = "refused"
    UNKNOWN = "unknown"


class NotificationFailed(Payload):
    """A message could not be sent, or nobody knows whether it was: a task for a person."""

    type: ClassVar[str] = "notification.failed.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    kind: MessageKind
    version: Annotated[int, Field(ge=1)]
    reason: NotificationFailure

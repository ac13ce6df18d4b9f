"""Events about an application, from submission to its stages."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts.envelope import (
    FromCareersSite,
    Instant,
    Line,
    Model,
    Payload,
    Ref,
    Sha256,
    Text,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType

# One addr-spec and nothing else: commas, quotes, brackets and spaces add recipients (C2 to C4).
# The domain is a full name of labels: `localhost` would be the mail server itself.
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=320,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
        r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
        r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$",
    ),
]


def _object_key(value: str) -> str:
    if {"", ".", ".."} & set(value.split("/")):
        message = "must be a plain path without empty, `.` or `..` parts"
        raise ValueError(message)
    return value


# A key of our own object store, never a URL: there is nothing to fetch (A34).
ObjectKey = Annotated[
    str,
    Field(pattern=r"^incoming/[A-Za-z0-9][A-Za-z0-9/_.-]{0,200}$"),
    AfterValidator(_object_key),
]


class Role(StrEnum):
    """What a document was uploaded as; the careers site's own field (D4)."""

    CV = "cv"
    PERSONAL_STATEMENT = "personal_statement"
    COMBINED = "combined"
    UNLABELLED = "unlabelled"


class Document(Model):
    """A file already written under `incoming/` of the object store; its name as uploaded."""

    key: ObjectKey
    sha256: Sha256
    size: Annotated[int, Field(ge=0, le=2**53 - 1)]  # too large is a verdict (D3)
    role: Role
    name: Annotated[str, Field(min_length=1, max_length=4000)]


class Answer(StrEnum):
    """An answer on the form; not answering is no evidence of anything (E14)."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    UNANSWERED = "unanswered"


class LeavingReason(StrEnum):
    """Why somebody left the Met (E1, E10)."""

    EARLY_DEPARTURE_SCHEME = "early_departure_scheme"
    RESIGNATION = "resignation"
    END_OF_FIXED_TERM = "end_of_fixed_term"
    RETIREMENT = "retirement"
    DISMISSAL = "dismissal"
    OTHER = "other"


class ServiceKind(StrEnum):
    """In what capacity somebody served the Met (E12)."""

    POLICE_STAFF = "police_staff"
    POLICE_OFFICER = "police_officer"
    CONTRACTOR = "contractor"
    AGENCY = "agency"


class LeavingDay(StrEnum):
    """Which day a date of leaving is; by default the last day of service (E7)."""

    LAST_DAY_OF_SERVICE = "last_day_of_service"
    NOTICE_GIVEN = "notice_given"
    COMPENSATION_PAID = "compensation_paid"


class Departure(Model):
    """One leaving of the Met as declared; `left_on` is a day, a month or a year (E8).

    A form that does not ask whether compensation was paid back leaves `repaid` at "no".
    """

    left_on: Annotated[
        str, Field(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
    ]
    reason: LeavingReason
    compensated: Answer
    service: ServiceKind = ServiceKind.POLICE_STAFF
    left_on_is: LeavingDay = LeavingDay.LAST_DAY_OF_SERVICE
    repaid: Answer = Answer.NO


class EarlyDeparture(Model):
    """The declaration about earlier Met service: what the five-year rule judges."""

    served_before: Answer
    departures: Annotated[tuple[Departure, ...], Field(max_length=20, strict=False)] = ()


class Convictions(Model):
    """Whether a conviction is declared; the text stays in intake (K1, K3)."""

    declared: Answer
    details: Text | None = None


class Candidate(Model):
    """Who applies, and where letters go. Never leaves intake but through a lent view."""

    name: Line
    email: Email
    phone: Annotated[Line, Field(max_length=40)] | None = None


class Form(Model):
    """The online application form (D7)."""

    version: Annotated[int, Field(ge=1, le=1)]
    early_departure: EarlyDeparture
    convictions: Convictions
    adjustments: Text | None = None


Documents = Annotated[tuple[Document, ...], Field(max_length=20, strict=False)]


class ApplicationSubmitted(FromCareersSite):
    """A candidate pressed "submit" on the careers site, at `submitted_at`."""

    type: ClassVar[str] = "application.submitted.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    submitted_at: Instant
    candidate: Candidate
    form: Form
    documents: Documents


class ApplicationDocumentsReplaced(FromCareersSite):
    """The candidate put new files in place of all earlier ones, at `replaced_at`."""

    type: ClassVar[str] = "application.documents_replaced.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    replaced_at: Instant
    documents: Documents


class ApplicationWithdrawn(FromCareersSite):
    """The candidate withdrew."""

    type: ClassVar[str] = "application.withdrawn.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    withdrawn_at: Instant


class ApplicationAccepted(Payload):
    """An application was accepted, once, with the declared facts and vacancy facts rules need."""

    type: ClassVar[str] = "application.accepted.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    submitted_at: Instant
    received_at: Instant
    arrived_after_close: bool
    employer: Employer
    role_type: RoleType
    engagement: Engagement
    early_departure: EarlyDeparture
    conviction_declared: Answer
    documents_version: Annotated[int, Field(ge=1)] = 1
    timetable_version: Annotated[int, Field(ge=0)] = 0


class ApplicationDocumentsAccepted(Payload):
    """A further version of an application's documents was taken in: that sent last counts.

    Those numbered `set_aside` count no longer, or under another number: a closing has moved (D8).
    """

    type: ClassVar[str] = "application.documents_accepted.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    documents_version: Annotated[int, Field(ge=2)]
    replaced_at: Instant
    set_aside: Annotated[tuple[int, ...], Field(strict=False)] = ()


class ApplicationWithdrawalAccepted(Payload):
    """A withdrawal that is plainly of this application was taken in; it is never undone."""

    type: ClassVar[str] = "application.withdrawal_accepted.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    withdrawn_at: Instant


class RefusalReason(StrEnum):
    """Why a submission was not taken as an application."""

    SUBMITTED_AFTER_CLOSING = "submitted_after_closing"


class ApplicationRefused(Payload):
    """A submission that came too late: recorded and told, never dropped (C3).

    `timetable_version` is that of the timetable by which it was judged, here and in
    `application.accepted`; of several verdicts that by the highest stands (C7).
    """

    type: ClassVar[str] = "application.refused.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    reason: RefusalReason
    submitted_at: Instant
    last_accepted_at: Instant
    timetable_version: Annotated[int, Field(ge=0)] = 0


class ApplicationConflicted(Payload):
    """The same application came again with other content: both are kept, nothing is applied."""

    type: ClassVar[str] = "application.conflicted.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref


class Stage(StrEnum):
    """Where an application stands, in words of the field."""

    RECEIVED = "received"
    DOCUMENTS_NEEDED = "documents_needed"
    WITH_A_PERSON = "with_a_person"
    READY_FOR_REVIEW = "ready_for_review"
    UNDER_REVIEW = "under_review"
    INVITED = "invited"
    INTERVIEW_BOOKED = "interview_booked"
    NOT_SUCCESSFUL = "not_successful"
    NOT_ELIGIBLE = "not_eligible"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApplicationStageChanged(Payload):
    """An application moved to another stage; `sequence` counts its stages from 1."""

    type: ClassVar[str] = "application.stage_changed.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    stage: Stage
    previous: Stage | None
    sequence: Annotated[int, Field(ge=1)]
    documents_version: Annotated[int, Field(ge=0)] = 0

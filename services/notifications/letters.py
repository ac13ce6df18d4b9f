"""What a letter is about: frozen facts, loaded by storage and read by the templates."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.contracts.applications import FindingCode
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that this sender, and no other, may send now.

    `attempt` counts the claims: who has an older number has lost the message.
    """

    application: str
    vacancy: str
    kind: MessageKind
    version: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to, and when their application came."""

    name: str
    email: str
    submitted_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the advert promised."""

    employer: Employer
    title: str
    closes_at: datetime
    review_promised_on: date
    review_opens_at: datetime
    interviews_promised_on: date


@dataclass(frozen=True, slots=True)
class File:
    """One document as we received it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is the matter with one file, or, without a file, with the documents as a whole."""

    code: FindingCode
    file: File | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the rules rejected an application, in words, and from when a new one is welcome."""

    working: str
    submitted_on: date
    eligible_from: date | None


@dataclass(frozen=True, slots=True)
class Interview:
    """The appointment that a booking or a cancellation is about."""

    starts_at: datetime
    ends_at: datetime
    location: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything one message says."""

    claim: Claim
    contact: Contact
    timetable: Timetable
    files: tuple[File, ...] = ()
    problems: tuple[Problem, ...] = ()
    explanation: Explanation | None = None
    interview: Interview | None = None

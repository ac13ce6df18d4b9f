"""What a letter is about: the facts that templates read, and where they are read from.

They are loaded when the letter is sent, not when it is planned, so that nothing personal is kept
here; the views of other services are lent to this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Record

from shared.contracts.applications import FindingCode, Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer
from shared.postgres import Transaction


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that this sender, and no other, may send now.

    `attempt` counts the claims: who has an older number has lost the message. A message that has
    been put off for days gets no other attempt after this one.
    """

    application: str
    vacancy: str
    kind: MessageKind
    version: int
    attempt: int
    is_last_attempt: bool = False


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
    stage: Stage | None
    contact: Contact
    timetable: Timetable
    files: tuple[File, ...] = ()
    problems: tuple[Problem, ...] = ()
    explanation: Explanation | None = None
    interview: Interview | None = None


async def find_letter(tx: Transaction, claim: Claim) -> Letter | None:
    """Gather what a message says; None if its candidate is no longer known."""
    row = await tx.fetchrow(
        """
        select contact.name, contact.email, contact.submitted_at, contact.received_at,
            vacancy.employer, vacancy.title, vacancy.closes_at, vacancy.review_promised_on,
            vacancy.review_opens_at, vacancy.interviews_promised_on,
            message.starts_at, message.ends_at, message.location, standing.stage
        from notifications.message
        join notifications.vacancy using (vacancy)
        join intake.contact using (application)
        left join notifications.standing using (application)
        where message.application = $1 and message.kind = $2 and message.version = $3
        """,
        claim.application,
        claim.kind,
        claim.version,
    )
    if row is None:
        return None
    files = await _load_files(tx, claim)
    return Letter(
        claim,
        Stage(row["stage"]) if row["stage"] else None,
        Contact(row["name"], row["email"], row["submitted_at"], row["received_at"]),
        _timetable(row),
        files,
        await _load_problems(tx, claim, files),
        await _find_explanation(tx, claim),
        _interview(row),
    )


def _timetable(row: Record) -> Timetable:
    return Timetable(
        Employer(row["employer"]),
        row["title"],
        row["closes_at"],
        row["review_promised_on"],
        row["review_opens_at"],
        row["interviews_promised_on"],
    )


def _interview(row: Record) -> Interview | None:
    if row["starts_at"] is None:
        return None
    return Interview(row["starts_at"], row["ends_at"], row["location"])


async def _load_files(tx: Transaction, claim: Claim) -> tuple[File, ...]:
    """Load the documents as first received or, for a letter about a version, of that version."""
    if claim.kind not in {MessageKind.ACKNOWLEDGEMENT, MessageKind.DOCUMENTS_PROBLEM}:
        return ()
    rows = await tx.fetch(
        """
        select name, size, sha256 from intake.received_files
        where application = $1 and documents_version = $2 order by position
        """,
        claim.application,
        claim.version,
    )
    return tuple(File(row["name"], row["size"], row["sha256"]) for row in rows)


async def _load_problems(
    tx: Transaction, claim: Claim, files: Sequence[File]
) -> tuple[Problem, ...]:
    if claim.kind is not MessageKind.DOCUMENTS_PROBLEM:
        return ()
    rows = await tx.fetch(
        """
        select code, document from documents.findings
        where application = $1 and documents_version = $2 order by document nulls first, code
        """,
        claim.application,
        claim.version,
    )
    return tuple(
        Problem(
            FindingCode(row["code"]), None if row["document"] is None else files[row["document"]]
        )
        for row in rows
    )


async def _find_explanation(tx: Transaction, claim: Claim) -> Explanation | None:
    if claim.kind is not MessageKind.NOT_ELIGIBLE:
        return None
    row = await tx.fetchrow(
        """
        select working, submitted_on, eligible_from from eligibility.explanations
        where application = $1
        """,
        claim.application,
    )
    return Explanation(row["working"], row["submitted_on"], row["eligible_from"]) if row else None

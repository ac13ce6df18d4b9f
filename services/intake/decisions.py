"""Whether a submission becomes an application, and which of its documents count: pure rules."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from shared.calendar import CLOCK_TOLERANCE, london_date
from shared.contracts.applications import (
    ApplicationDocumentsReplaced,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    RefusalReason,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What intake keeps of a vacancy: the limits it judges by and the facts it passes on."""

    vacancy: str
    version: int
    employer: Employer
    role_type: RoleType
    engagement: Engagement
    posted_on: date | None
    last_accepted_at: datetime


# A submission


@dataclass(frozen=True, slots=True)
class Accepted:
    """The submission is an application for this vacancy."""

    vacancy: Vacancy

    def arrived_after_close(self, received_at: datetime) -> bool:
        """Tell whether it reached us only after the closing: a label, no reproach (C3)."""
        return received_at > self.vacancy.last_accepted_at


@dataclass(frozen=True, slots=True)
class Refused:
    """The submission is too late: recorded and told, never dropped (C3)."""

    reason: RefusalReason
    last_accepted_at: datetime
    timetable_version: int


@dataclass(frozen=True, slots=True)
class VacancyUnknown:
    """Nothing can be judged until the vacancy's timetable has come."""


@dataclass(frozen=True, slots=True)
class NotYetPosted:
    """Submitted before the vacancy was posted: the sender's fault, not the candidate's (D9)."""


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """Dated later than any honest clock: the sender's fault, not the candidate's."""


Admission: TypeAlias = Accepted | Refused | VacancyUnknown | NotYetPosted | InTheFuture


def admit(submission: ApplicationSubmitted, vacancy: Vacancy | None, now: datetime) -> Admission:
    """Judge a submission by when the candidate made it, not by when it reached us (C1 to C4)."""
    if vacancy is None:
        return VacancyUnknown()
    if submission.submitted_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    if vacancy.posted_on and london_date(submission.submitted_at) < vacancy.posted_on:
        return NotYetPosted()
    if submission.submitted_at > vacancy.last_accepted_at:
        return Refused(
            RefusalReason.SUBMITTED_AFTER_CLOSING, vacancy.last_accepted_at, vacancy.version
        )
    return Accepted(vacancy)


@dataclass(frozen=True, slots=True)
class Conflicted:
    """The reference is taken by other content: both are kept, a person looks, nothing changes."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, and why."""

    reason: str


def reconsider(
    submission: ApplicationSubmitted, vacancy: Vacancy, now: datetime, *, is_refused: bool
) -> Accepted | Refused | Ignored:
    """Judge a recorded submission by a newer timetable, so that the order does not matter (C7).

    The newest limit is that in force at `submitted_at`, or a later one that lets the submission
    in after all: no amendment moves the closing to a moment before itself. So it makes nobody
    late who applied before it was made, however late we hear of it.
    """
    match admit(submission, vacancy, now):
        case Accepted() as accepted if is_refused:
            return accepted
        case Refused() as refused if not is_refused:
            return refused
        case _:
            return Ignored("the verdict stands")


def compare(content_sha256: str, recorded_sha256: str) -> Conflicted | Ignored:
    """Judge a submission whose application reference is recorded already, accepted or refused."""
    if content_sha256 == recorded_sha256:
        return Ignored("the same submission again")
    return Conflicted()


# A replacement of documents


class SetAside(StrEnum):
    """Why a version of the documents is kept but does not count."""

    APPLICATION_REFUSED = "application_refused"
    APPLICATION_WITHDRAWN = "application_withdrawn"
    REPLACED_AFTER_CLOSING = "replaced_after_closing"
    OLDER_THAN_CURRENT = "older_than_current"  # said only by earlier releases


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the documents: its number by arrival, and when the candidate sent it."""

    number: int
    sent_at: datetime
    content_sha256: str
    set_aside: SetAside | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What is recorded of an application when something else about it arrives."""

    vacancy: str
    submitted_at: datetime
    last_accepted_at: datetime
    versions: tuple[Version, ...]
    is_refused: bool = False
    withdrawn_at: datetime | None = None

    @property
    def current(self) -> Version:
        """The version that counts: of those not set aside, the one sent last."""
        return max(
            (version for version in self.versions if version.set_aside is None),
            key=lambda version: version.sent_at,
        )

    @property
    def next_number(self) -> int:
        """The number that no version has yet."""
        return max(version.number for version in self.versions) + 1


@dataclass(frozen=True, slots=True)
class Superseding:
    """The documents are version `version`, and count while none sent later do."""

    version: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """The documents are kept as version `version` and change nothing, for `reason`."""

    version: int
    reason: SetAside


@dataclass(frozen=True, slots=True)
class ApplicationUnknown:
    """Nothing can be judged until the application has come."""


@dataclass(frozen=True, slots=True)
class Contradictory:
    """What came cannot be true beside what is recorded: `detail` says why."""

    detail: str


Replacement: TypeAlias = (
    Superseding | Superseded | ApplicationUnknown | InTheFuture | Contradictory | Ignored
)


def supersede(
    replacement: ApplicationDocumentsReplaced,
    content_sha256: str,
    application: Application | None,
    now: datetime,
) -> Replacement:
    """Judge new documents: those sent last count, among those sent until the closing (D8).

    Versions are numbered as they arrive, and ordered by when they were sent. They may arrive in
    any order, also after the closing; the version that counts in the end is the same.
    """
    if application is None:
        return ApplicationUnknown()
    if replacement.vacancy != application.vacancy:
        return Contradictory("the application is for another vacancy")
    if replacement.replaced_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    sent_then = {version.sent_at: version.content_sha256 for version in application.versions}
    if sent_then.get(replacement.replaced_at) == content_sha256:
        return Ignored("the same documents again")
    if replacement.replaced_at in sent_then:
        return Contradictory("other documents were sent at the same moment")
    reason = bar(replacement.replaced_at, application)
    number = application.next_number
    return Superseded(number, reason) if reason else Superseding(number)


def bar(sent_at: datetime, application: Application) -> SetAside | None:
    """Say why documents sent at `sent_at` cannot count, or None where they can.

    Who has withdrawn and wants to come back sends a new application, under a new reference.
    """
    if application.is_refused:
        return SetAside.APPLICATION_REFUSED
    if application.withdrawn_at and sent_at > application.withdrawn_at:
        return SetAside.APPLICATION_WITHDRAWN
    if sent_at > application.last_accepted_at:
        return SetAside.REPLACED_AFTER_CLOSING
    return None


# A withdrawal


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The candidate has withdrawn, whatever becomes of the application otherwise."""


Withdrawal: TypeAlias = Withdrawn | ApplicationUnknown | InTheFuture | Contradictory | Ignored


def withdraw(
    withdrawal: ApplicationWithdrawn, application: Application | None, now: datetime
) -> Withdrawal:
    """Judge a withdrawal: honoured at any stage, but only where it is plain what it is about.

    Naming another vacancy, or made before the submission by more than clocks differ, it goes to a
    person: neither is the wish lost nor the wrong application ended.
    """
    if application is None:
        return ApplicationUnknown()
    if withdrawal.vacancy != application.vacancy:
        return Contradictory("the application is for another vacancy: ask which one is meant")
    if withdrawal.withdrawn_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    if withdrawal.withdrawn_at < application.submitted_at - CLOCK_TOLERANCE:
        return Contradictory("withdrawn before it was submitted: ask whether it still stands")
    if application.withdrawn_at and application.withdrawn_at <= withdrawal.withdrawn_at:
        return Ignored("withdrawn already")
    return Withdrawn()

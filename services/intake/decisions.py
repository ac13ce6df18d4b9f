"""Whether a submission becomes an application, and which of its documents count: pure rules."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from shared.calendar import london_date
from shared.contracts import Payload
from shared.contracts.applications import (
    ApplicationDocumentsReplaced,
    ApplicationSubmitted,
    RefusalReason,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType

CLOCK_TOLERANCE: Final = timedelta(minutes=15)


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
    """The submission is an application; it may have reached us only after the closing (C3)."""

    vacancy: Vacancy
    arrived_after_close: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The submission is too late: recorded and told, never dropped (C3)."""

    reason: RefusalReason
    last_accepted_at: datetime


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
        return Refused(RefusalReason.SUBMITTED_AFTER_CLOSING, vacancy.last_accepted_at)
    return Accepted(vacancy, arrived_after_close=now > vacancy.last_accepted_at)


@dataclass(frozen=True, slots=True)
class Conflicted:
    """The reference is taken by other content: both are kept, a person looks, nothing changes."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, and why."""

    reason: str


def compare(content_sha256: str, recorded_sha256: str) -> Conflicted | Ignored:
    """Judge a submission whose application reference is recorded already, accepted or refused."""
    if content_sha256 == recorded_sha256:
        return Ignored("the same submission again")
    return Conflicted()


# A replacement of documents


class SetAside(StrEnum):
    """Why a version of the documents is kept but does not count."""

    APPLICATION_REFUSED = "application_refused"
    REPLACED_AFTER_CLOSING = "replaced_after_closing"
    OLDER_THAN_CURRENT = "older_than_current"


@dataclass(frozen=True, slots=True)
class Application:
    """What is recorded of an application when new documents for it arrive.

    `contents` holds the content hash of every version by the moment the candidate sent it;
    `current_since` is that moment for the version that counts.
    """

    vacancy: str
    is_refused: bool
    last_accepted_at: datetime
    current_since: datetime
    contents: Mapping[datetime, str]


@dataclass(frozen=True, slots=True)
class Superseding:
    """The documents are version `version` and count from now on."""

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
    """The replacement cannot be true beside what is recorded: `detail` says why."""

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

    Versions are numbered as they arrive. They may arrive in any order, also after the closing;
    the version that counts in the end is the same.
    """
    if application is None:
        return ApplicationUnknown()
    if replacement.vacancy != application.vacancy:
        return Contradictory("the application is for another vacancy")
    if replacement.replaced_at > now + CLOCK_TOLERANCE:
        return InTheFuture()
    sent_then = application.contents.get(replacement.replaced_at)
    if sent_then == content_sha256:
        return Ignored("the same documents again")
    if sent_then is not None:
        return Contradictory("other documents were sent at the same moment")
    version = len(application.contents) + 1
    reason = _set_aside(replacement.replaced_at, application)
    return Superseded(version, reason) if reason else Superseding(version)


def _set_aside(replaced_at: datetime, application: Application) -> SetAside | None:
    """Say why documents sent at `replaced_at` do not count, or None where they do."""
    if application.is_refused:
        return SetAside.APPLICATION_REFUSED
    if replaced_at > application.last_accepted_at:
        return SetAside.REPLACED_AFTER_CLOSING
    if replaced_at < application.current_since:
        return SetAside.OLDER_THAN_CURRENT
    return None


# Sameness


def content_sha256(payload: Payload) -> str:
    """Hash what a message says, so that the same fact under another event id is recognised.

    Instants are compared as instants, whatever their offset. A field left at its default does not
    count, so that a field added to the contract later changes no hash.
    """
    content = payload.model_dump(exclude_defaults=True)
    text = json.dumps(content, default=_canonical, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()

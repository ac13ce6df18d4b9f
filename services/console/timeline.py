"""Everything that happened to one application or vacancy, from the history, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from services.console import words
from shared.contracts import Event, Payload, parse
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
)
from shared.contracts.challenges import ChallengeOverdue, ChallengeReceived, ChallengeSettled
from shared.contracts.checks import DocumentsChecked, EligibilityChecked
from shared.contracts.interviews import InterviewBooked, InterviewCancelled, InterviewUnplaced
from shared.contracts.notifications import (
    CandidateNotified,
    NotificationFailed,
    RejectionLetterDue,
)
from shared.contracts.reviews import ApplicationReviewed
from shared.postgres import Transaction

# Events of one minute are told in the order of cause and effect, whichever was committed first.
_IN_ORDER: Final[tuple[type[Payload], ...]] = (
    ApplicationAccepted,
    ApplicationRefused,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationWithdrawalAccepted,
    DocumentsChecked,
    ChallengeReceived,
    ChallengeOverdue,
    ChallengeSettled,
    EligibilityChecked,
    RejectionLetterDue,
    ApplicationReviewed,
    ApplicationStageChanged,
    InterviewBooked,
    InterviewCancelled,
    InterviewUnplaced,
    CandidateNotified,
    NotificationFailed,
)
_ORDER: Final = {kind.type: rank for rank, kind in enumerate(_IN_ORDER)}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: datetime
    type: str
    text: str


async def load_events(tx: Transaction, subject: str) -> list[Event[Payload]]:
    """Read what was announced about an application or a vacancy, oldest first."""
    rows = await tx.fetch(
        "select type, body from messaging.history where subject = $1 order by position", subject
    )
    return [parse(row["body"], row["type"]) for row in rows]


def lines(events: Sequence[Event[Payload]]) -> list[Line]:
    """Put events into words, each with its own instant."""
    return [Line(event.time, event.type, words.sentence(event.data)) for event in events]


def settled_lines(events: Sequence[Event[Payload]]) -> list[Line]:
    """Put events into words minute by minute: the same however fast the machine was.

    Of several stages within one minute only the last is told.
    """
    told: list[Line] = []
    for _, group in groupby(events, key=lambda event: words.minute(event.time)):
        within = list(group)
        stages = [event for event in within if isinstance(event.data, ApplicationStageChanged)]
        kept = [event for event in within if event not in stages[:-1]]
        told += sorted(lines(kept), key=_place)
    return told


def _place(line: Line) -> tuple[int, str]:
    return _ORDER.get(line.type, len(_ORDER)), line.text

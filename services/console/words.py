"""Dates, stages and events in words for a terminal; without any personal data."""

from datetime import date, datetime

from shared.calendar import LONDON
from shared.contracts import Payload
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
)
from shared.contracts.checks import (
    DocumentsChecked,
    EligibilityChecked,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled, InterviewUnplaced
from shared.contracts.notifications import (
    CandidateNotified,
    NotificationFailed,
    RejectionLetterDue,
)
from shared.contracts.reviews import ApplicationReviewed


def day(on: date) -> str:
    """Write a date as `Tue 21 Oct 2025`."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def minute(at: datetime) -> str:
    """Write an instant as London time to the minute: `Tue 21 Oct 2025 23:55`."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())} {local:%H:%M}"


def plain(code: str) -> str:
    """Write a code such as `with_a_person` in words."""
    return code.replace("_", " ")


def sentence(payload: Payload) -> str:  # noqa: C901, PLR0911, PLR0912 - a case for each event
    """Say what an event about an application means."""
    match payload:
        case ApplicationAccepted():
            late = ", arrived after close" if payload.arrived_after_close else ""
            return f"accepted (submitted {minute(payload.submitted_at)}{late})"
        case ApplicationRefused():
            return f"refused: submitted {minute(payload.submitted_at)}, after closing"
        case ApplicationConflicted():
            return "submitted again with other content: both are kept, nothing is applied"
        case ApplicationDocumentsAccepted():
            return f"documents replaced (version {payload.documents_version})"
        case ApplicationWithdrawalAccepted():
            return f"withdrawn by the candidate ({minute(payload.withdrawn_at)})"
        case DocumentsChecked():
            found = ", ".join(sorted({plain(finding.code) for finding in payload.findings}))
            outcome = plain(payload.outcome) + (f": {found}" if found else "")
            return f"documents checked (version {payload.documents_version}): {outcome}"
        case EligibilityChecked():
            reasons = ", ".join(map(plain, payload.reasons))
            return f"eligibility: {plain(payload.outcome)}" + (f" ({reasons})" if reasons else "")
        case ApplicationStageChanged():
            return f"stage: {plain(payload.stage)}"
        case ApplicationReviewed():
            return f"the hiring manager's decision: {plain(payload.decision)}"
        case InterviewBooked():
            return f"interview booked for {minute(payload.starts_at)}, {payload.location}"
        case InterviewCancelled():
            return f"interview of {minute(payload.starts_at)} cancelled"
        case InterviewUnplaced():
            return f"no interview found: {plain(payload.reason)}"
        case CandidateNotified():
            return f"mail: {plain(payload.kind)}"
        case NotificationFailed():
            return f"mail not sent: {plain(payload.kind)} ({plain(payload.reason)})"
        case RejectionLetterDue():
            return "the hold in which a rejection can be stopped is over"
        case _:
            return plain(payload.type)

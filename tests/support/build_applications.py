"""What our own workers announce about an application, with defaults."""

from datetime import timedelta
from typing import Any

from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
    RefusalReason,
    Stage,
)
from shared.contracts.checks import (
    DocumentsChecked,
    DocumentsOutcome,
    EligibilityChecked,
    EligibilityOutcome,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerDecision,
)
from shared.contracts.vacancies import (
    Employer,
    Engagement,
    RoleType,
)
from tests.support.build_submissions import never_served
from tests.support.story import (
    APPLICATION,
    INTERVIEW_AT,
    LAST_ACCEPTED_AT,
    NOW,
    REVIEW_OPENS_AT,
    VACANCY,
)


def application_accepted(application: str = APPLICATION, **changes: Any) -> ApplicationAccepted:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "submitted_at": NOW - timedelta(minutes=1),
        "received_at": NOW,
        "arrived_after_close": False,
        "employer": Employer.MET,
        "role_type": RoleType.POLICE_STAFF,
        "engagement": Engagement.PERMANENT,
        "early_departure": never_served(),
        "conviction_declared": Answer.NO,
    }
    return ApplicationAccepted(**defaults | changes)


def application_refused(application: str = APPLICATION, **changes: Any) -> ApplicationRefused:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "reason": RefusalReason.SUBMITTED_AFTER_CLOSING,
        "submitted_at": LAST_ACCEPTED_AT + timedelta(microseconds=1),
        "last_accepted_at": LAST_ACCEPTED_AT,
    }
    return ApplicationRefused(**defaults | changes)


def documents_accepted(
    application: str = APPLICATION, documents_version: int = 2, **changes: Any
) -> ApplicationDocumentsAccepted:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "documents_version": documents_version,
        "replaced_at": NOW,
    }
    return ApplicationDocumentsAccepted(**defaults | changes)


def withdrawal_accepted(
    application: str = APPLICATION, **changes: Any
) -> ApplicationWithdrawalAccepted:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "withdrawn_at": NOW,
    }
    return ApplicationWithdrawalAccepted(**defaults | changes)


def documents_checked(
    application: str = APPLICATION,
    outcome: DocumentsOutcome = DocumentsOutcome.COMPLETE,
    **changes: Any,
) -> DocumentsChecked:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "documents_version": 1,
        "outcome": outcome,
    }
    return DocumentsChecked(**defaults | changes)


def eligibility_checked(
    application: str = APPLICATION,
    outcome: EligibilityOutcome = EligibilityOutcome.ELIGIBLE,
    **changes: Any,
) -> EligibilityChecked:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "outcome": outcome,
        "submitted_on": NOW.date(),
        "rules_version": "test",
    }
    return EligibilityChecked(**defaults | changes)


def stage_changed(
    application: str = APPLICATION, stage: Stage = Stage.RECEIVED, **changes: Any
) -> ApplicationStageChanged:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "stage": stage,
        "previous": None,
        "sequence": 1,
        "documents_version": 1,
    }
    return ApplicationStageChanged(**defaults | changes)


def application_reviewed(
    application: str = APPLICATION,
    decision: ManagerDecision = ManagerDecision.INVITE,
    **changes: Any,
) -> ApplicationReviewed:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "decision": decision,
        "reviewed_at": REVIEW_OPENS_AT + timedelta(hours=1),
    }
    return ApplicationReviewed(**defaults | changes)


def interview_booked(application: str = APPLICATION, **changes: Any) -> InterviewBooked:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "starts_at": INTERVIEW_AT,
        "ends_at": INTERVIEW_AT + timedelta(minutes=45),
        "location": "Belvedere",
    }
    return InterviewBooked(**defaults | changes)


def interview_cancelled(application: str = APPLICATION, **changes: Any) -> InterviewCancelled:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "starts_at": INTERVIEW_AT,
        "ends_at": INTERVIEW_AT + timedelta(minutes=45),
        "sequence": 1,
    }
    return InterviewCancelled(**defaults | changes)

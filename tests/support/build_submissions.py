"""What the careers site sends about an application and its review, with defaults."""

from datetime import timedelta
from typing import Any

from shared.contracts.applications import (
    Answer,
    ApplicationDocumentsReplaced,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Candidate,
    Convictions,
    Departure,
    Document,
    EarlyDeparture,
    Form,
    LeavingReason,
    Role,
)
from shared.contracts.corrections import DeclarationCorrected
from shared.contracts.reviews import (
    ManagerDecision,
    ManagerReviewed,
)
from tests.support.story import (
    APPLICATION,
    NOW,
    REVIEW_OPENS_AT,
    VACANCY,
)


def document(role: Role = Role.CV, **changes: Any) -> Document:
    name = {Role.CV: "My CV.pdf", Role.PERSONAL_STATEMENT: "Personal Statement.docx"}
    defaults: dict[str, Any] = {
        "key": f"incoming/{APPLICATION}/{role}",
        "sha256": {Role.CV: "a", Role.PERSONAL_STATEMENT: "b"}.get(role, "c") * 64,
        "size": 20_000,
        "role": role,
        "name": name.get(role, "document.pdf"),
    }
    return Document(**defaults | changes)


def documents() -> tuple[Document, ...]:
    """One CV and one personal statement: complete (D1)."""
    return document(Role.CV), document(Role.PERSONAL_STATEMENT)


def candidate(**changes: Any) -> Candidate:
    defaults: dict[str, Any] = {"name": "Ada O'Neill", "email": "ada@example.org"}
    return Candidate(**defaults | changes)


def never_served() -> EarlyDeparture:
    return EarlyDeparture(served_before=Answer.NO)


def served(*departures: Departure, served_before: Answer = Answer.YES) -> EarlyDeparture:
    return EarlyDeparture(served_before=served_before, departures=departures)


def departure(left_on: str, **changes: Any) -> Departure:
    """A leaving that the five-year rule is about: under a scheme, with compensation (E1)."""
    defaults: dict[str, Any] = {
        "left_on": left_on,
        "reason": LeavingReason.EARLY_DEPARTURE_SCHEME,
        "compensated": Answer.YES,
    }
    return Departure(**defaults | changes)


def form(**changes: Any) -> Form:
    defaults: dict[str, Any] = {
        "version": 1,
        "early_departure": never_served(),
        "convictions": Convictions(declared=Answer.NO),
    }
    return Form(**defaults | changes)


def application_submitted(application: str = APPLICATION, **changes: Any) -> ApplicationSubmitted:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "submitted_at": NOW - timedelta(minutes=1),
        "candidate": candidate(),
        "form": form(),
        "documents": documents(),
    }
    return ApplicationSubmitted(**defaults | changes)


def documents_replaced(
    application: str = APPLICATION, **changes: Any
) -> ApplicationDocumentsReplaced:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "replaced_at": NOW,
        "documents": documents(),
    }
    return ApplicationDocumentsReplaced(**defaults | changes)


def application_withdrawn(application: str = APPLICATION, **changes: Any) -> ApplicationWithdrawn:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "withdrawn_at": NOW,
    }
    return ApplicationWithdrawn(**defaults | changes)


def declaration_corrected(
    which: int, corrected: Departure, **changes: Any
) -> DeclarationCorrected:
    defaults: dict[str, Any] = {
        "application": APPLICATION,
        "vacancy": VACANCY,
        "departure": which,
        "corrected": corrected,
        "by": "recruiter-4",
        "decided_at": NOW + timedelta(days=1),
        "rationale": "The letter of release gives another day.",
    }
    return DeclarationCorrected(**defaults | changes)


def manager_reviewed(
    application: str = APPLICATION,
    decision: ManagerDecision = ManagerDecision.INVITE,
    **changes: Any,
) -> ManagerReviewed:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "reviewer": "manager-1",
        "decision": decision,
        "scores": {"interest": 5, "evidence": 5},
        "rationale": "Clear evidence against both prompts.",
        "reviewed_at": REVIEW_OPENS_AT + timedelta(hours=1),
    }
    return ManagerReviewed(**defaults | changes)

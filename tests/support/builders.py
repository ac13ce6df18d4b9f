"""Events with defaults, for tests: name only what the test is about.

Everything is imported from here; the builders themselves stand in the `build_` modules. Wrap a
payload in its envelope with `event(payload)`.
"""

from datetime import datetime
from typing import TypeVar
from uuid import uuid5

from shared.contracts import Event, Payload
from shared.contracts.envelope import NAMESPACE
from tests.support.build_applications import (
    application_accepted,
    application_refused,
    application_reviewed,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    interview_booked,
    interview_cancelled,
    stage_changed,
    withdrawal_accepted,
)
from tests.support.build_people import (
    challenge_decided,
    criterion_judged,
    decision_challenged,
    referral_resolved,
)
from tests.support.build_submissions import (
    application_submitted,
    application_withdrawn,
    candidate,
    declaration_corrected,
    departure,
    document,
    documents,
    documents_replaced,
    form,
    manager_reviewed,
    never_served,
    served,
)
from tests.support.build_vacancies import (
    review_completed,
    review_opened,
    vacancy_amended,
    vacancy_closed,
    vacancy_closing_date_passed,
    vacancy_closing_due,
    vacancy_published,
    vacancy_timetabled,
)
from tests.support.story import (
    APPLICATION,
    CLOSES_AT,
    INTERVIEW_AT,
    LAST_ACCEPTED_AT,
    NOW,
    POSTED_ON,
    REVIEW_COMPLETED_AT,
    REVIEW_OPENS_AT,
    VACANCY,
)

__all__ = [
    "APPLICATION",
    "CLOSES_AT",
    "INTERVIEW_AT",
    "LAST_ACCEPTED_AT",
    "NOW",
    "POSTED_ON",
    "REVIEW_COMPLETED_AT",
    "REVIEW_OPENS_AT",
    "VACANCY",
    "application_accepted",
    "application_refused",
    "application_reviewed",
    "application_submitted",
    "application_withdrawn",
    "candidate",
    "challenge_decided",
    "criterion_judged",
    "decision_challenged",
    "declaration_corrected",
    "departure",
    "document",
    "documents",
    "documents_accepted",
    "documents_checked",
    "documents_replaced",
    "eligibility_checked",
    "event",
    "form",
    "interview_booked",
    "interview_cancelled",
    "manager_reviewed",
    "never_served",
    "referral_resolved",
    "review_completed",
    "review_opened",
    "served",
    "stage_changed",
    "vacancy_amended",
    "vacancy_closed",
    "vacancy_closing_date_passed",
    "vacancy_closing_due",
    "vacancy_published",
    "vacancy_timetabled",
    "withdrawal_accepted",
]

P = TypeVar("P", bound=Payload)


def event(payload: P, *, copy: int = 0, time: datetime = NOW) -> Event[P]:
    """The payload in its envelope, its id derived from the content and the number of the copy."""
    name = f"{payload.type} {payload.model_dump_json()} {copy}"
    return Event[type(payload)](  # type: ignore[misc]
        id=uuid5(NAMESPACE, name),
        source="muster/test",
        type=payload.type,
        subject=payload.subject,
        time=time,
        data=payload,
    )

"""One review from its timetable to its completion: who is in it, and what is decided."""

from datetime import timedelta

from shared.contracts import Payload
from shared.contracts.applications import Stage
from shared.contracts.reviews import (
    ManagerDecision,
    ReviewCompleted,
    ReviewOpeningDue,
    ReviewOverdueDue,
)
from tests.support.builders import (
    REVIEW_OPENS_AT,
    VACANCY,
    manager_reviewed,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.hearing import Hearing

BEFORE = REVIEW_OPENS_AT - timedelta(days=1)
NOW = REVIEW_OPENS_AT + timedelta(hours=2)
LATE = REVIEW_OPENS_AT + timedelta(days=1)
OPENING = ReviewOpeningDue(vacancy=VACANCY)
OVERDUE = ReviewOverdueDue(vacancy=VACANCY)


def ready(application: str, sequence: int = 2) -> Payload:
    return stage_changed(application, Stage.READY_FOR_REVIEW, sequence=sequence)


def withdrawn(application: str, sequence: int = 9) -> Payload:
    return stage_changed(application, Stage.WITHDRAWN, sequence=sequence)


def declined(application: str) -> Payload:
    return manager_reviewed(application, ManagerDecision.DECLINE)


async def opened(review: Hearing, *applications: str) -> None:
    await review.hear(
        vacancy_timetabled(), *[ready(application) for application in applications], now=BEFORE
    )
    await review.hear(OPENING, now=REVIEW_OPENS_AT)


def completed(invited: int, declined: int) -> ReviewCompleted:
    return ReviewCompleted(vacancy=VACANCY, completed_at=NOW, invited=invited, declined=declined)

"""Where every vacancy and application stands, kept up to date event by event."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.contracts import Event, Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import CandidateNotified, MessageKind, NotificationFailed
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerDecision,
    ReviewCompleted,
    ReviewOpened,
    ReviewOverdue,
)
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled

PICTURED: Final[tuple[type[Payload], ...]] = (
    VacancyTimetabled,
    VacancyClosed,
    ReviewOpened,
    ReviewOverdue,
    ReviewCompleted,
    ApplicationStageChanged,
    ApplicationReviewed,
    InterviewBooked,
    InterviewCancelled,
    CandidateNotified,
    NotificationFailed,
)


@dataclass(slots=True)
class VacancyPicture:
    """One vacancy: what was promised, what happened, and who is where."""

    vacancy: str
    timetables: dict[int, tuple[datetime, VacancyTimetabled]] = field(default_factory=dict)
    last_closed_at: datetime | None = None
    review_opened_at: datetime | None = None
    review_overdue_at: datetime | None = None
    review_completed_at: datetime | None = None
    decisions: dict[str, ManagerDecision] = field(default_factory=dict)
    interviews: dict[str, datetime] = field(default_factory=dict)
    stages: dict[str, tuple[int, Stage]] = field(default_factory=dict)

    @property
    def timetable(self) -> VacancyTimetabled | None:
        """Return the timetable of the highest version, which stands."""
        return self.timetables[max(self.timetables)][1] if self.timetables else None

    @property
    def closed_at(self) -> datetime | None:
        """Tell when it closed, unless it was extended to a later moment since (C7)."""
        at, promised = self.last_closed_at, self.timetable
        return None if at and promised and at < promised.last_accepted_at else at

    def at(self, stage: Stage) -> list[str]:
        """Name the applications that stand at this stage."""
        return sorted(name for name, (_, at) in self.stages.items() if at is stage)

    @property
    def invited(self) -> int:
        """Count the invitations decided on, whatever became of them."""
        return sum(d is ManagerDecision.INVITE for d in self.decisions.values())

    @property
    def first_interview_at(self) -> datetime | None:
        """Tell when the first interview is that still stands."""
        return min(self.interviews.values(), default=None)


@dataclass(slots=True)
class Picture:
    """All vacancies, in order of appearance."""

    vacancies: dict[str, VacancyPicture] = field(default_factory=dict)
    mails: Counter[MessageKind] = field(default_factory=Counter)
    failed_mails: Counter[MessageKind] = field(default_factory=Counter)

    def add(self, event: Event[Payload]) -> None:
        """Take one event in; others than PICTURED change nothing."""
        payload = event.data
        if not isinstance(payload, PICTURED):
            return
        reference: str = getattr(payload, "vacancy")  # noqa: B009 - all of PICTURED have it
        vacancy = self.vacancies.setdefault(reference, VacancyPicture(reference))
        if isinstance(payload, CandidateNotified):
            self.mails[payload.kind] += 1
        elif isinstance(payload, NotificationFailed):
            self.failed_mails[payload.kind] += 1
        elif not _add_to_timetable(vacancy, event):
            _add_to_applications(vacancy, payload)


def _add_to_timetable(vacancy: VacancyPicture, event: Event[Payload]) -> bool:
    match event.data:
        case VacancyTimetabled():
            vacancy.timetables[event.data.version] = event.time, event.data
        case VacancyClosed(closed_at=closed_at):
            vacancy.last_closed_at = closed_at
        case ReviewOpened(opened_at=opened_at):
            vacancy.review_opened_at = opened_at
        case ReviewOverdue():
            vacancy.review_overdue_at = event.time
        case ReviewCompleted(completed_at=completed_at):
            vacancy.review_completed_at = completed_at
        case _:
            return False
    return True


def _add_to_applications(vacancy: VacancyPicture, payload: Payload) -> None:
    match payload:
        case ApplicationReviewed():
            vacancy.decisions[payload.application] = payload.decision
        case InterviewBooked():
            vacancy.interviews[payload.application] = payload.starts_at
        case InterviewCancelled():
            vacancy.interviews.pop(payload.application, None)
        case ApplicationStageChanged():
            known, _ = vacancy.stages.get(payload.application, (0, None))
            if payload.sequence > known:
                vacancy.stages[payload.application] = (payload.sequence, payload.stage)
        case _:
            pass

"""One application on its way through progress, review and interviews, without any server.

Only the pure decisions are real; what stands for the storage and the broker is as small as can
be. Every worker knows the ids it has handled, as the inbox does, and keeps what is too early, as
the waiting room does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from services.interviews import decisions as interviews
from services.progress.decisions import (
    Application,
    ApplicationFacts,
    VacancyFact,
    VacancyFacts,
    advance,
    documents_that_count,
)
from services.review import decisions as review
from shared.contracts import Event, Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.checks import DocumentsOutcome
from shared.contracts.reviews import (
    ManagerReviewed,
    ReviewOpeningDue,
)
from shared.contracts.vacancies import VacancyTimetabled
from tests.support.build_interviews import appointment, interviewing_vacancy
from tests.support.builders import (
    APPLICATION,
    REVIEW_OPENS_AT,
    VACANCY,
    application_reviewed,
    event,
    interview_booked,
    interview_cancelled,
    review_completed,
    review_opened,
    stage_changed,
)

NOW = REVIEW_OPENS_AT + timedelta(hours=2)
Said = list[Payload]


@dataclass
class Progress:
    """Facts in, stages out."""

    application: Application = field(default_factory=lambda: Application(APPLICATION))
    vacancy: VacancyFacts = field(default_factory=VacancyFacts)
    told_documents: tuple[int, DocumentsOutcome | None] = (0, None)
    """Those that count, and what was found in them, when a stage was announced last."""

    def hear(self, heard: Event[Any]) -> Said:
        facts: ApplicationFacts = self.application.facts
        earlier = self.vacancy
        if isinstance(heard.data, VacancyFact):
            self.vacancy = self.vacancy.after(heard)
        else:
            facts = facts.after(heard)
        before = self.application
        self.application = advance(before, facts, self.vacancy, earlier)
        after = self.application
        if after.stage is None or after.sequence == before.sequence:
            return []
        self.told_documents = documents_that_count(after.facts, self.vacancy)
        return [stage_changed(stage=after.stage, sequence=after.sequence)]


@dataclass
class Review:
    """Stages and a manager's decisions in, what stands of them out; `waiting` is too early."""

    round: review.Round | None = None
    candidate: review.Candidate | None = None
    sequence: int = 0
    completions: int = 0
    waiting: list[tuple[type[Payload], Event[Any]]] = field(default_factory=list)

    def hear(self, heard: Event[Any]) -> Said:
        said = self._handle(heard)
        released = [child for parent, child in self.waiting if isinstance(heard.data, parent)]
        self.waiting = [(p, c) for p, c in self.waiting if not isinstance(heard.data, p)]
        for child in released:
            said += self.hear(child)
        return said

    def _handle(self, heard: Event[Any]) -> Said:
        match heard.data:
            case VacancyTimetabled(vacancy=vacancy, review_opens_at=at, review_latest_on=latest):
                if self.round is None:
                    self.round = review.Round(vacancy, heard.data.version, at, latest)
                elif self.round.version < heard.data.version:
                    self.round = replace(
                        self.round, version=heard.data.version, opens_at=at, latest_on=latest
                    )
            case ApplicationStageChanged(sequence=sequence, stage=stage):
                self._follow(sequence, stage)
                return self._complete()
            case ReviewOpeningDue():
                return self._open(heard)
            case ManagerReviewed():
                return self._decide(heard)
        return []

    def _follow(self, sequence: int, stage: Stage) -> None:
        if sequence > self.sequence:
            self.sequence = sequence
            known = self.candidate or review.Candidate(VACANCY, stage)
            self.candidate = replace(known, stage=stage)

    def _open(self, heard: Event[ReviewOpeningDue]) -> Said:
        match review.open_review(self.round, VACANCY, NOW):
            case review.Parked(until):
                self.waiting.append((until, heard))
            case review.Opened():
                assert self.round
                self.round = replace(self.round, opened_at=NOW)
                if self.candidate and self.candidate.is_in_review:
                    self.candidate = replace(self.candidate, is_counted=True)
                return [review_opened(), *self._complete()]
        return []

    def _decide(self, heard: Event[ManagerReviewed]) -> Said:
        match review.accept(heard.data, self.round, self.candidate, NOW):
            case review.Parked(until):
                self.waiting.append((until, heard))
            case review.Quarantined(is_for_now=True):
                self.waiting.append((ApplicationStageChanged, heard))
            case review.Accepted(scorecard):
                assert self.candidate
                self.candidate = replace(self.candidate, scorecard=scorecard)
                accepted = application_reviewed(
                    decision=scorecard.decision, reviewed_at=scorecard.reviewed_at
                )
                return [accepted, *self._complete()]
        return []

    def _complete(self) -> Said:
        if self.round is None or not self.round.is_under_way:
            return []
        one = self.candidate
        is_waited_for = one and one.is_counted and one.is_in_review and not one.scorecard
        match review.complete(replace(review.NOBODY, undecided=int(bool(is_waited_for)))):
            case review.Completed():
                self.round = replace(self.round, completed_at=NOW)
                self.completions += 1
                return [review_completed()]
        return []


@dataclass
class Interviews:
    """Stages in, appointments out; the review is complete, and there are slots for everybody."""

    candidate: interviews.Candidate = field(default_factory=lambda: interviews.Candidate(0))

    def hear(self, heard: Event[ApplicationStageChanged]) -> Said:
        sequence, booked = self.candidate.sequence, self.candidate.appointment
        said: Said = []
        match interviews.arrange(
            heard.data, self.candidate, interviewing_vacancy(), changed_at=heard.time
        ):
            case interviews.Invited(sequence=entry):
                booked = appointment(sequence=entry)
                said = [interview_booked(sequence=entry)]
            case interviews.Cancelled(booked):
                said = [interview_cancelled(sequence=booked.sequence)]
        self.candidate = interviews.Candidate(max(sequence, heard.data.sequence), booked)
        return said


_HEARS: dict[str, Callable[[Payload], bool]] = {
    "progress": lambda p: (
        not isinstance(p, ApplicationStageChanged | ManagerReviewed | ReviewOpeningDue)
    ),
    "review": lambda p: isinstance(
        p, ApplicationStageChanged | ManagerReviewed | ReviewOpeningDue | VacancyTimetabled
    ),
    "interviews": lambda p: isinstance(p, ApplicationStageChanged),
}


@lru_cache(maxsize=10_000)
def _enveloped(kind: type[Payload], body: str, copy: int) -> Event[Payload]:
    """Build a message once: of ten thousand stories, most say the same things."""
    return event(kind.model_validate_json(body), copy=copy)


class Pipeline:
    """Three workers and the messages on their way to them."""

    def __init__(self, *outside: Payload, copies: int = 1) -> None:
        self.progress, self.review, self.interviews = Progress(), Review(), Interviews()
        self.on_the_way: list[tuple[str, Event[Payload]]] = []
        self._handled: set[tuple[str, UUID]] = set()
        for payload in outside:
            for copy in range(copies):
                self._send(payload, copy)

    def _send(self, payload: Payload, copy: int = 0) -> None:
        message = _enveloped(type(payload), payload.model_dump_json(), copy)
        self.on_the_way += [(who, message) for who, hears in _HEARS.items() if hears(message.data)]

    def deliver(self, number: int, *, again: bool = False) -> None:
        """Deliver one message, if there is any; `again` has it come once more."""
        if not self.on_the_way:
            return
        place = number % len(self.on_the_way)
        who, message = self.on_the_way[place] if again else self.on_the_way.pop(place)
        if (who, message.id) in self._handled:
            return
        self._handled.add((who, message.id))
        for payload in getattr(self, who).hear(message):
            self._send(payload)

    def drain(self) -> Stage | None:
        """Deliver the rest in order of sending; tell where the application ends."""
        while self.on_the_way:
            self.deliver(0)
        return self.progress.application.stage

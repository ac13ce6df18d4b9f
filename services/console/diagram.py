"""Draws the stages from the function that computes them, so that the picture cannot be wrong.

Every combination of facts that one application can reach is walked through, event by event, in
the order in which our workers cause events. (Progress takes them in any order and ends the same;
with every detour drawn there would be an arrow between almost any two stages.)
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeVar

from services.progress.decisions import (
    ApplicationFact,
    ApplicationFacts,
    VacancyFact,
    VacancyFacts,
    stage,
)
from services.progress.versions import counting
from shared.contracts import Event, Payload, event_id
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationWithdrawalAccepted,
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
    ReviewCompleted,
    ReviewOpened,
)
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled

_SOME_TIME: Final = datetime(2025, 1, 1, tzinfo=UTC)
_LATER: Final = datetime(2025, 2, 1, tzinfo=UTC)
_LAST_DOCUMENTS_VERSION: Final = 2  # a third meets nothing that the second did not


class Situation(NamedTuple):
    """Everything that is known of one application and its vacancy."""

    application: ApplicationFacts = ApplicationFacts()
    vacancy: VacancyFacts = VacancyFacts()

    @property
    def stage(self) -> Stage | None:
        """Where the application stands."""
        return stage(self.application, self.vacancy)

    def after(self, fact: ApplicationFact | VacancyFact) -> "Situation":
        """Add a fact."""
        event: Event[Any] = Event.model_construct(
            id=event_id("a drawing", fact),
            source="diagram",
            type=fact.type,
            subject=fact.subject,
            time=_SOME_TIME,
            data=fact,
        )
        if isinstance(fact, VacancyFact):
            return self._replace(vacancy=self.vacancy.after(event))
        return self._replace(application=self.application.after(event))


def stage_diagram() -> str:
    """Draw the stages as a Mermaid state diagram, the same text every time."""
    arrows: dict[tuple[str, str], set[str]] = {}
    for before, fact, after in _steps():
        if before.stage is not after.stage:
            arrow = (before.stage or "[*]", after.stage or "[*]")
            arrows.setdefault(arrow, set()).add(fact.type.rpartition(".v")[0])
    order = ["[*]", *Stage]
    lines = [
        f"    {start} --> {end}: {', '.join(sorted(arrows[start, end]))}"
        for start in order
        for end in order
        if (start, end) in arrows
    ]
    return "\n".join(["stateDiagram-v2", *lines]) + "\n"


def _steps() -> Iterator[tuple[Situation, ApplicationFact | VacancyFact, Situation]]:
    """Walk through every situation that can be reached, and yield each step once."""
    seen, waiting = {Situation()}, [Situation()]
    while waiting:
        before = waiting.pop()
        for fact in _next_facts(before):
            after = before.after(fact)
            yield before, fact, after
            if after not in seen:
                seen.add(after)
                waiting.append(after)


def _next_facts(situation: Situation) -> Iterator[ApplicationFact | VacancyFact]:
    """Name what can happen next, if every worker does what it is there for."""
    application, vacancy = situation
    if vacancy.is_closed and not (vacancy.timetable_version or vacancy.is_review_opened):
        yield _fact(VacancyTimetabled, version=1, last_accepted_at=_LATER)  # an extension (C7)
    if not vacancy.is_closed:
        yield _fact(VacancyClosed, closed_at=vacancy.last_accepted_at or _SOME_TIME)
    elif not vacancy.is_review_opened:
        yield _fact(ReviewOpened)
    elif not vacancy.is_review_completed:
        yield _fact(ReviewCompleted)
    if application.is_accepted:
        yield from _next_checks(application)
        yield from _next_answers(application)
        yield from _next_choices(situation)
    else:
        yield _fact(ApplicationAccepted, documents_version=1, submitted_at=_SOME_TIME)
        if not application.is_refused:
            yield _fact(ApplicationRefused)


def _next_checks(application: ApplicationFacts) -> Iterator[ApplicationFact]:
    """Name what the workers can find out."""
    if application.eligibility is None:
        for eligibility in EligibilityOutcome:
            yield _fact(EligibilityChecked, outcome=eligibility)
    last = counting(application.documents)[-1]
    if last.verdict is None:
        for found in DocumentsOutcome:
            yield _fact(DocumentsChecked, documents_version=last.number, outcome=found)


def _next_answers(application: ApplicationFacts) -> Iterator[ApplicationFact]:
    """Name what a person of ours can answer to a verdict, or decide about a challenge (E20)."""
    eligibility, last = application.eligibility, counting(application.documents)[-1]
    if eligibility and not eligibility.revision:
        answers = {EligibilityOutcome.ELIGIBLE} - {eligibility.outcome}
        if eligibility.outcome is EligibilityOutcome.REFERRED:
            answers.add(EligibilityOutcome.REJECTED)
        for answer in sorted(answers):
            yield _fact(EligibilityChecked, outcome=answer, revision=1)
    is_question = last.verdict and last.outcome is not DocumentsOutcome.COMPLETE
    if last.verdict and is_question and not last.verdict.is_by_person:
        for outcome in (DocumentsOutcome.COMPLETE, DocumentsOutcome.FAULTY):
            yield _fact(
                DocumentsChecked,
                documents_version=last.number,
                outcome=outcome,
                is_by_person=True,
            )


def _next_choices(situation: Situation) -> Iterator[ApplicationFact]:
    """Name what candidates and managers can do, and the interviews that follow."""
    application = situation.application
    if not application.is_withdrawn:
        yield _fact(ApplicationWithdrawalAccepted)
    if counting(application.documents)[-1].number < _LAST_DOCUMENTS_VERSION:
        yield _fact(
            ApplicationDocumentsAccepted,
            documents_version=_LAST_DOCUMENTS_VERSION,
            replaced_at=_LATER,
        )
    if situation.stage is Stage.UNDER_REVIEW and application.review is None:
        for decision in ManagerDecision:
            yield _fact(ApplicationReviewed, decision=decision, reviewed_at=_SOME_TIME)
    if situation.stage is Stage.INVITED and application.booked_sequence is None:
        yield _fact(InterviewBooked, sequence=0)
    if application.has_interview:
        yield _fact(InterviewCancelled, sequence=1)


F = TypeVar("F", bound=Payload)


def _fact(kind: type[F], **fields: Any) -> F:  # noqa: ANN401 - whatever the kind has
    """Build an event's data with no more than the stage depends on."""
    fact = kind.model_construct(**{"application": "app", "vacancy": "vac"} | fields)
    assert isinstance(fact, kind)
    return fact

"""What is done with every fact: keep it, compute stages anew, announce those that changed.

A vacancy's fact and a fact about one of its applications may be handled at the same moment, and
must not miss each other. So whoever computes a stage first locks the vacancy: for itself to add
a vacancy's fact, shared to add an application's. The one who waited sees what the other wrote.
Locks are taken in order, vacancies before applications, so that nobody here waits in a circle;
should two do so all the same, PostgreSQL ends one of them, and its batch is repeated.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from services.progress import decisions, storage
from services.progress.decisions import (
    Application,
    ApplicationFact,
    Fact,
    VacancyFact,
    VacancyFacts,
)
from shared.contracts import Event, Payload
from shared.contracts.applications import ApplicationStageChanged
from shared.messaging import Batch
from shared.postgres import Transaction


@dataclass(frozen=True, slots=True)
class Step:
    """What one event made of one application."""

    because_of: Event[Payload]
    before: Application
    after: Application
    vacancy: VacancyFacts


async def record_facts(batch: Batch[Fact], tx: Transaction) -> None:
    """Add every fact to what it is about, then move each application that they move, once.

    Otherwise a stage passed through would be told, such as a decision that was replaced in the
    batch that completes the review.
    """
    news = {event.subject: event for event in batch if _is_of_vacancy(event)}
    facts = {event.subject: event for event in batch if _is_of_application(event)}
    about = {event.data.vacancy for event in batch}
    earlier, vacancies = await _add_to_vacancies(tx, about, news)
    applications = await storage.lock_applications(tx, facts.keys())
    applications |= await storage.lock_applications_of(tx, news.keys())
    steps = []
    for name, before in applications.items():
        if fact := facts.get(name):
            because_of: Event[Fact] = fact
            reference, known = fact.data.vacancy, before.facts.after(fact)
        else:
            assert before.facts.vacancy is not None
            reference, known = before.facts.vacancy, before.facts
            because_of = news[reference]
        vacancy = vacancies[reference]
        after = decisions.advance(before, known, vacancy, earlier[reference])
        steps.append(Step(because_of, before, after, vacancy))
    await _save_and_announce(batch, tx, steps)


async def _add_to_vacancies(
    tx: Transaction, vacancies: Collection[str], news: Mapping[str, Event[VacancyFact]]
) -> tuple[dict[str, VacancyFacts], dict[str, VacancyFacts]]:
    """Lock vacancies and add what is new of them; return what was known before, and what is now.

    With any news all of them are locked for us alone. Then nobody else locks their applications,
    in whatever order we come by those.
    """
    if not news:
        known = await storage.share_vacancies(tx, vacancies)
        return known, known
    known = await storage.lock_vacancies(tx, vacancies)
    changed = {name: known[name].after(event) for name, event in news.items()}
    await storage.record_vacancies(tx, changed)
    return known, known | changed


def _is_of_vacancy(event: Event[Fact]) -> TypeGuard[Event[VacancyFact]]:
    return isinstance(event.data, VacancyFact)


def _is_of_application(event: Event[Fact]) -> TypeGuard[Event[ApplicationFact]]:
    return isinstance(event.data, ApplicationFact)


async def _save_and_announce(batch: Batch[Fact], tx: Transaction, steps: Sequence[Step]) -> None:
    """Write what changed and announce each new stage."""
    await storage.record_applications(tx, [s.after for s in steps if s.after != s.before])
    moved = [step for step in steps if step.after.sequence > step.before.sequence]
    await storage.record_stage_changes(tx, [step.after for step in moved], batch.now)
    for step in moved:
        facts, stage = step.after.facts, step.after.stage
        assert stage is not None
        assert facts.vacancy is not None
        version, _ = decisions.documents_that_count(facts, step.vacancy)
        changed = ApplicationStageChanged(
            application=step.after.application,
            vacancy=facts.vacancy,
            stage=stage,
            previous=step.before.stage,
            sequence=step.after.sequence,
            documents_version=version,
        )
        batch.announce(changed, because_of=step.because_of)

"""What is done with every fact: keep it, compute stages anew, announce those that changed.

A vacancy's fact and a fact about one of its applications may be handled at the same moment, and
must not miss each other. So whoever computes a stage first locks the vacancy: for itself to add
a vacancy's fact, shared to add an application's. The one who waited sees what the other wrote.
All locks are taken in order, vacancies before applications, so that nobody waits in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.progress import decisions, storage
from services.progress.decisions import Application, ApplicationFact, VacancyFact, VacancyFacts
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


async def record_application_facts(batch: Batch[ApplicationFact], tx: Transaction) -> None:
    """Add each fact to its application, which may be the first that is known of it."""
    vacancies = await storage.share_vacancies(tx, {event.data.vacancy for event in batch})
    applications = await storage.lock_applications(tx, [event.subject for event in batch])
    steps = []
    for event in batch:
        before, vacancy = applications[event.subject], vacancies[event.data.vacancy]
        after = decisions.advance(before, before.facts.after(event), vacancy)
        steps.append(Step(event, before, after, vacancy))
    await _save_and_announce(batch, tx, steps)


async def record_vacancy_facts(batch: Batch[VacancyFact], tx: Transaction) -> None:
    """Add each fact to its vacancy and move all of the vacancy's applications that it moves."""
    known = await storage.lock_vacancies(tx, [event.subject for event in batch])
    vacancies = {event.subject: known[event.subject].after(event) for event in batch}
    await storage.record_vacancies(tx, vacancies)
    causes = {event.subject: event for event in batch}
    steps = []
    for before in await storage.lock_applications_of(tx, vacancies.keys()):
        assert before.facts.vacancy is not None
        vacancy = vacancies[before.facts.vacancy]
        after = decisions.advance(before, before.facts, vacancy)
        steps.append(Step(causes[before.facts.vacancy], before, after, vacancy))
    await _save_and_announce(batch, tx, steps)


async def _save_and_announce(
    batch: Batch[Payload], tx: Transaction, steps: Sequence[Step]
) -> None:
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

"""What is done when a candidate applies or sends new documents."""

from services.intake import decisions, storage
from services.intake.decisions import (
    Accepted,
    ApplicationUnknown,
    Conflicted,
    Contradictory,
    Ignored,
    InTheFuture,
    NotYetPosted,
    Refused,
    Superseded,
    Superseding,
    VacancyUnknown,
)
from services.intake.storage import NewDocuments, Submission
from shared.contracts import Event
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationDocumentsReplaced,
    ApplicationRefused,
    ApplicationSubmitted,
)
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Batch
from shared.postgres import Transaction


async def keep_timetables(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Keep each vacancy's newest limits and facts."""
    await storage.record_vacancies(tx, [event.data for event in batch])


async def admit_submissions(batch: Batch[ApplicationSubmitted], tx: Transaction) -> None:
    """Accept each application once, refuse it or keep a conflict, and announce which.

    The application reference is the natural key: recording it waits for any other worker that is
    just recording the same one, so of two submissions exactly one is first.
    """
    vacancies = await storage.find_vacancies(tx, [event.data.vacancy for event in batch])
    submissions = {event.subject: Submission.of(event) for event in batch}
    verdicts = {
        event.subject: decisions.admit(event.data, vacancies.get(event.data.vacancy), batch.now)
        for event in batch
    }
    recorded = await storage.record_applications(
        tx,
        [
            (submissions[application], verdict)
            for application, verdict in verdicts.items()
            if isinstance(verdict, Accepted | Refused)
        ],
        batch.now,
    )
    repeated = {
        application: decisions.compare(submissions[application].content_sha256, content)
        for application, content in await storage.find_contents(
            tx, verdicts.keys() - recorded
        )
    }

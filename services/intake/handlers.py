"""What is done when a candidate applies or sends new documents."""

from services.intake import decisions, storage
from services.intake.decisions import (
    Accepted,
    Admission,
    ApplicationUnknown,
    Conflicted,
    Contradictory,
    Ignored,
    InTheFuture,
    NotYetPosted,
    Refused,
    Replacement,
    Superseded,
    Superseding,
    VacancyUnknown,
)
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

    The application reference is the natural key. Recording one waits for a worker that is just
    recording the same; what could not be recorded is compared with what was.
    """
    contents = {event.subject: decisions.content_sha256(event.data) for event in batch}
    vacancies = await storage.find_vacancies(tx, [event.data.vacancy for event in batch])
    admissions = {
        event.subject: decisions.admit(event.data, vacancies.get(event.data.vacancy), batch.now)
        for event in batch
    }
    recorded = await storage.record_applications(
        tx,
        [
            (event.data, contents[event.subject], verdict)
            for event in batch
            if isinstance(verdict := admissions[event.subject], Accepted | Refused)
        ],
        batch.now,
    )
    earlier = await storage.find_contents(tx, admissions.keys() - recorded)
    repeats = {
        application: decisions.compare(contents[application], content)
        for application, content in earlier.items()
    }
    new_conflicts = await storage.record_conflicts(
        tx,
        [
            (event.data, contents[event.subject])
            for event in batch
            if repeats.get(event.subject) == Conflicted()
        ],
        batch.now,
    )
    for event in batch:
        if event.subject not in repeats:
            _announce_admission(batch, event, admissions[event.subject])
        elif event.subject in new_conflicts:
            conflicted = ApplicationConflicted(
                application=event.data.application, vacancy=event.data.vacancy
            )
            batch.announce(conflicted, because_of=event)


def _announce_admission(
    batch: Batch[ApplicationSubmitted], event: Event[ApplicationSubmitted], verdict: Admission
) -> None:
    submission = event.data
    match verdict:
        case Accepted(vacancy, arrived_after_close):
            accepted = ApplicationAccepted(
                application=submission.application,
                vacancy=submission.vacancy,
                submitted_at=submission.submitted_at,
                received_at=batch.now,
                arrived_after_close=arrived_after_close,
                employer=vacancy.employer,
                role_type=vacancy.role_type,
                engagement=vacancy.engagement,
                early_departure=submission.form.early_departure,
                conviction_declared=submission.form.convictions.declared,
            )
            batch.announce(accepted, because_of=event)
        case Refused(reason, last_accepted_at):
            refused = ApplicationRefused(
                application=submission.application,
                vacancy=submission.vacancy,
                reason=reason,
                submitted_at=submission.submitted_at,
                last_accepted_at=last_accepted_at,
            )
            batch.announce(refused, because_of=event)
        case VacancyUnknown():
            batch.park(event, waiting_for=VacancyTimetabled, subject=submission.vacancy)
        case NotYetPosted():
            batch.quarantine(
                event, "before_posting", "submitted_at lies before the vacancy was posted"
            )
        case InTheFuture():
            batch.quarantine(
                event, "submitted_in_the_future", "submitted_at is more than 15 minutes ahead"
            )


async def take_replacements(batch: Batch[ApplicationDocumentsReplaced], tx: Transaction) -> None:
    """Keep every version of an application's documents and announce each that counts."""
    contents = {event.subject: decisions.content_sha256(event.data) for event in batch}
    applications = await storage.lock_applications(tx, contents.keys())
    verdicts = {
        event.subject: decisions.supersede(
            event.data, contents[event.subject], applications.get(event.subject), batch.now
        )
        for event in batch
    }
    await storage.record_replacements(
        tx,
        [
            (event.data, contents[event.subject], verdict)
            for event in batch
            if isinstance(verdict := verdicts[event.subject], Superseding | Superseded)
        ],
        batch.now,
    )
    for event in batch:
        _announce_replacement(batch, event, verdicts[event.subject])


def _announce_replacement(
    batch: Batch[ApplicationDocumentsReplaced],
    event: Event[ApplicationDocumentsReplaced],
    verdict: Replacement,
) -> None:
    replacement = event.data
    match verdict:
        case Superseding(version):
            accepted = ApplicationDocumentsAccepted(
                application=replacement.application,
                vacancy=replacement.vacancy,
                documents_version=version,
                replaced_at=replacement.replaced_at,
            )
            batch.announce(accepted, because_of=event)
        case ApplicationUnknown():
            batch.park(event, waiting_for=ApplicationSubmitted, subject=event.subject)
        case Contradictory(detail):
            batch.quarantine(event, "contradictory_documents", detail)
        case InTheFuture():
            batch.quarantine(
                event, "replaced_in_the_future", "replaced_at is more than 15 minutes ahead"
            )
        case Superseded() | Ignored():
            pass

"""What is done when a candidate applies, sends new documents or withdraws."""

from collections.abc import Collection
from datetime import datetime

from services.intake import decisions, document_storage, storage
from services.intake.announcements import accepted, refused
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
    Withdrawn,
)
from services.intake.document_storage import DocumentSet
from services.intake.judging_anew import recount_documents
from services.intake.sameness import content_sha256, differing_fields
from shared.contracts import Event
from shared.contracts.applications import (
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationDocumentsReplaced,
    ApplicationSubmitted,
    ApplicationWithdrawalAccepted,
    ApplicationWithdrawn,
)
from shared.contracts.referrals import ReferralKind, ReferralResolved
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Batch
from shared.postgres import Transaction


async def admit_submissions(batch: Batch[ApplicationSubmitted], tx: Transaction) -> None:
    """Accept each application once, refuse it or keep a conflict, and announce which.

    The application reference is the natural key. Recording one waits for a worker that is just
    recording the same; what could not be recorded is compared with what was.
    """
    contents = {event.subject: content_sha256(event.data) for event in batch}
    vacancies = await storage.share_vacancies(tx, [event.data.vacancy for event in batch])
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
    earlier = await storage.find_contents(tx, admissions.keys() - recorded.keys())
    conflicted = [
        event
        for event in batch
        if event.subject in earlier
        and decisions.compare(contents[event.subject], earlier[event.subject]) == Conflicted()
    ]
    if conflicted:
        await _keep_conflicts(batch, tx, conflicted, contents)
    waiting = [event for event in batch if event.subject not in recorded.keys() | earlier.keys()]
    await storage.record_arrivals(
        tx, [(event.data, contents[event.subject]) for event in waiting], batch.now
    )
    for event in batch:
        if event.subject not in earlier:
            received_at = recorded.get(event.subject, batch.now)
            _announce_admission(batch, event, admissions[event.subject], received_at)


async def _keep_conflicts(
    batch: Batch[ApplicationSubmitted],
    tx: Transaction,
    conflicted: Collection[Event[ApplicationSubmitted]],
    contents: dict[str, str],
) -> None:
    """Keep submissions that contradict recorded ones, and announce each conflict once."""
    recorded = await storage.load_submissions(tx, [event.subject for event in conflicted])
    new = await storage.record_conflicts(
        tx,
        [
            (
                event.data,
                contents[event.subject],
                differing_fields(event.data, recorded[event.subject][0]),
            )
            for event in conflicted
        ],
        batch.now,
    )
    for event in conflicted:
        if event.subject in new:
            announced = ApplicationConflicted(
                application=event.data.application, vacancy=event.data.vacancy
            )
            batch.announce(announced, because_of=event)


def _announce_admission(
    batch: Batch[ApplicationSubmitted],
    event: Event[ApplicationSubmitted],
    verdict: Admission,
    received_at: datetime,
) -> None:
    submission = event.data
    match verdict:
        case Accepted():
            batch.announce(accepted(submission, verdict, received_at), because_of=event)
        case Refused():
            batch.announce(refused(submission, verdict), because_of=event)
        case VacancyUnknown():
            batch.park(event, waiting_for=VacancyTimetabled, subject=submission.vacancy)
        case NotYetPosted():
            batch.quarantine(
                event, "before_posting", "submitted_at lies before the vacancy was posted",
                waiting_for=VacancyTimetabled, subject=submission.vacancy,
            )  # fmt: skip
        case InTheFuture():
            batch.quarantine_future(event, "submitted_at")


async def take_replacements(batch: Batch[ApplicationDocumentsReplaced], tx: Transaction) -> None:
    """Keep every version of an application's documents and announce each that counts."""
    contents = {event.subject: content_sha256(event.data) for event in batch}
    applications = await document_storage.lock_applications(tx, contents.keys())
    verdicts = {
        event.subject: decisions.supersede(
            event.data, contents[event.subject], applications.get(event.subject), batch.now
        )
        for event in batch
    }
    await document_storage.record_document_sets(
        tx,
        [
            DocumentSet(
                event.subject,
                verdict.version,
                event.data.replaced_at,
                contents[event.subject],
                verdict.reason if isinstance(verdict, Superseded) else None,
                event.data.documents,
            )
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
            batch.quarantine_future(event, "replaced_at")
        case Superseded() | Ignored():
            pass


async def take_withdrawals(batch: Batch[ApplicationWithdrawn], tx: Transaction) -> None:
    """Record each withdrawal that is plainly of this application, and announce it."""
    applications = await document_storage.lock_applications(tx, [e.subject for e in batch])
    withdrawn = []
    for event in batch:
        withdrawal = event.data
        match decisions.withdraw(withdrawal, applications.get(event.subject), batch.now):
            case Withdrawn():
                withdrawn.append(withdrawal)
                accepted = ApplicationWithdrawalAccepted(
                    application=withdrawal.application,
                    vacancy=withdrawal.vacancy,
                    withdrawn_at=withdrawal.withdrawn_at,
                )
                batch.announce(accepted, because_of=event)
            case ApplicationUnknown():
                batch.park(event, waiting_for=ApplicationSubmitted, subject=event.subject)
            case Contradictory(detail):
                batch.quarantine(event, "contradictory_withdrawal", detail)
            case InTheFuture():
                batch.quarantine_future(event, "withdrawn_at")
            case Ignored():
                pass
    await storage.record_withdrawals(tx, withdrawn, batch.now)
    await recount_documents(batch, tx, [withdrawal.application for withdrawal in withdrawn])


async def settle_conflicts(batch: Batch[ReferralResolved], tx: Transaction) -> None:
    """Keep people's answers about conflicts: a question is closed, and nothing else changes."""
    conflicts = [e.data for e in batch if e.data.kind is ReferralKind.CONFLICT]
    await storage.record_answers(tx, conflicts)

"""What is judged anew when something else has changed: submissions, and which documents count."""

from collections.abc import Collection

from services.intake import decisions, document_storage, refusal_storage, storage
from services.intake.announcements import accepted, refused
from services.intake.decisions import Accepted, Ignored, Refused
from services.intake.recounting import gone, recount
from services.intake.rows import in_slices
from shared.contracts import Event
from shared.contracts.applications import ApplicationDocumentsAccepted, ApplicationWithdrawn
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Batch
from shared.postgres import Transaction


async def keep_timetables(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Keep each vacancy's newest limits, and judge anew by them what was judged by earlier ones.

    So a closing that moves treats everybody alike, whichever came first, they or it.
    """
    await storage.record_vacancies(tx, [event.data for event in batch])
    timetables = {event.subject: event for event in batch}
    misjudged = await refusal_storage.lock_misjudged(tx, timetables.keys())
    for names in in_slices(list(misjudged)):
        await _judge_anew(batch, tx, timetables, {name: misjudged[name] for name in names})
    affected = await document_storage.find_affected(tx, timetables.keys())
    await recount_documents(batch, tx, affected)


async def _judge_anew(
    batch: Batch[VacancyTimetabled],
    tx: Transaction,
    timetables: dict[str, Event[VacancyTimetabled]],
    misjudged: dict[str, bool],
) -> None:
    """Judge submissions, each refused or not, from the start; announce what has changed."""
    vacancies = await storage.share_vacancies(tx, timetables.keys())
    lifted, taken_back = [], []
    for submission, received_at in (await storage.load_submissions(tx, misjudged.keys())).values():
        cause = timetables[submission.vacancy]
        match decisions.reconsider(
            submission,
            vacancies[submission.vacancy],
            batch.now,
            is_refused=misjudged[submission.application],
        ):
            case Accepted() as verdict:
                lifted.append(submission.application)
                batch.announce(accepted(submission, verdict, received_at), because_of=cause)
            case Refused() as verdict:
                taken_back.append((submission.application, verdict))
                batch.announce(refused(submission, verdict), because_of=cause)
            case Ignored():
                pass
    await refusal_storage.lift_refusals(tx, lifted, batch.now)
    await refusal_storage.take_back(tx, taken_back, batch.now)


async def recount_documents(
    batch: Batch[VacancyTimetabled | ApplicationWithdrawn],
    tx: Transaction,
    applications: Collection[str],
) -> None:
    """Judge anew which documents count; announce those that had not counted before.

    With them goes what counts no longer, or not under that number: others may hold it for the last
    complete version (D8).
    """
    if not applications:
        return
    locked = await document_storage.lock_applications(tx, applications)
    recounts = {name: list(recount(application)) for name, application in locked.items()}
    await document_storage.record_recounts(tx, recounts)
    for name, recounted in recounts.items():
        for one in recounted:
            if one.becomes.set_aside is None:
                accepted = ApplicationDocumentsAccepted(
                    application=name,
                    vacancy=locked[name].vacancy,
                    documents_version=one.becomes.number,
                    replaced_at=one.becomes.sent_at,
                    set_aside=gone(recounted),
                )
                # One event may bring several versions of one application.
                batch.announce(accepted, because_of=f"version {one.becomes.number}")

"""What the review does about each event it hears."""

from collections.abc import Collection
from typing import Any, Final

from services.review import decisions, storage
from services.review.decisions import (
    Accepted,
    Completed,
    Ignored,
    InTheFuture,
    Opened,
    Overdue,
    Parked,
    Quarantined,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerReviewed,
    ReviewCompleted,
    ReviewOpened,
    ReviewOpeningDue,
    ReviewOverdue,
    ReviewOverdueDue,
)
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Batch
from shared.postgres import Transaction

# A vacancy has one review; whatever causes its opening or completion, each is said once.
_ONCE: Final = "round 1"


async def plan_reviews(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Keep the newest timetable of each vacancy and set its two timers by it (W3 to W5)."""
    changed = await storage.record_timetables(tx, [event.data for event in batch])
    for event in batch:
        vacancy = event.data.vacancy
        if vacancy in changed:
            batch.announce(
                ReviewOpeningDue(vacancy=vacancy),
                because_of=event,
                due_at=event.data.review_opens_at,
            )
            batch.announce(
                ReviewOverdueDue(vacancy=vacancy),
                because_of=event,
                due_at=decisions.overdue_from(
                    event.data.review_latest_on, event.data.review_opens_at
                ),
            )


async def follow_candidates(batch: Batch[ApplicationStageChanged], tx: Transaction) -> None:
    """Keep track of who is in review; somebody's leaving may complete it."""
    rounds = await storage.lock_rounds(tx, {event.data.vacancy for event in batch})
    await storage.record_stages(tx, [event.data for event in batch])
    await _complete_reviews(batch, tx, [r.vacancy for r in rounds.values() if r.is_under_way])


async def open_reviews(batch: Batch[ReviewOpeningDue], tx: Transaction) -> None:
    """Open the reviews whose day has come, for everybody who is ready by then (W3 to W5)."""
    rounds = await storage.lock_rounds(tx, [event.subject for event in batch])
    opened: list[str] = []
    for event in batch:
        match decisions.open_review(rounds.get(event.subject), event.subject, batch.now):
            case Opened():
                opened.append(event.subject)
            case Parked(until, subject):
                batch.park(event, waiting_for=until, subject=subject)
            case Ignored():
                pass
    for vacancy, candidates in (await storage.mark_opened(tx, opened, batch.now)).items():
        batch.announce(
            ReviewOpened(vacancy=vacancy, opened_at=batch.now, applications=candidates),
            because_of=_ONCE,
        )
    await _complete_reviews(batch, tx, opened)


async def accept_decisions(batch: Batch[ManagerReviewed], tx: Transaction) -> None:
    """Take the hiring managers' decisions; the last one needed completes a review (W2, W7, W8)."""
    rounds = await storage.lock_rounds(tx, {event.data.vacancy for event in batch})
    candidates = await storage.load_candidates(tx, [event.subject for event in batch])
    accepted: dict[str, decisions.Scorecard] = {}
    for event in batch:
        review, candidate = rounds.get(event.data.vacancy), candidates.get(event.subject)
        match decisions.accept(event.data, review, candidate, batch.now):
            case Accepted(scorecard):
                accepted[event.subject] = scorecard
                batch.announce(
                    ApplicationReviewed(
                        application=event.data.application,
                        vacancy=event.data.vacancy,
                        decision=scorecard.decision,
                        reviewed_at=scorecard.reviewed_at,
                    ),
                    because_of=event,
                )
            case Parked(until, subject):
                batch.park(event, waiting_for=until, subject=subject)
            case Quarantined(reason, detail, is_for_now):
                awaited = ApplicationStageChanged if is_for_now else None
                batch.quarantine(
                    event, reason, detail, waiting_for=awaited, subject=event.data.application
                )
            case InTheFuture():
                batch.quarantine_future(event, "reviewed_at")
            case Ignored():
                pass
    await storage.record_decisions(tx, accepted)
    await _complete_reviews(batch, tx, [r.vacancy for r in rounds.values() if r.is_under_way])


async def chase_reviews(batch: Batch[ReviewOverdueDue], tx: Transaction) -> None:
    """Say of each review that has not begun after its last promised day that it is late (W4)."""
    rounds = await storage.lock_rounds(tx, [event.subject for event in batch])
    tallies = await storage.load_tallies(tx, list(rounds))
    overdue: list[str] = []
    for event in batch:
        review = rounds.get(event.subject)
        tally = tallies.get(event.subject, decisions.NOBODY)
        match decisions.chase(review, tally, event.subject, batch.now):
            case Overdue(version, latest_on):
                batch.announce(
                    ReviewOverdue(
                        vacancy=event.subject, version=version, undecided=tally.undecided
                    ),
                    because_of=f"{_ONCE}, promised for {latest_on.isoformat()}",
                )
                overdue.append(event.subject)
            case Parked(until, subject):
                batch.park(event, waiting_for=until, subject=subject)
            case Ignored():
                pass
    await storage.mark_overdue(tx, overdue, batch.now)


async def _complete_reviews(
    batch: Batch[Any], tx: Transaction, vacancies: Collection[str]
) -> None:
    """Complete those of these open reviews in which nobody is waited for any more.

    The caller holds the lock on their rounds.
    """
    if not vacancies:
        return
    completed: list[str] = []
    for vacancy, tally in (await storage.load_tallies(tx, vacancies)).items():
        match decisions.complete(tally):
            case Completed(invited, declined):
                completed.append(vacancy)
                batch.announce(
                    ReviewCompleted(
                        vacancy=vacancy,
                        completed_at=batch.now,
                        invited=invited,
                        declined=declined,
                    ),
                    because_of=_ONCE,
                )
            case Ignored():
                pass
    await storage.mark_completed(tx, completed, batch.now)

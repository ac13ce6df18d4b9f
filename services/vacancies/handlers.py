"""What is done when a vacancy is published, and when its closing comes."""

from services.vacancies import decisions, storage
from services.vacancies.decisions import (
    Closed,
    Ignored,
    OpensLater,
    OpensNow,
    Timetable,
    TooEarly,
    Unusable,
)
from shared.contracts import Event
from shared.contracts.vacancies import (
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyOpened,
    VacancyPublished,
    VacancyTimetabled,
)
from shared.messaging import Batch
from shared.postgres import Transaction


async def timetable_vacancy(batch: Batch[VacancyPublished], tx: Transaction) -> None:
    """Compute, record and announce the timetable of each newly published vacancy."""
    scheduled = {event.subject: decisions.schedule(event.data) for event in batch}
    recorded = await storage.record_vacancies(
        tx,
        [
            (event.data, timetable)
            for event in batch
            if isinstance(timetable := scheduled[event.subject], Timetable)
        ],
        batch.now,
    )
    earlier = await storage.load_published(tx, scheduled.keys() - recorded)
    for event in batch:
        verdict: Timetable | Unusable | Ignored = scheduled[event.subject]
        if event.subject in earlier:
            verdict = decisions.compare(event.data, earlier[event.subject])
        match verdict:
            case Timetable():
                _announce(batch, event, verdict)
            case Unusable(reason, detail):
                batch.quarantine(event, reason, detail)
            case Ignored():
                pass


def _announce(
    batch: Batch[VacancyPublished], event: Event[VacancyPublished], timetable: Timetable
) -> None:
    """Say what the timetable is and plan what it brings."""
    published = event.data
    timetabled = VacancyTimetabled(
        vacancy=published.vacancy,
        version=1,
        employer=published.employer,
        title=published.title,
        location=published.location,
        role_type=published.role_type,
        engagement=published.engagement,
        posted_on=published.posted_on,
        closes_at=timetable.closes_at,
        last_accepted_at=timetable.last_accepted_at,
        review_promised_on=timetable.review_promised_on,
        review_opens_at=timetable.review_opens_at,
        review_latest_on=timetable.review_latest_on,
        interviews_promised_on=timetable.interviews_promised_on,
        interviews_latest_on=timetable.interviews_latest_on,
        interviews=published.interviews,
    )
    batch.announce(timetabled, because_of=event)
    opened = VacancyOpened(vacancy=published.vacancy)
    match decisions.admit(timetable, batch.now):
        case OpensNow():
            batch.announce(opened, because_of=event)
        case OpensLater(opens_at):
            batch.announce(opened, because_of=event, due_at=opens_at)
        case Ignored():
            pass
    batch.announce(
        VacancyClosingDue(vacancy=published.vacancy),
        because_of=event,
        due_at=decisions.too_late_from(timetable.last_accepted_at),
    )


async def close_vacancy(
    batch: Batch[VacancyClosingDue | VacancyClosingDatePassed], tx: Transaction
) -> None:
    """Close each vacancy whose timetable says so; the event is a trigger, never the truth (C6)."""
    closings = await storage.lock_closings(tx, [event.subject for event in batch])
    closed = []
    for event in batch:
        if event.subject not in closings:
            batch.park(event, waiting_for=VacancyPublished, subject=event.subject)
            continue
        match decisions.close(closings[event.subject], batch.now):
            case Closed(closed_at):
                closed.append(event.subject)
                batch.announce(
                    VacancyClosed(vacancy=event.subject, closed_at=closed_at),
                    because_of=f"closing at {closed_at.isoformat()}",
                )
            case TooEarly(due_at):
                batch.announce(
                    VacancyClosingDue(vacancy=event.subject), because_of=event, due_at=due_at
                )
            case Ignored():
                pass
    await storage.mark_closed(tx, closed, batch.now)

"""What the interviews do about each event they hear."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.interviews import decisions, storage
from services.interviews.decisions import (
    Appointment,
    Booked,
    Cancelled,
    Ignored,
    Invited,
    Parked,
    Placed,
    Undated,
    Unplaced,
    Vacancy,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.interviews import (
    InterviewBooked,
    InterviewCancelled,
    InterviewUnplaced,
    UnplacedReason,
)
from shared.contracts.reviews import ReviewCompleted
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Batch
from shared.postgres import Transaction


async def record_timetable(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Keep the newest timetable: where interviews are and in which window they start (W11)."""
    await storage.record_timetables(tx, [event.data for event in batch])


async def record_review_completion(batch: Batch[ReviewCompleted], tx: Transaction) -> None:
    """Note the day from which interviews are counted (W8)."""
    known = await storage.lock_vacancies(tx, [event.subject for event in batch])
    await storage.record_completions(tx, [event.data for event in batch])
    for event in batch:
        if event.subject not in known:
            batch.park(event, waiting_for=VacancyTimetabled, subject=event.subject)


async def arrange_interviews(batch: Batch[ApplicationStageChanged], tx: Transaction) -> None:
    """Book a slot for everybody newly invited, and free those of people who have left (G13).

    An invitation for which there is no slot waits for a person, who replays it once one is free or
    the bank holidays are known.
    """
    vacancies = await storage.lock_vacancies(tx, {event.data.vacancy for event in batch})
    candidates = await storage.load_candidates(tx, [event.subject for event in batch])
    heard: list[ApplicationStageChanged] = []
    cancelled: list[Appointment] = []
    invited: dict[Vacancy, list[Invited]] = defaultdict(list)
    for event in batch:
        change = event.data
        vacancy, candidate = vacancies.get(change.vacancy), candidates.get(change.application)
        match decisions.arrange(change, candidate, vacancy, event.time):
            case Parked(until):
                batch.park(event, waiting_for=until, subject=change.vacancy)
                continue
            case Cancelled(appointment):
                cancelled.append(appointment)
            case Invited() as invitation:
                invited[vacancies[change.vacancy]].append(invitation)
            case Ignored():
                pass
        heard.append(change)
    if cancelled:
        await _cancel(batch, tx, cancelled)
    placed = await _place(batch, tx, invited) if invited else []
    unplaced = {one.application for one in placed if not isinstance(one, Booked)}
    await storage.record_sequences(tx, [c for c in heard if c.application not in unplaced])
    if placed:
        booked = [one.appointment for one in placed if isinstance(one, Booked)]
        await storage.record_bookings(tx, booked)


async def _cancel(
    batch: Batch[ApplicationStageChanged], tx: Transaction, cancelled: Sequence[Appointment]
) -> None:
    """Free slots, before anybody is placed: somebody invited in the same batch may have them."""
    await storage.mark_cancelled(tx, cancelled)
    left = {event.subject: event for event in batch}
    for appointment in cancelled:
        batch.announce(
            InterviewCancelled(
                application=appointment.application,
                vacancy=appointment.vacancy,
                starts_at=appointment.slot.starts_at,
                ends_at=appointment.slot.ends_at,
                sequence=appointment.sequence,
            ),
            because_of=left[appointment.application],
        )


async def _place(
    batch: Batch[ApplicationStageChanged],
    tx: Transaction,
    invited: Mapping[Vacancy, Sequence[Invited]],
) -> list[Placed]:
    """Place everybody invited and say so; the caller holds the lock on their vacancies."""
    taken = await storage.load_taken(tx, [vacancy.vacancy for vacancy in invited])
    invitation = {event.subject: event for event in batch}
    placed: list[Placed] = []
    for vacancy, people in invited.items():
        verdicts = decisions.place(people, vacancy, taken[vacancy.vacancy], batch.now)
        placed += verdicts
        for verdict in verdicts:
            match verdict:
                case Booked(appointment):
                    batch.announce(
                        InterviewBooked(
                            application=appointment.application,
                            vacancy=appointment.vacancy,
                            starts_at=appointment.slot.starts_at,
                            ends_at=appointment.slot.ends_at,
                            location=appointment.location,
                            sequence=appointment.sequence,
                        ),
                        because_of=invitation[appointment.application],
                    )
                case Unplaced(application):
                    batch.announce(
                        InterviewUnplaced(
                            application=application,
                            vacancy=vacancy.vacancy,
                            reason=UnplacedReason.NO_SLOT_LEFT,
                        ),
                        because_of=invitation[application],
                    )
                    batch.quarantine(
                        invitation[application],
                        "no_slot_left",
                        "no slot is left within the diary's horizon: replay it once one is",
                    )
                case Undated(application, detail):
                    batch.quarantine(invitation[application], "bank_holidays_unknown", detail)
    return placed

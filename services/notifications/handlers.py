"""What is planned when something happened that candidates should know."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias, TypeVar

from services.notifications import decisions, hours, storage
from services.notifications.decisions import Ignored, Message, Standing, Tell
from services.notifications.letters import Interview, Planned
from shared.contracts import Event
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.challenges import ChallengeReceived, ChallengeSettled
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import MessageKind, RejectionLetterDue
from shared.contracts.reviews import ReviewOverdue
from shared.contracts.vacancies import VacancyTimetabled
from shared.employers import terms_of
from shared.messaging import Batch
from shared.postgres import Transaction

ChallengeNews: TypeAlias = ChallengeReceived | ChallengeSettled
InterviewNews: TypeAlias = InterviewBooked | InterviewCancelled
About = TypeVar(
    "About",
    ApplicationStageChanged,
    ChallengeNews,
    InterviewNews,
    RejectionCorrected,
    RejectionLetterDue,
    ReviewOverdue,
)


async def keep_timetables(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Keep what letters mention; whoever knows other dates is told the new ones, once (W12)."""
    versions = await storage.record_vacancies(tx, [event.data for event in batch])
    await storage.record_for_everybody(
        tx,
        MessageKind.CLOSING_MOVED,
        versions,
        send_after=batch.now + hours.SETTLING,
        now=batch.now,
    )


async def tell_of_late_reviews(batch: Batch[ReviewOverdue], tx: Transaction) -> None:
    """Plan to say sorry to everybody who waits for a review that is late (W4)."""
    events = await _of_known_vacancies(batch, tx)
    await storage.record_for_everybody(
        tx,
        MessageKind.REVIEW_LATE,
        {event.subject: event.data.version for event in events},
        send_after=hours.in_its_hours(MessageKind.REVIEW_LATE, batch.now),
        now=batch.now,
    )


async def tell_of_stages(batch: Batch[ApplicationStageChanged], tx: Transaction) -> None:
    """Plan what a change of stage is worth telling, and hold a rejection back for a while."""
    events = await _of_known_vacancies(batch, tx)
    employers = await storage.load_employers(tx, {event.data.vacancy for event in events})
    standings = await storage.lock_standings(tx, [event.subject for event in events])
    planned: list[Planned] = []
    for event in events:
        verdict = decisions.tell_stage(
            event.data,
            standings[event.subject],
            hold_hours=terms_of(employers[event.data.vacancy]).hold_hours,
            now=batch.now,
        )
        planned += _planned(event, verdict)
        if isinstance(verdict, Tell) and verdict.hold_until:
            due = RejectionLetterDue(
                application=event.subject,
                vacancy=event.data.vacancy,
                sequence=event.data.sequence,
            )
            batch.announce(due, because_of=event, due_at=verdict.hold_until)
    planned += await _advice(events, standings, tx, batch.now)
    await storage.record_stages(tx, [event.data for event in events])
    await storage.record_messages(tx, planned, batch.now)
    again = partial(decisions.dates_go_again, now=batch.now)
    waiting = {e.subject: again(e.data, standings[e.subject]) for e in events}
    await storage.queue_dates_again(tx, {who: at for who, at in waiting.items() if at})


async def _advice(
    events: Sequence[Event[ApplicationStageChanged]],
    standings: Mapping[str, Standing],
    tx: Transaction,
    now: datetime,
) -> list[Planned]:
    """Plan advice to whoever is ready with a statement that is nearly the CV, by version (D2)."""
    vacancies = {
        (event.subject, max(event.data.documents_version, 1)): event.data.vacancy
        for event in events
        if event.data.stage is Stage.READY_FOR_REVIEW
    }
    advised = await storage.find_near_copies(tx, vacancies) if vacancies else set()
    letters = {about: Message(MessageKind.DOCUMENTS_ADVICE, about[1]) for about in sorted(advised)}
    return [
        Planned(about[0], vacancies[about], letter, now, interview=None)
        for about, letter in letters.items()
        if not standings[about[0]].has(letter)
    ]


async def release_rejections(batch: Batch[RejectionLetterDue], tx: Transaction) -> None:
    """Plan the letters of rejections that nobody stopped during the hold."""
    await _plan(batch, tx, partial(decisions.tell_rejection, now=batch.now))


async def tell_of_interviews(batch: Batch[InterviewNews], tx: Transaction) -> None:
    """Plan one message for each interview booked, and one for each cancelled."""
    await _plan(batch, tx, partial(decisions.tell_interview, now=batch.now))


async def tell_of_corrections(batch: Batch[RejectionCorrected], tx: Transaction) -> None:
    """Plan one message for each rejection that was told and then corrected (E21)."""
    rejected = await storage.find_rejected(tx, [event.subject for event in batch])

    def tell(change: RejectionCorrected, standing: Standing) -> Tell | Ignored:
        is_rejected = change.application in rejected
        return decisions.tell_correction(change, standing, is_rejected=is_rejected, now=batch.now)

    await _plan(batch, tx, tell)


async def tell_of_challenges(batch: Batch[ChallengeNews], tx: Transaction) -> None:
    """Plan one message for each challenge received, and one for each decided (E20).

    A challenge may overtake its application: without a stage there is nobody to write to yet.
    """
    events = await _of_known_vacancies(batch, tx)
    standings = await storage.lock_standings(tx, [event.subject for event in events])
    planned: list[Planned] = []
    for event in events:
        if standings[event.subject].stage is None:
            batch.park(event, waiting_for=ApplicationStageChanged, subject=event.subject)
            continue
        verdict = decisions.tell_challenge(event.data, standings[event.subject], now=batch.now)
        planned += _planned(event, verdict)
    await storage.record_messages(tx, planned, batch.now)


async def _plan(
    batch: Batch[About], tx: Transaction, tell: Callable[[About, Standing], Tell | Ignored]
) -> None:
    """Plan what each event is worth telling, by what is known of its application."""
    events = await _of_known_vacancies(batch, tx)
    standings = await storage.lock_standings(tx, [event.subject for event in events])
    planned: list[Planned] = []
    for event in events:
        planned += _planned(event, tell(event.data, standings[event.subject]))
    await storage.record_messages(tx, planned, batch.now)


async def _of_known_vacancies(batch: Batch[About], tx: Transaction) -> list[Event[About]]:
    """Park what is about a vacancy not heard of yet: a letter must be able to name it."""
    known = await storage.share_known_vacancies(tx, [event.data.vacancy for event in batch])
    for event in batch:
        if event.data.vacancy not in known:
            batch.park(event, waiting_for=VacancyTimetabled, subject=event.data.vacancy)
    return [event for event in batch if event.data.vacancy in known]


def _planned(event: Event[About], verdict: Tell | Ignored) -> Iterator[Planned]:
    match verdict:
        case Tell(messages):
            interview = _interview_of(event.data)
            for message, send_after in messages.items():
                yield Planned(event.subject, event.data.vacancy, message, send_after, interview)
        case Ignored():
            pass


def _interview_of(news: About) -> Interview | None:
    """Name the appointment that a booking or a cancellation is about."""
    match news:
        case InterviewBooked(starts_at=starts_at, ends_at=ends_at, location=location):
            return Interview(starts_at, ends_at, location)
        case InterviewCancelled(starts_at=starts_at, ends_at=ends_at):
            return Interview(starts_at, ends_at, location=None)
        case _:
            return None

"""What is done about a challenge: it is opened, decided by a person, or said to be late (E20)."""

from services.eligibility import answers, records, storage
from services.eligibility.answers import (
    Early,
    Ignored,
    InTheFuture,
    Opened,
    Overdue,
    Quarantined,
)
from services.eligibility.handlers import settle
from shared.calendar import end_of_london_day
from shared.contracts import Event
from shared.contracts.applications import ApplicationAccepted
from shared.contracts.challenges import (
    ChallengeDecided,
    ChallengeOutcome,
    ChallengeOverdue,
    ChallengeOverdueDue,
    ChallengeReceived,
    ChallengeSettled,
    DecisionChallenged,
)
from shared.employers import terms_of
from shared.messaging import Batch
from shared.postgres import Transaction


async def receive_challenges(batch: Batch[DecisionChallenged], tx: Transaction) -> None:
    """Open challenges for a person to decide, the late ones too, and set a timer for each."""
    vacancies = await records.load_vacancies(tx, {event.data.vacancy for event in batch})
    own = await records.find_vacancies(tx, [event.subject for event in batch])
    told = await records.load_told(tx, [event.subject for event in batch])
    known = await records.lock_challenges(
        tx, [(event.subject, event.data.challenged_at) for event in batch]
    )
    opened: dict[str, tuple[DecisionChallenged, Opened]] = {}
    for event in batch:
        made = event.data
        vacancy = vacancies.get(made.vacancy)
        earlier = known.get((made.application, made.challenged_at))
        match answers.receive_challenge(
            made,
            own_vacancy=own.get(made.application),
            earlier_grounds=earlier.grounds if earlier else None,
            told_at=told.get(made.application),
            terms=terms_of(vacancy.employer) if vacancy else None,
            now=batch.now,
        ):
            case Opened() as challenge:
                opened[made.application] = (made, challenge)
            case Quarantined(reason, detail):
                batch.quarantine(event, reason, detail)
            case InTheFuture():
                batch.quarantine_future(event, "challenged_at")
            case Early(until, subject):
                batch.park(event, waiting_for=until, subject=subject)
            case Ignored():
                pass
    numbers = await records.record_challenges(tx, opened, batch.now)
    for event in batch:
        if event.subject in numbers:
            _announce_received(batch, event, opened[event.subject][1], numbers[event.subject])


async def decide_challenges(batch: Batch[ChallengeDecided], tx: Transaction) -> None:
    """Take people's decisions; an upheld challenge puts its application back (E20)."""
    verdicts = await storage.lock_verdicts(tx, [event.subject for event in batch])
    keys = {event.subject: (event.subject, event.data.challenged_at) for event in batch}
    before = await records.lock_challenges(tx, keys.values())
    events = []
    for event in batch:
        is_upheld = event.data.outcome is ChallengeOutcome.UPHELD
        if keys[event.subject] not in before:
            batch.park(event, waiting_for=DecisionChallenged, subject=event.subject)
        elif is_upheld and event.subject not in verdicts:
            batch.park(event, waiting_for=ApplicationAccepted, subject=event.subject)
        else:
            events.append(event)
    await records.record_challenge_decisions(tx, [event.data for event in events])
    after = await records.lock_challenges(tx, [keys[event.subject] for event in events])
    for event in events:
        challenge = after[keys[event.subject]]
        if challenge.outcome not in (None, before[keys[event.subject]].outcome):
            batch.announce(
                ChallengeSettled(
                    application=event.data.application,
                    vacancy=event.data.vacancy,
                    challenged_at=event.data.challenged_at,
                    number=challenge.number,
                    outcome=challenge.outcome,
                ),
                because_of=event,
            )
    await settle(batch, tx, events)


async def chase_challenges(batch: Batch[ChallengeOverdueDue], tx: Transaction) -> None:
    """Say of each challenge that nobody has decided in time that it is late."""
    keys = {event.subject: (event.subject, event.data.challenged_at) for event in batch}
    challenges = await records.lock_challenges(tx, keys.values())
    overdue = []
    for event in batch:
        known = challenges.get(keys[event.subject])
        if known is None:
            continue
        match answers.chase(known.decide_by, known.outcome, known.overdue_at, batch.now):
            case Overdue():
                overdue.append(keys[event.subject])
                batch.announce(
                    ChallengeOverdue(
                        application=event.data.application,
                        vacancy=event.data.vacancy,
                        challenged_at=event.data.challenged_at,
                        number=known.number,
                        decide_by=known.decide_by,
                    ),
                    because_of=event,
                )
            case Ignored():
                pass
    await records.mark_overdue(tx, overdue, batch.now)


def _announce_received(
    batch: Batch[DecisionChallenged],
    event: Event[DecisionChallenged],
    opened: Opened,
    number: int,
) -> None:
    made = event.data
    batch.announce(
        ChallengeReceived(
            application=made.application,
            vacancy=made.vacancy,
            challenged_at=made.challenged_at,
            number=number,
            decide_by=opened.decide_by,
            is_late=opened.is_late,
        ),
        because_of=event,
    )
    batch.announce(
        ChallengeOverdueDue(
            application=made.application, vacancy=made.vacancy, challenged_at=made.challenged_at
        ),
        because_of=event,
        due_at=end_of_london_day(opened.decide_by),
        key=f"{ChallengeOverdueDue.type} {made.application} {number}",
    )

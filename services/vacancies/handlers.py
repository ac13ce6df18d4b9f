"""What is done when a vacancy is published, amended or planned anew, and when it closes."""

from collections.abc import Sequence

from services.vacancies import decisions, storage
from services.vacancies.decisions import (
    Closed,
    Ignored,
    InTheFuture,
    OpensLater,
    OpensNow,
    Plan,
    Replanned,
    Timetable,
    TooEarly,
    Unusable,
)
from shared.contracts import Event, Payload
from shared.contracts.vacancies import (
    VacancyAmended,
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyOpened,
    VacancyPublished,
    VacancyReplanRequested,
    VacancyTimetabled,
)
from shared.messaging import Batch
from shared.postgres import Transaction


async def timetable_vacancy(batch: Batch[VacancyPublished], tx: Transaction) -> None:
    """Compute, record and announce the timetable of each newly published vacancy."""
    plans = {event.subject: decisions.begin(event.data) for event in batch}
    scheduled = {event.subject: decisions.schedule(event.data) for event in batch}
    recorded = await storage.record_vacancies(
        tx,
        [
            (plans[vacancy], timetable)
            for vacancy, timetable in scheduled.items()
            if isinstance(timetable, Timetable)
        ],
        batch.now,
    )
    earlier = await storage.load_published(tx, scheduled.keys() - recorded)
    announced: list[tuple[Event[Payload], Plan, Timetable]] = []
    for event in batch:
        verdict: Timetable | Unusable | Ignored = scheduled[event.subject]
        if event.subject in earlier:
            verdict = decisions.compare(event.data, earlier[event.subject])
        match verdict:
            case Timetable():
                announced.append((event, plans[event.subject], verdict))
            case Unusable(reason, detail):
                batch.quarantine(event, reason, detail)
            case Ignored():
                pass
    await _announce(batch, tx, announced)


async def amend_vacancies(batch: Batch[VacancyAmended], tx: Transaction) -> None:
    """Lay amendments over what was published, and announce and plan what follows (C7, W12)."""
    plans = await storage.lock_plans(tx, [event.subject for event in batch])
    amended: list[VacancyAmended] = []
    replanned: list[tuple[Event[Payload], Plan, Timetable]] = []
    for event in batch:
        if event.subject not in plans:
            batch.park(event, waiting_for=VacancyPublished, subject=event.subject)
            continue
        match decisions.amend(plans[event.subject], event.data, batch.now):
            case Replanned(plan, timetable):
                amended.append(event.data)
                replanned.append((event, plan, timetable))
            case Unusable("bank_holidays_unknown" as reason, detail):
                # Another amendment may lead out of that year again.
                batch.quarantine(
                    event, reason, detail, waiting_for=VacancyAmended, subject=event.subject
                )
            case Unusable(reason, detail):
                batch.quarantine(event, reason, detail)
            case InTheFuture():
                batch.quarantine_future(event, "amended_at")
            case Ignored():
                pass
    await storage.record_amendments(tx, amended)
    await storage.record_timetables(
        tx, [(plan, timetable) for _, plan, timetable in replanned], batch.now
    )
    await _announce(batch, tx, replanned)


async def replan_vacancies(batch: Batch[VacancyReplanRequested], tx: Transaction) -> None:
    """Compute timetables anew by the bank holidays and settings of this worker (W10)."""
    plans = await storage.lock_plans(tx, [event.subject for event in batch])
    replanned: list[tuple[Event[Payload], Plan, Timetable]] = []
    for event in batch:
        if event.subject not in plans:
            batch.park(event, waiting_for=VacancyPublished, subject=event.subject)
            continue
        match decisions.replan(plans[event.subject]):
            case Replanned(plan, timetable):
                replanned.append((event, plan, timetable))
            case Unusable(reason, detail):
                batch.quarantine(event, reason, detail)
    await storage.record_timetables(
        tx, [(plan, timetable) for _, plan, timetable in replanned], batch.now
    )
    await _announce(batch, tx, replanned)


async def _announce(
    batch: Batch[Payload],
    tx: Transaction,
    timetabled: Sequence[tuple[Event[Payload], Plan, Timetable]],
) -> None:
    """Say what each timetable is and, once for each vacancy, that applications are welcome."""
    opened = []
    for event, plan, timetable in timetabled:
        _announce_timetable(batch, event, plan, timetable)
        welcome = VacancyOpened(vacancy=event.subject)
        match decisions.admit(plan, timetable, batch.now):
            case OpensNow():
                opened.append(event.subject)
                batch.announce(welcome, because_of=event)
            case OpensLater(opens_at):
                opened.append(event.subject)
                batch.announce(welcome, because_of=event, due_at=opens_at)
            case Ignored():
                pass
    await storage.mark_opened(tx, opened)


def _announce_timetable(
    batch: Batch[Payload], event: Event[Payload], plan: Plan, timetable: Timetable
) -> None:
    """Say what the timetable is and plan the closing by it, instead of by an earlier one."""
    advert, _ = decisions.as_amended(plan)
    timetabled = VacancyTimetabled(
        vacancy=advert.vacancy,
        version=plan.version,
        employer=advert.employer,
        title=advert.title,
        location=advert.location,
        role_type=advert.role_type,
        engagement=advert.engagement,
        posted_on=advert.posted_on,
        closes_at=timetable.closes_at,
        last_accepted_at=timetable.last_accepted_at,
        review_promised_on=timetable.review_promised_on,
        review_opens_at=timetable.review_opens_at,
        review_latest_on=timetable.review_latest_on,
        interviews_promised_on=timetable.interviews_promised_on,
        interviews_latest_on=timetable.interviews_latest_on,
        interviews=advert.interviews,
    )
    batch.announce(timetabled, because_of=event)
    batch.announce(
        VacancyClosingDue(vacancy=advert.vacancy),
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

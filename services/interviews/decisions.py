"""When interviews may be, who gets which slot, and whose interview is called off."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Final, TypeAlias

from shared.calendar import (
    BankHolidaysUnknownError,
    add_working_days,
    at_london,
    london_date,
    on_or_next_working_day,
    weeks_after,
)
from shared.contracts import Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.reviews import ReviewCompleted
from shared.contracts.vacancies import VacancyTimetabled

_EXPECTED: Final = frozenset({Stage.INVITED, Stage.INTERVIEW_BOOKED})
"""The stages of people who are to be interviewed."""


@dataclass(frozen=True, slots=True)
class Diary:
    """How an employer cuts its interview days (London time), after what notice, how far ahead."""

    day_starts: time
    day_ends: time
    interview_minutes: int
    gap_minutes: int
    notice_working_days: int
    horizon_working_days: int


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What is known of a vacancy whose review is complete or still to be completed."""

    vacancy: str
    location: str
    min_weeks: int
    max_weeks: int
    review_completed_at: datetime | None
    diary: Diary


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for one interview."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Slot") -> bool:
        """Tell whether one panel could not sit in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Appointment:
    """One application's interview, booked or cancelled; `sequence` is the calendar entry's."""

    application: str
    vacancy: str
    slot: Slot
    location: str
    sequence: int = 0
    is_booked: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application as last heard of, with its interview if it has or had one."""

    sequence: int
    appointment: Appointment | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """It is too early: come back when this event about the vacancy has been handled."""

    until: type[Payload]


@dataclass(frozen=True, slots=True)
class Invited:
    """A slot is to be found; the calendar entry will have this sequence."""

    application: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The interview will not take place; this is what becomes of it."""

    appointment: Appointment


Arrangement: TypeAlias = Invited | Cancelled | Parked | Ignored


@dataclass(frozen=True, slots=True)
class Booked:
    """A slot was found."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Unplaced:
    """No slot is left within the horizon: a task for a person."""

    application: str


@dataclass(frozen=True, slots=True)
class Undated:
    """Counting to the next slot needs unknown bank holidays, and which: a task for a person."""

    application: str
    detail: str


Placed: TypeAlias = Booked | Unplaced | Undated


def arrange(
    change: ApplicationStageChanged,
    candidate: Candidate | None,
    vacancy: Vacancy | None,
    changed_at: datetime,
) -> Arrangement:
    """Find a slot for whoever is invited, and call it off for whoever no longer is (W7).

    Whether an interview had begun is judged by when the stage changed, not by when we heard.
    """
    if candidate is not None and change.sequence <= candidate.sequence:
        return Ignored("a later stage is known")
    appointment = candidate.appointment if candidate is not None else None
    if appointment is not None and appointment.is_booked:
        return _reconsider(appointment, change.stage, changed_at)
    if change.stage is not Stage.INVITED:
        return Ignored("not invited")
    return _invite(change.application, appointment, vacancy)


def _reconsider(booked: Appointment, stage: Stage, changed_at: datetime) -> Cancelled | Ignored:
    if stage in _EXPECTED:
        return Ignored("has an interview")
    if booked.slot.starts_at <= changed_at:
        return Ignored("the interview had begun")
    return Cancelled(replace(booked, is_booked=False, sequence=booked.sequence + 1))


def _invite(
    application: str, cancelled: Appointment | None, vacancy: Vacancy | None
) -> Invited | Parked:
    if vacancy is None:
        return Parked(VacancyTimetabled)
    if vacancy.review_completed_at is None:
        return Parked(ReviewCompleted)
    return Invited(application, sequence=cancelled.sequence + 1 if cancelled is not None else 0)


def place(
    invited: Iterable[Invited], vacancy: Vacancy, taken: Collection[Slot], now: datetime
) -> list[Placed]:
    """Give everybody, in order of reference, the first slot that nobody else has (G13)."""
    people = sorted(invited, key=attrgetter("application"))
    booked: list[Placed] = []
    try:
        free = (
            slot
            for slot in slots(earliest(vacancy, taken, now), vacancy.diary)
            if slot.starts_at > now and not any(slot.overlaps(other) for other in taken)
        )
        for person, slot in zip(people, free, strict=False):
            booked.append(Booked(_appointment(person, vacancy, slot)))
    except BankHolidaysUnknownError as unknown:
        return booked + [Undated(one.application, str(unknown)) for one in people[len(booked) :]]
    return booked + [Unplaced(one.application) for one in people[len(booked) :]]


def _appointment(person: Invited, vacancy: Vacancy, slot: Slot) -> Appointment:
    return Appointment(
        application=person.application,
        vacancy=vacancy.vacancy,
        slot=slot,
        location=vacancy.location,
        sequence=person.sequence,
    )


def earliest(vacancy: Vacancy, taken: Collection[Slot], now: datetime) -> date:
    """Find the first day for somebody who is invited now (W8, W10).

    Not before the promised weeks after the review's completion, and with the employer's notice.
    The window governs when interviews start (W9): while none lies inside it and it would end
    before the notice does, there is only as much notice as the window leaves.
    """
    assert vacancy.review_completed_at is not None, (
        "nobody is placed before the review is complete"
    )
    completed_on, today = london_date(vacancy.review_completed_at), london_date(now)
    promised_on = weeks_after(completed_on, vacancy.min_weeks)
    last_day = weeks_after(completed_on, vacancy.max_weeks)
    noticed_on = add_working_days(today, vacancy.diary.notice_working_days)
    if last_day < noticed_on:  # else it cuts nothing, and may lie where holidays are unknown
        start_by = on_or_next_working_day(last_day)
        have_started = any(london_date(slot.starts_at) <= start_by for slot in taken)
        if not have_started and today < start_by:
            noticed_on = start_by
    return on_or_next_working_day(max(promised_on, noticed_on))


def slots(first_day: date, diary: Diary) -> Iterator[Slot]:
    """Cut working days, from this one to the horizon, into slots in order of time (W10)."""
    length, gap = timedelta(minutes=diary.interview_minutes), timedelta(minutes=diary.gap_minutes)
    for day_number in range(diary.horizon_working_days):
        day = add_working_days(first_day, day_number)
        starts_at, closes_at = at_london(day, diary.day_starts), at_london(day, diary.day_ends)
        while starts_at + length <= closes_at:
            yield Slot(starts_at, starts_at + length)
            starts_at += length + gap

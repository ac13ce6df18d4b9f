"""When interviews may be, who gets which slot, and whose interview is called off."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from shared.calendar import (
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
    """How an employer cuts its interview days (London time), with how much notice, how far ahead."""

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
    sequence: int
    is_booked: bool


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

    vacancy: Vacancy
    sequence: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The interview will not take place; the calendar entry now has this sequence."""

    appointment: Appointment
    sequence: int


Arrangement: TypeAlias = Invited | Cancelled | Parked | Ignored

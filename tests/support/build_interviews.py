"""What the interviews know, with defaults."""

from datetime import datetime, time, timedelta
from typing import Any

from services.interviews.decisions import Appointment, Diary, Slot, Vacancy
from tests.support.story import APPLICATION, INTERVIEW_AT, REVIEW_COMPLETED_AT, VACANCY


def diary(**changes: Any) -> Diary:
    """The settings that every employer starts with."""
    defaults: dict[str, Any] = {
        "day_starts": time(9),
        "day_ends": time(17),
        "interview_minutes": 45,
        "gap_minutes": 15,
        "notice_working_days": 5,
        "horizon_working_days": 20,
    }
    return Diary(**defaults | changes)


def interviewing_vacancy(**changes: Any) -> Vacancy:
    """A vacancy whose review is complete."""
    defaults: dict[str, Any] = {
        "vacancy": VACANCY,
        "location": "Belvedere and Ponton Road",
        "min_weeks": 1,
        "max_weeks": 1,
        "review_completed_at": REVIEW_COMPLETED_AT,
        "diary": diary(),
    }
    return Vacancy(**defaults | changes)


def slot(starts_at: datetime = INTERVIEW_AT) -> Slot:
    return Slot(starts_at, starts_at + timedelta(minutes=45))


def appointment(application: str = APPLICATION, **changes: Any) -> Appointment:
    defaults: dict[str, Any] = {
        "application": application,
        "vacancy": VACANCY,
        "slot": slot(),
        "location": "Belvedere and Ponton Road",
    }
    return Appointment(**defaults | changes)

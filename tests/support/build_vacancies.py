"""Events about a vacancy and its review, with defaults."""

from datetime import date
from typing import Any

from shared.contracts.reviews import (
    ReviewCompleted,
    ReviewOpened,
)
from shared.contracts.vacancies import (
    Employer,
    Engagement,
    RoleType,
    Salary,
    VacancyAmended,
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyPublished,
    VacancyTimetabled,
    Window,
)
from tests.support.story import (
    CLOSES_AT,
    LAST_ACCEPTED_AT,
    NOW,
    POSTED_ON,
    REVIEW_COMPLETED_AT,
    REVIEW_OPENS_AT,
    VACANCY,
)


def vacancy_published(**changes: Any) -> VacancyPublished:
    defaults: dict[str, Any] = {
        "vacancy": VACANCY,
        "employer": Employer.MET,
        "title": "Quality Technician",
        "location": "Belvedere and Ponton Road",
        "role_type": RoleType.POLICE_STAFF,
        "engagement": Engagement.PERMANENT,
        "posted_on": POSTED_ON,
        "closes_at": CLOSES_AT,
        "review": Window(min_weeks=1, max_weeks=1),
        "interviews": Window(min_weeks=1, max_weeks=1),
        "salary": Salary(
            starting=43_294,
            basic=40_366,
            top_of_scale=42_071,
            location_allowance=1_928,
            non_pensionable_allowance=1_000,
        ),
    }
    return VacancyPublished(**defaults | changes)


def vacancy_amended(vacancy: str = VACANCY, **changes: Any) -> VacancyAmended:
    """Name what changes."""
    return VacancyAmended(**{"vacancy": vacancy, "amended_at": NOW} | changes)


def vacancy_timetabled(**changes: Any) -> VacancyTimetabled:
    defaults: dict[str, Any] = {
        "vacancy": VACANCY,
        "version": 1,
        "employer": Employer.MET,
        "title": "Quality Technician",
        "location": "Belvedere and Ponton Road",
        "role_type": RoleType.POLICE_STAFF,
        "engagement": Engagement.PERMANENT,
        "posted_on": POSTED_ON,
        "closes_at": CLOSES_AT,
        "last_accepted_at": LAST_ACCEPTED_AT,
        "review_promised_on": date(2025, 10, 28),
        "review_opens_at": REVIEW_OPENS_AT,
        "review_latest_on": date(2025, 10, 28),
        "interviews_promised_on": date(2025, 11, 4),
        "interviews_latest_on": date(2025, 11, 4),
        "interviews": Window(min_weeks=1, max_weeks=1),
    }
    return VacancyTimetabled(**defaults | changes)


def vacancy_closing_due(vacancy: str = VACANCY) -> VacancyClosingDue:
    return VacancyClosingDue(vacancy=vacancy)


def vacancy_closing_date_passed(vacancy: str = VACANCY) -> VacancyClosingDatePassed:
    return VacancyClosingDatePassed(vacancy=vacancy)


def vacancy_closed(vacancy: str = VACANCY, **changes: Any) -> VacancyClosed:
    defaults: dict[str, Any] = {"vacancy": vacancy, "closed_at": LAST_ACCEPTED_AT}
    return VacancyClosed(**defaults | changes)


def review_opened(vacancy: str = VACANCY, **changes: Any) -> ReviewOpened:
    defaults: dict[str, Any] = {
        "vacancy": vacancy,
        "opened_at": REVIEW_OPENS_AT,
        "applications": 1,
    }
    return ReviewOpened(**defaults | changes)


def review_completed(vacancy: str = VACANCY, **changes: Any) -> ReviewCompleted:
    defaults: dict[str, Any] = {
        "vacancy": vacancy,
        "completed_at": REVIEW_COMPLETED_AT,
        "invited": 1,
        "declined": 0,
    }
    return ReviewCompleted(**defaults | changes)

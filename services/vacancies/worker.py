"""What the vacancies worker hears, and what it does then."""

from typing import Final

from services.vacancies.handlers import (
    amend_vacancies,
    close_vacancy,
    replan_vacancies,
    timetable_vacancy,
)
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
from shared.messaging import Service, Subscription

# In this order within a batch: an amendment finds what was published, a closing what was amended.
SUBSCRIPTIONS: Final = (
    Subscription(VacancyPublished, timetable_vacancy),
    Subscription(VacancyAmended, amend_vacancies),
    Subscription(VacancyReplanRequested, replan_vacancies),
    Subscription(VacancyClosingDue, close_vacancy),
    Subscription(VacancyClosingDatePassed, close_vacancy),
)
ANNOUNCES: Final = (VacancyTimetabled, VacancyOpened, VacancyClosingDue, VacancyClosed)
SERVICE: Final = Service("vacancies", SUBSCRIPTIONS, ANNOUNCES)

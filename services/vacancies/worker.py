"""What the vacancies worker hears, and what it does then."""

from typing import Final

from services.vacancies.handlers import close_vacancy, timetable_vacancy
from shared.contracts.vacancies import (
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyOpened,
    VacancyPublished,
    VacancyTimetabled,
)
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyPublished, timetable_vacancy),
    Subscription(VacancyClosingDue, close_vacancy),
    Subscription(VacancyClosingDatePassed, close_vacancy),
)
ANNOUNCES: Final = (VacancyTimetabled, VacancyOpened, VacancyClosingDue, VacancyClosed)
SERVICE: Final = Service("vacancies", SUBSCRIPTIONS, ANNOUNCES)

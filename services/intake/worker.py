"""What intake hears, and what it does then."""

from typing import Final

from services.intake.handlers import admit_submissions, keep_timetables, take_replacements
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationDocumentsReplaced,
    ApplicationRefused,
    ApplicationSubmitted,
)
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, keep_timetables),
    Subscription(ApplicationSubmitted, admit_submissions),
    Subscription(ApplicationDocumentsReplaced, take_replacements),
)
ANNOUNCES: Final = (
    ApplicationAccepted,
    ApplicationRefused,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
)
SERVICE: Final = Service("intake", SUBSCRIPTIONS, ANNOUNCES)

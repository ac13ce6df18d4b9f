"""What progress hears: facts about applications and facts about vacancies."""

from typing import Final

from services.progress.handlers import record_application_facts, record_vacancy_facts
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
)
from shared.contracts.checks import (
    DocumentsChecked,
    EligibilityChecked,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.reviews import ApplicationReviewed, ReviewCompleted, ReviewOpened
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, record_vacancy_facts),
    Subscription(VacancyClosed, record_vacancy_facts),
    Subscription(ReviewOpened, record_vacancy_facts),
    Subscription(ReviewCompleted, record_vacancy_facts),
    Subscription(ApplicationAccepted, record_application_facts),
    Subscription(ApplicationRefused, record_application_facts),
    Subscription(ApplicationWithdrawalAccepted, record_application_facts),
    Subscription(ApplicationDocumentsAccepted, record_application_facts),
    Subscription(DocumentsChecked, record_application_facts),
    Subscription(EligibilityChecked, record_application_facts),
    Subscription(ApplicationReviewed, record_application_facts),
    Subscription(InterviewBooked, record_application_facts),
    Subscription(InterviewCancelled, record_application_facts),
)
ANNOUNCES: Final = (ApplicationStageChanged,)
SERVICE: Final = Service("progress", SUBSCRIPTIONS, ANNOUNCES)

"""What progress hears: facts about applications and facts about vacancies."""

from typing import Final

from services.progress.handlers import record_facts
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
)
from shared.contracts.checks import DocumentsChecked, EligibilityChecked
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.reviews import ApplicationReviewed, ReviewCompleted, ReviewOpened
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled
from shared.messaging import Service, Subscription

# One handler for all, so that a stage passed through within one batch is not announced.
SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, record_facts),
    Subscription(VacancyClosed, record_facts),
    Subscription(ReviewOpened, record_facts),
    Subscription(ReviewCompleted, record_facts),
    Subscription(ApplicationAccepted, record_facts),
    Subscription(ApplicationRefused, record_facts),
    Subscription(ApplicationWithdrawalAccepted, record_facts),
    Subscription(ApplicationDocumentsAccepted, record_facts),
    Subscription(DocumentsChecked, record_facts),
    Subscription(EligibilityChecked, record_facts),
    Subscription(ApplicationReviewed, record_facts),
    Subscription(InterviewBooked, record_facts),
    Subscription(InterviewCancelled, record_facts),
)
ANNOUNCES: Final = (ApplicationStageChanged,)
SERVICE: Final = Service("progress", SUBSCRIPTIONS, ANNOUNCES)

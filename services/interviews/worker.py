"""What the interviews hear, and what they then do."""

from typing import Final

from services.interviews.handlers import (
    arrange_interviews,
    record_review_completion,
    record_timetable,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.interviews import (
    InterviewBooked,
    InterviewCancelled,
    InterviewUnplaced,
)
from shared.contracts.reviews import ReviewCompleted
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

# In this order within a batch: what an invitation waits for comes before it.
SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, record_timetable),
    Subscription(ReviewCompleted, record_review_completion),
    Subscription(ApplicationStageChanged, arrange_interviews),
)
ANNOUNCES: Final = (InterviewBooked, InterviewCancelled, InterviewUnplaced)
SERVICE: Final = Service("interviews", SUBSCRIPTIONS, ANNOUNCES)

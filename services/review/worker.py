"""What the review hears, and what it then does."""

from typing import Final

from services.review.handlers import (
    accept_decisions,
    chase_reviews,
    follow_candidates,
    open_reviews,
    plan_reviews,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerReviewed,
    ReviewCompleted,
    ReviewOpened,
    ReviewOpeningDue,
    ReviewOverdue,
    ReviewOverdueDue,
)
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

# In this order within a batch: an opening counts everybody known by then.
SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, plan_reviews),
    Subscription(ApplicationStageChanged, follow_candidates),
    Subscription(ReviewOpeningDue, open_reviews),
    Subscription(ManagerReviewed, accept_decisions),
    Subscription(ReviewOverdueDue, chase_reviews),
)
ANNOUNCES: Final = (
    ReviewOpeningDue,
    ReviewOverdueDue,
    ReviewOpened,
    ApplicationReviewed,
    ReviewOverdue,
    ReviewCompleted,
)
SERVICE: Final = Service("review", SUBSCRIPTIONS, ANNOUNCES)

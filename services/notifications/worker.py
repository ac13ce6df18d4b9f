"""What the notifications worker hears, and what it then does."""

from typing import Final

from services.notifications import sender
from services.notifications.handlers import (
    keep_timetables,
    release_rejections,
    tell_of_challenges,
    tell_of_corrections,
    tell_of_interviews,
    tell_of_late_reviews,
    tell_of_stages,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.challenges import ChallengeReceived, ChallengeSettled
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import (
    CandidateNotified,
    NotificationFailed,
    RejectionLetterDue,
)
from shared.contracts.reviews import ReviewOverdue
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, keep_timetables),
    Subscription(ApplicationStageChanged, tell_of_stages),
    Subscription(InterviewBooked, tell_of_interviews),
    Subscription(InterviewCancelled, tell_of_interviews),
    Subscription(ChallengeReceived, tell_of_challenges),
    Subscription(ChallengeSettled, tell_of_challenges),
    Subscription(RejectionCorrected, tell_of_corrections),
    Subscription(ReviewOverdue, tell_of_late_reviews),
    Subscription(RejectionLetterDue, release_rejections),
)
ANNOUNCES: Final = (RejectionLetterDue, CandidateNotified, NotificationFailed)
SERVICE: Final = Service(
    "notifications", SUBSCRIPTIONS, ANNOUNCES, loops=(sender.send_due, sender.watch_senders)
)

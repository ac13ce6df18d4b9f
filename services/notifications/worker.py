"""What the notifications worker hears, and what it then does."""

from services.notifications import sender
from services.notifications.handlers import (
    keep_timetables,
    release_rejections,
    tell_of_bookings,
    tell_of_cancellations,
    tell_of_stages,
)
from shared.contracts.applications import ApplicationStageChanged
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import RejectionLetterDue
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS = (
    Subscription(VacancyTimetabled, keep_timetables),
    Subscription(ApplicationStageChanged, tell_of_stages),
    Subscription(InterviewBooked, tell_of_bookings),
    Subscription(InterviewCancelled, tell_of_cancellations),
    Subscription(RejectionLetterDue, release_rejections),
)
SERVICE = Service("notifications", SUBSCRIPTIONS, loops=(sender.send_due,))

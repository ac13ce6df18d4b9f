"""What intake hears, and what it does then."""

from typing import Final

from services.intake.handlers import (
    admit_submissions,
    settle_conflicts,
    take_replacements,
    take_withdrawals,
)
from services.intake.judging_anew import keep_timetables
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationDocumentsReplaced,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWithdrawalAccepted,
    ApplicationWithdrawn,
)
from shared.contracts.referrals import ReferralResolved
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, keep_timetables),
    Subscription(ApplicationSubmitted, admit_submissions),
    Subscription(ApplicationDocumentsReplaced, take_replacements),
    Subscription(ApplicationWithdrawn, take_withdrawals),
    Subscription(ReferralResolved, settle_conflicts),
)
ANNOUNCES: Final = (
    ApplicationAccepted,
    ApplicationRefused,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationWithdrawalAccepted,
)
SERVICE: Final = Service("intake", SUBSCRIPTIONS, ANNOUNCES)

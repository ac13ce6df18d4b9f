"""What the eligibility worker hears, and what it does then."""

from typing import Final

from services.eligibility.challenges import chase_challenges, decide_challenges, receive_challenges
from services.eligibility.handlers import (
    answer_referrals,
    check_eligibility,
    correct_declarations,
    hear_of_adverts,
    judge_criteria,
)
from shared.contracts.applications import ApplicationAccepted
from shared.contracts.challenges import (
    ChallengeDecided,
    ChallengeOverdue,
    ChallengeOverdueDue,
    ChallengeReceived,
    ChallengeSettled,
    DecisionChallenged,
)
from shared.contracts.checks import EligibilityChecked
from shared.contracts.corrections import DeclarationCorrected, RejectionCorrected
from shared.contracts.criteria import CriterionJudged
from shared.contracts.referrals import ReferralResolved
from shared.contracts.vacancies import VacancyTimetabled
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(VacancyTimetabled, hear_of_adverts),
    Subscription(ApplicationAccepted, check_eligibility),
    Subscription(DeclarationCorrected, correct_declarations),
    Subscription(ReferralResolved, answer_referrals),
    Subscription(DecisionChallenged, receive_challenges),
    Subscription(ChallengeDecided, decide_challenges),
    Subscription(ChallengeOverdueDue, chase_challenges),
    Subscription(CriterionJudged, judge_criteria),
)
ANNOUNCES: Final = (
    EligibilityChecked,
    RejectionCorrected,
    ChallengeReceived,
    ChallengeOverdueDue,
    ChallengeOverdue,
    ChallengeSettled,
)
SERVICE: Final = Service("eligibility", SUBSCRIPTIONS, ANNOUNCES)

"""What the eligibility worker hears, and what it does then."""

from typing import Final

from services.eligibility.handlers import check_eligibility
from shared.contracts.applications import (
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
)
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (Subscription(ApplicationAccepted, check_eligibility),)
ANNOUNCES: Final = (EligibilityChecked,)
SERVICE: Final = Service("eligibility", SUBSCRIPTIONS, ANNOUNCES)

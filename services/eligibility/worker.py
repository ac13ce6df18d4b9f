"""What the eligibility worker hears, and what it does then."""

from typing import Final

from services.eligibility.handlers import check_eligibility, correct_declarations
from shared.contracts.applications import (
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
)
from shared.contracts.corrections import DeclarationCorrected
from shared.messaging import Service, Subscription

SUBSCRIPTIONS: Final = (
    Subscription(ApplicationAccepted, check_eligibility),
    Subscription(DeclarationCorrected, correct_declarations),
)
ANNOUNCES: Final = (EligibilityChecked,)
SERVICE: Final = Service("eligibility", SUBSCRIPTIONS, ANNOUNCES)

"""The early-departure rule: who may apply, who may not yet, and who needs a person's judgement.

A machine rejects only where every reading of the words rejects; doubt goes to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from services.eligibility.departures import Effect, Policy, Reading, Reason, Weighed, weigh
from services.eligibility.departures import in_words as day_in_words
from shared.calendar import london_date
from shared.contracts.applications import Answer, ApplicationAccepted, Departure, EarlyDeparture
from shared.contracts.vacancies import Employer, Engagement, RoleType

RULES_VERSION: Final = "early-departure-1"

POLICIES: Final[Mapping[Employer, Policy]] = {
    Employer.MET: Policy(years=5),
    Employer.KENT_ESSEX: Policy(years=None),
}
"""Each employer's rule; Kent and Essex have none, and Met service is no service of theirs (E15)."""

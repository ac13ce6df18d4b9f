"""Every event that crosses a service boundary. One module per noun; start with `envelope`."""

from shared.contracts import (
    applications,
    challenges,
    checks,
    corrections,
    criteria,
    interviews,
    notifications,
    referrals,
    reviews,
    vacancies,
)
from shared.contracts.envelope import (
    EVENTS,
    ContractViolation,
    Event,
    Exchange,
    FromCareersSite,
    FromPeople,
    Payload,
    event_id,
    parse,
)

__all__ = [
    "EVENTS",
    "ContractViolation",
    "Event",
    "Exchange",
    "FromCareersSite",
    "FromPeople",
    "Payload",
    "applications",
    "challenges",
    "checks",
    "corrections",
    "criteria",
    "event_id",
    "interviews",
    "notifications",
    "parse",
    "referrals",
    "reviews",
    "vacancies",
]

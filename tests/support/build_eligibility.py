"""Ways to say who left the Met how and when, and what becomes of the application."""

from datetime import date, datetime, time
from typing import Any, Final

from services.eligibility.decisions import Referred, Rejected, Verdict, judge
from shared.calendar import at_london
from shared.contracts.applications import ApplicationAccepted, Departure
from shared.employers import EarlyDepartureTerms
from tests.support.builders import application_accepted, served

MET: Final = EarlyDepartureTerms()
ELIGIBLE: Final = "eligible"


def applied(on: str, *departures: Departure, **changes: Any) -> ApplicationAccepted:
    """Somebody who left the Met like this and applied at noon on a day, or at an instant."""
    moment = datetime.fromisoformat(on)
    submitted_at = moment if moment.tzinfo else at_london(moment.date(), time(12))
    declared = {"early_departure": served(*departures)}
    return application_accepted(submitted_at=submitted_at, **declared | changes)


def outcome(facts: ApplicationAccepted, terms: EarlyDepartureTerms | None = MET) -> str:
    """Judge, and say it in a few words: `rejected until 2025-10-22`, `referred E3_...`."""
    return in_short(judge(facts, terms))


def in_short(verdict: Verdict) -> str:
    match verdict:
        case Referred(reasons):
            return " ".join(["referred", *reasons])
        case Rejected(_, eligible_from):
            return rejected(eligible_from)
        case _:
            return ELIGIBLE


def rejected(eligible_from: date | str) -> str:
    return f"rejected until {eligible_from}"

"""Reads the tables of early-departure cases, which anybody can read (unit/eligibility/cases).

A row is `rule | how and when they left | when they applied | circumstances | verdict`. A departure
is a date and words; several are joined by `&`, `-` is none. Nothing said means: under a scheme,
with compensation, as police staff; a permanent police staff post of the Met; settings as shipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    Departure,
    LeavingDay,
    LeavingReason,
    ServiceKind,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType
from shared.employers import EarlyDepartureTerms, terms_of
from tests.support.build_eligibility import applied
from tests.support.builders import departure, served

FOLDER: Final = Path(__file__).parent.parent / "unit" / "eligibility" / "cases"

_DEPARTURE_WORDS: Final[dict[str, dict[str, Any]]] = {
    "resigned": {"reason": LeavingReason.RESIGNATION},
    "retired": {"reason": LeavingReason.RETIREMENT},
    "dismissed": {"reason": LeavingReason.DISMISSAL},
    "term-ended": {"reason": LeavingReason.END_OF_FIXED_TERM},
    "other-reason": {"reason": LeavingReason.OTHER},
    "unpaid": {"compensated": Answer.NO},
    "pay-unsure": {"compensated": Answer.UNSURE},
    "pay-unanswered": {"compensated": Answer.UNANSWERED},
    "repaid": {"repaid": Answer.YES},
    "repaid-unsure": {"repaid": Answer.UNSURE},
    "repaid-unanswered": {"repaid": Answer.UNANSWERED},
    "officer": {"service": ServiceKind.POLICE_OFFICER},
    "contractor": {"service": ServiceKind.CONTRACTOR},
    "agency": {"service": ServiceKind.AGENCY},
    "is-notice-day": {"left_on_is": LeavingDay.NOTICE_GIVEN},
    "is-payment-day": {"left_on_is": LeavingDay.COMPENSATION_PAID},
}
_CIRCUMSTANCES: Final[dict[str, dict[str, Any]]] = {
    "officer-role": {"role_type": RoleType.POLICE_OFFICER},
    "temporary": {"engagement": Engagement.TEMPORARY},
    "interim": {"engagement": Engagement.INTERIM},
    "kent-essex": {"employer": Employer.KENT_ESSEX},
}


@dataclass(frozen=True)
class Case:
    """One row."""

    where: str
    rule: str
    facts: ApplicationAccepted
    terms: EarlyDepartureTerms | None
    verdict: str


def cases() -> Iterator[Case]:
    """Read every row of every table."""
    for path in sorted(FOLDER.glob("*.txt")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                yield _case(f"{path.stem}:{number}", [cell.strip() for cell in line.split("|")])


def _case(where: str, cells: list[str]) -> Case:
    rule, left, on, circumstances, verdict = cells
    departures = [_departure(each.split()) for each in left.split("&") if each.strip() != "-"]
    answer, settings = Answer.YES, {}
    changes: dict[str, Any] = {}
    for word in circumstances.split():
        name, is_setting, value = word.partition("=")
        if name == "served-before":
            answer = Answer(value)
        elif is_setting:
            settings[name] = value
        else:
            changes |= _CIRCUMSTANCES[word]
    declared = served(*departures, served_before=answer)
    facts = applied(on, early_departure=declared, **changes)
    terms = terms_of(facts.employer).early_departure
    if settings:
        assert terms is not None
        terms = EarlyDepartureTerms.model_validate_strings(
            terms.model_dump(mode="json") | {"years": str(terms.years)} | settings
        )
    return Case(where, rule, facts, terms, verdict)


def _departure(words: list[str]) -> Departure:
    changes: dict[str, Any] = {}
    for word in words[1:]:
        changes |= _DEPARTURE_WORDS[word]
    return departure(words[0], **changes)

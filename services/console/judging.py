"""`./muster eligibility judge FACTS.json`: ask "what if" without an application."""

import argparse
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from services.console import words
from services.console.mistakes import USAGE_ERROR, in_our_words
from services.eligibility import rendering
from services.eligibility.verdicts import Judged, judge_and_explain
from shared.calendar import london_date
from shared.contracts.applications import Answer, ApplicationAccepted, EarlyDeparture
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.envelope import Instant, Model
from shared.contracts.vacancies import Employer, Engagement, RoleType
from shared.employers import EarlyDepartureTerms, read_terms_from, terms_of

_NOBODY: Final = "what-if"
_EXAMPLES: Final = "docs/examples/eligibility"
_ADVICE: Final = f"""\
the fields are explained in docs/eligibility.md
an example: {_EXAMPLES}/barred.json"""
_DATE_FORMS: Final = "write a day, a month or a year: 2020-10-21, 2020-10 or 2020"
_SAID: Final = {
    EligibilityOutcome.ELIGIBLE: "Eligible",
    EligibilityOutcome.REFERRED: "For a person to decide",
    EligibilityOutcome.REJECTED: "Not eligible",
}


class Kind(StrEnum):
    """What somebody did: a registration of interest is no application (E17)."""

    APPLICATION = "application"
    REGISTRATION = "registration"


class Question(Model):
    """The facts of a "what if"; docs/eligibility.md explains each."""

    kind: Kind = Kind.APPLICATION
    employer: Employer
    role_type: RoleType = RoleType.POLICE_STAFF
    engagement: Engagement = Engagement.PERMANENT
    submitted_at: Instant
    closes_at: Instant | None = None
    early_departure: EarlyDeparture

    def as_application(self) -> ApplicationAccepted:
        """Put the facts as the rule takes them; who registers does so for police staff roles."""
        is_registration = self.kind is Kind.REGISTRATION
        return ApplicationAccepted(
            application=_NOBODY,
            vacancy=_NOBODY,
            submitted_at=self.submitted_at,
            received_at=self.submitted_at,
            arrived_after_close=False,
            employer=self.employer,
            role_type=RoleType.POLICE_STAFF if is_registration else self.role_type,
            engagement=self.engagement,
            early_departure=self.early_departure,
            conviction_declared=Answer.NO,
        )


class Unreadable(Exception):  # noqa: N818 - it names what the facts are
    """The facts cannot be read; says what is wrong, where, and what to do."""


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say what the command takes."""
    parser = verbs.add_parser(
        "judge",
        help="judge facts from a file",
        description="Say what the early-departure rule makes of some facts, and why. "
        "Nothing is stored and nobody is told.",
        epilog=f"examples: {_EXAMPLES}; format: docs/eligibility.md",
        allow_abbrev=False,
    )
    parser.add_argument("facts", metavar="FACTS.json", help="a file, or - for standard input")
    parser.add_argument("--employers", metavar="FILE", type=Path,
        help="settings of the employers instead of those in use, to see what they would change",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge, and print the verdict with its working."""
    try:
        question = read(arguments.facts)
    except Unreadable as error:
        print(f"muster: {error}", file=sys.stderr)
        return USAGE_ERROR
    terms = _terms(question.employer, arguments.employers)
    judged = judge_and_explain(question.as_application(), terms)
    if arguments.json:
        print(json.dumps(_as_json(question, judged), indent=2, default=words.iso))
    else:
        print("\n".join(_lines(question, judged)))
    return 0


def read(name: str) -> Question:
    """Read the facts from a file, or from standard input if it is called `-`.

    Raises Unreadable.
    """
    where = "standard input" if name == "-" else name
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return Question.model_validate_json(text, extra="forbid")
    except ValidationError as error:
        problems = "".join(f"\n  {_problem(each)}" for each in error.errors(include_url=False))
        raise Unreadable(f"{where}:{problems}\n{_ADVICE}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{where}: is not text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise Unreadable(f"{where}: {error.strerror}\n{_ADVICE}") from None


def _problem(error: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    place = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "json_invalid":
            return f"is not JSON: {error['ctx']['error']}"
        case "string_pattern_mismatch" if place.endswith("left_on"):
            return f"{place}: {_DATE_FORMS}"
        case _:
            return f"{place or 'the facts'}: {in_our_words(error)}"


def _terms(employer: Employer, file: Path | None) -> EarlyDepartureTerms | None:
    if file is None:
        return terms_of(employer).early_departure
    return read_terms_from(file)[employer].early_departure


def _can_apply_before_closing(question: Question, judged: Judged) -> bool:
    """Tell whether the bar ends while the vacancy is still open (E16)."""
    eligible_from = judged.checked.eligible_from
    if eligible_from is None or question.closes_at is None:
        return False
    return eligible_from <= london_date(question.closes_at)


def _told(question: Question, judged: Judged) -> str:
    if question.kind is Kind.REGISTRATION:
        return rendering.inform(judged.facts, judged.terms, judged.checked, judged.working)
    return judged.working


def _as_json(question: Question, judged: Judged) -> dict[str, Any]:
    checked = judged.checked
    is_registration = question.kind is Kind.REGISTRATION
    return {
        "outcome": "registered" if is_registration else checked.outcome,
        "reasons": checked.reasons,
        "working": _told(question, judged),
        "submitted_on": checked.submitted_on,
        "eligible_from": checked.eligible_from,
        "can_apply_before_closing": _can_apply_before_closing(question, judged),
        "rules_version": checked.rules_version,
        "terms": judged.terms.model_dump(mode="json") if judged.terms else None,
    }


def _lines(question: Question, judged: Judged) -> list[str]:
    checked = judged.checked
    is_registration = question.kind is Kind.REGISTRATION
    said = "Registered" if is_registration else _SAID[checked.outcome]
    lines = [f"{said}{': ' if checked.reasons else ''}{', '.join(checked.reasons)}"]
    lines += [f"  {line}" for line in words.wrapped(_told(question, judged))]
    lines.append(f"Judged as on:        {words.day(checked.submitted_on)} (London)")
    if checked.eligible_from:
        lines.append(f"First day to apply:  {words.day(checked.eligible_from)}")
    if question.closes_at and _can_apply_before_closing(question, judged):
        closes = words.minute(question.closes_at)
        lines.append(f"Still open then:     until {closes}; a new application is a new one")
    lines.append(f"Rules:               {checked.rules_version}")
    lines.append(f"Settings:            {_settings(judged.terms)}")
    return lines


def _settings(terms: EarlyDepartureTerms | None) -> str:
    if terms is None:
        return "this employer has no such rule"
    settled = terms.model_dump(mode="json", exclude_defaults=True) | {"years": terms.years}
    told = ", ".join(f"{name} {words.plain(str(value))}" for name, value in settled.items())
    return f"{told}; the others as shipped"

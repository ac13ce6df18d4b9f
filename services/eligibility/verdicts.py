"""A verdict with all that it follows from: reached, corrected, or decided by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.eligibility import answers, decisions, rendering
from services.eligibility.answers import Act, Answer, Judgement, Reversal
from services.eligibility.decisions import (
    RULES_VERSION,
    Correction,
    Eligible,
    Referred,
    Rejected,
    Verdict,
)
from services.eligibility.departures import Reason
from shared.calendar import london_date
from shared.contracts.applications import ApplicationAccepted
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.employers import EarlyDepartureTerms


class Basis(StrEnum):
    """What a verdict follows from: the declaration, or what a person did about it afterwards."""

    DECLARATION = "declaration"
    CORRECTION = "correction"
    REFERRAL = "referral"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as announced, and all that is needed to reach it again (E6).

    `decided_at` is when a person did what it follows from; None for the declaration. `checked_at`
    is when the machine said what it follows from; None for now.
    """

    checked: EligibilityChecked
    facts: ApplicationAccepted
    terms: EarlyDepartureTerms | None
    working: str
    basis: Basis = Basis.DECLARATION
    decided_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict that stands on one application."""

    outcome: EligibilityOutcome
    reasons: tuple[str, ...]
    eligible_from: date | None
    working: str
    facts: ApplicationAccepted
    basis: Basis


def what_stands(judged: Judged, acts: Sequence[Act]) -> Judged:
    """Put the verdict that stands: the machine's own, or what people made of it."""
    at = judged.decided_at or judged.checked_at
    assert at is not None
    judgement = Judgement(judged.checked.outcome, at, is_corrected=judged.decided_at is not None)
    match answers.stands(judgement, acts):
        case Judgement(outcome):
            return judged if outcome is judged.checked.outcome else _left_to_a_person(judged)
        case Answer() as act:
            return _decided(judged, act, Basis.REFERRAL)
        case Reversal() as act:
            return _decided(judged, act, Basis.CHALLENGE)


def _left_to_a_person(judged: Judged) -> Judged:
    """Refer what the machine would reject, had a person not upheld a challenge before (E20)."""
    reasons = (*judged.checked.reasons, Reason.CHALLENGE_UPHELD.value)
    checked = judged.checked.model_copy(
        update={
            "outcome": EligibilityOutcome.REFERRED,
            "reasons": reasons,
            "eligible_from": None,
        }
    )
    working = rendering.left_to_a_person(judged.working)
    return replace(judged, checked=checked, working=working, basis=Basis.CHALLENGE)


def _decided(judged: Judged, act: Act, basis: Basis) -> Judged:
    """Write a person's decision as a verdict; its working is that person's reason (F2).

    From when the candidate may apply again follows from the dates alone (E16).
    """
    is_eligible = act.outcome is EligibilityOutcome.ELIGIBLE
    verdict = decisions.judge(judged.facts, judged.terms)
    first = None if is_eligible or isinstance(verdict, Eligible) else verdict.eligible_from
    checked = judged.checked.model_copy(
        update={
            "outcome": act.outcome,
            "reasons": () if is_eligible else judged.checked.reasons,
            "eligible_from": first,
            "is_by_person": True,
        }
    )
    return replace(judged, checked=checked, working=act.rationale, basis=basis, decided_at=act.at)


def judge_and_explain(facts: ApplicationAccepted, terms: EarlyDepartureTerms | None) -> Judged:
    """Judge an application as it was declared, and say how the verdict follows."""
    verdict = decisions.judge(facts, terms)
    return Judged(_checked(facts, verdict), facts, terms, rendering.explain(facts, terms, verdict))


def rejudge(
    facts: ApplicationAccepted,
    corrections: Sequence[Correction],
    terms: EarlyDepartureTerms | None,
) -> Judged:
    """Judge an application as it reads once everything is corrected (E21)."""
    declared = decisions.correct(facts.early_departure, corrections)
    corrected = facts.model_copy(update={"early_departure": declared})
    again = judge_and_explain(corrected, terms)
    last = max(one.decided_at for one in corrections)
    working = rendering.corrected(again.working, london_date(last))
    return Judged(again.checked, corrected, terms, working, Basis.CORRECTION, last)


def _checked(facts: ApplicationAccepted, verdict: Verdict) -> EligibilityChecked:
    """Put a verdict into the event that the other workers hear: codes and dates, no working."""
    reasons: tuple[str, ...] = ()
    eligible_from: date | None = None
    match verdict:
        case Eligible():
            outcome = EligibilityOutcome.ELIGIBLE
        case Referred():
            outcome, reasons = EligibilityOutcome.REFERRED, verdict.reasons
        case Rejected():
            outcome, reasons = EligibilityOutcome.REJECTED, verdict.reasons
            eligible_from = verdict.eligible_from
    return EligibilityChecked(
        application=facts.application,
        vacancy=facts.vacancy,
        outcome=outcome,
        reasons=tuple(str(reason) for reason in reasons),
        submitted_on=london_date(facts.submitted_at),
        eligible_from=eligible_from,
        rules_version=RULES_VERSION,
    )

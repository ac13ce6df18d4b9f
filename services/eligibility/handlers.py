"""What is done when an application has been accepted, and when people answer or correct."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from services.eligibility import answers, decisions, records, rendering, storage
from services.eligibility.answers import (
    Act,
    Answer,
    Early,
    Judgement,
    Quarantined,
    Reversal,
    Taken,
)
from services.eligibility.decisions import (
    RULES_VERSION,
    Considered,
    Correction,
    Eligible,
    Referred,
    Rejected,
    Verdict,
)
from services.eligibility.departures import Reason
from services.eligibility.storage import Basis, Judged
from shared.calendar import london_date
from shared.contracts import Event
from shared.contracts.applications import ApplicationAccepted
from shared.contracts.checks import EligibilityChecked, EligibilityOutcome
from shared.contracts.corrections import DeclarationCorrected, RejectionCorrected
from shared.contracts.criteria import CriterionJudged
from shared.contracts.referrals import ReferralKind, ReferralResolved
from shared.contracts.vacancies import VacancyTimetabled
from shared.employers import EarlyDepartureTerms, terms_of
from shared.messaging import Batch
from shared.postgres import Transaction

_OUR_KINDS: Final = frozenset({ReferralKind.ELIGIBILITY, ReferralKind.CONVICTION})


async def check_eligibility(batch: Batch[ApplicationAccepted], tx: Transaction) -> None:
    """Judge newly accepted applications and announce each verdict, once per application.

    An application that was judged before keeps its verdict and is not announced again (E6).
    """
    judged = [judge(event.data, _terms(event.data)) for event in batch]
    recorded = await storage.record_verdicts(tx, judged, batch.now)
    for event, each in zip(batch, judged, strict=True):
        if event.subject in recorded:
            batch.announce(each.checked, because_of=event)
    considered = [
        (event.data, consideration)
        for event in batch
        if isinstance(consideration := decisions.consider(event.data), Considered)
    ]
    await storage.record_considerations(tx, considered, batch.now)


async def correct_declarations(batch: Batch[DeclarationCorrected], tx: Transaction) -> None:
    """Judge anew whose declaration was corrected, and announce each verdict that changed (E21)."""
    standing = await storage.lock_verdicts(tx, [event.subject for event in batch])
    events = []
    for event in batch:
        if event.subject not in standing:
            batch.park(event, waiting_for=ApplicationAccepted, subject=event.subject)
        elif event.data.departure > len(standing[event.subject].facts.early_departure.departures):
            batch.quarantine(event, "no_such_departure", "fewer departures are declared")
        else:
            events.append(event)
    await storage.record_corrections(tx, events)
    corrections = await storage.load_corrections(tx, [event.subject for event in events])
    judged = {
        event.subject: rejudge(facts, corrections[event.subject], _terms(facts))
        for event in events
        for facts in [standing[event.subject].facts]
    }
    numbers = await storage.supersede_verdicts(tx, list(judged.values()), batch.now)
    changed = await settle(batch, tx, events, numbers)
    for event in events:
        number, before = changed.get(event.subject, 0), standing[event.subject].outcome
        stands = number and number == numbers.get(event.subject)
        if stands and decisions.is_told(before, judged[event.subject].checked.outcome):
            corrected = RejectionCorrected(
                application=event.subject, vacancy=event.data.vacancy, number=number
            )
            batch.announce(corrected, because_of=event)


async def answer_referrals(batch: Batch[ReferralResolved], tx: Transaction) -> None:
    """Take people's answers about eligibility and convictions; a conviction gates nothing (K1)."""
    mine = [event for event in batch if event.data.kind in _OUR_KINDS]
    known = await storage.lock_verdicts(tx, [event.subject for event in mine])
    events = []
    for event in mine:
        if event.subject in known:
            events.append(event)
        else:
            batch.park(event, waiting_for=ApplicationAccepted, subject=event.subject)
    convictions = [e.data for e in events if e.data.kind is ReferralKind.CONVICTION]
    await records.record_considered(tx, convictions)
    answered = [event for event in events if event.data.kind is ReferralKind.ELIGIBILITY]
    await records.record_answers(tx, [event.data for event in answered])
    await settle(batch, tx, answered)


async def hear_of_adverts(batch: Batch[VacancyTimetabled], tx: Transaction) -> None:
    """Do nothing: once a timetable is heard, what waits for its advert can read it."""


async def judge_criteria(batch: Batch[CriterionJudged], tx: Transaction) -> None:
    """Keep what people found about printed requirements; nothing follows by itself (K6 to K10)."""
    vacancies = await records.load_vacancies(tx, {event.data.vacancy for event in batch})
    taken = []
    for event in batch:
        vacancy = vacancies.get(event.data.vacancy)
        match answers.judge_criterion(event.data, vacancy.criteria if vacancy else None):
            case Taken():
                taken.append(event.data)
            case Early(until, subject):
                batch.park(event, waiting_for=until, subject=subject)
            case Quarantined(reason, detail):
                batch.quarantine(event, reason, detail)
    await records.record_judgements(tx, taken)


async def settle(
    batch: Batch[Any],
    tx: Transaction,
    causes: Sequence[Event[Any]],
    numbers: Mapping[str, int] | None = None,
) -> Mapping[str, int]:
    """Compute which verdicts stand now that somebody has decided; announce and return the changed.

    `numbers` names verdicts that have been reached already and not been announced. The caller
    holds the lock on the verdicts.
    """
    applications = [event.subject for event in causes]
    judged = await storage.load_judged(tx, applications)
    acts = await records.load_acts(tx, applications)
    standing = {name: what_stands(one, acts[name]) for name, one in judged.items()}
    superseded = await storage.supersede_verdicts(tx, list(standing.values()), batch.now)
    changed = {**(numbers or {}), **superseded}
    for event in causes:
        if event.subject in changed:
            revision = {"revision": changed[event.subject]}
            checked = standing[event.subject].checked.model_copy(update=revision)
            batch.announce(checked, because_of=event)
    return changed


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


def judge(facts: ApplicationAccepted, terms: EarlyDepartureTerms | None) -> Judged:
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
    again = judge(corrected, terms)
    last = max(one.decided_at for one in corrections)
    working = rendering.corrected(again.working, london_date(last))
    return Judged(again.checked, corrected, terms, working, Basis.CORRECTION, last)


def _terms(facts: ApplicationAccepted) -> EarlyDepartureTerms | None:
    return terms_of(facts.employer).early_departure


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

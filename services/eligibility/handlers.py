"""What is done when an application has been accepted, or what it declares was corrected."""

from collections.abc import Sequence
from datetime import date

from services.eligibility import decisions, rendering, storage
from services.eligibility.decisions import (
    RULES_VERSION,
    Considered,
    Correction,
    Eligible,
    Referred,
    Rejected,
    Verdict,
)
from services.eligibility.storage import Basis, Judged
from shared.calendar import london_date
from shared.contracts.applications import (
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
    EligibilityOutcome,
)
from shared.contracts.corrections import DeclarationCorrected
from shared.employers import EarlyDepartureTerms, terms_of
from shared.messaging import Batch
from shared.postgres import Transaction


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
    superseded = await storage.supersede_verdicts(tx, list(judged.values()), batch.now)
    for event in events:
        if number := superseded.get(event.subject):
            checked = judged[event.subject].checked.model_copy(update={"revision": number})
            batch.announce(checked, because_of=event)


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

"""What is done when an application has been accepted."""

from datetime import date

from services.eligibility import decisions, rendering, storage
from services.eligibility.decisions import (
    RULES_VERSION,
    Considered,
    Eligible,
    Referred,
    Rejected,
    Verdict,
)
from services.eligibility.storage import Judged
from shared.calendar import london_date
from shared.contracts.applications import (
    ApplicationAccepted,
)
from shared.contracts.checks import (
    EligibilityChecked,
    EligibilityOutcome,
)
from shared.messaging import Batch
from shared.postgres import Transaction


async def check_eligibility(batch: Batch[ApplicationAccepted], tx: Transaction) -> None:
    """Judge newly accepted applications and announce each verdict, once per application.

    An application that was judged before keeps its verdict and is not announced again (E6).
    """
    judged = [_judge(event.data) for event in batch]
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


def _judge(facts: ApplicationAccepted) -> Judged:
    policy = decisions.POLICIES[facts.employer]
    verdict = decisions.judge(facts, policy)
    working = rendering.explain(facts, policy, verdict)
    return Judged(_checked(facts, verdict), facts, policy, working)


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

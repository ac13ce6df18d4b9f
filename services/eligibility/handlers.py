"""What is done when an application has been accepted, and when people answer or correct."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.eligibility import answers, decisions, records, storage
from services.eligibility.answers import Early, Quarantined, Taken
from services.eligibility.decisions import Considered
from services.eligibility.verdicts import judge_and_explain, rejudge, what_stands
from shared.contracts import Event
from shared.contracts.applications import ApplicationAccepted
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
    judged = [judge_and_explain(event.data, _terms(event.data)) for event in batch]
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
    judged = {}
    for event in events:
        facts = standing[event.subject].facts
        judged[event.subject] = rejudge(facts, corrections[event.subject], _terms(facts))
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


def _terms(facts: ApplicationAccepted) -> EarlyDepartureTerms | None:
    return terms_of(facts.employer).early_departure

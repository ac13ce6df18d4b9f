"""The decisions that a correction affects: as they stand, as they would be, and in words (E21)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console import words
from services.eligibility.verdicts import Judged, Standing
from shared.contracts.applications import Departure
from shared.contracts.checks import EligibilityChecked


@dataclass(frozen=True, slots=True)
class Change:
    """A departure, counted from 1, as it would read, and what the decision would be."""

    departure: int
    corrected: Departure
    after: Judged


@dataclass(frozen=True, slots=True)
class Affected:
    """One application's decision as it stands; no change where none is declared at that time."""

    application: str
    before: Standing
    stage: str | None
    told_at: datetime | None
    alike: tuple[str, ...]
    change: Change | None = None


def as_json(one: Affected, *, is_applied: bool) -> dict[str, Any]:
    """Put one affected decision for a program."""
    change = one.change
    return {
        "application": one.application,
        "vacancy": one.before.facts.vacancy,
        "departure": change and change.departure,
        "corrected": change and change.corrected.model_dump(mode="json"),
        "alike": one.alike,
        "stage": one.stage,
        "told_at": one.told_at and one.told_at.isoformat(),
        "before": {
            "outcome": one.before.outcome,
            "reasons": one.before.reasons,
            "eligible_from": one.before.eligible_from,
            "working": one.before.working,
            "basis": one.before.basis,
        },
        "after": change and {
            "outcome": change.after.checked.outcome,
            "reasons": change.after.checked.reasons,
            "eligible_from": change.after.checked.eligible_from,
            "working": change.after.working,
        },
        "is_applied": is_applied,
    }  # fmt: skip


def lines(affected: Sequence[Affected], named: Collection[str]) -> Iterator[str]:
    """Write the affected decisions for a person, who has named some of the applications."""
    for one in affected:
        at = f", {words.plain(one.stage)}" if one.stage else ""
        told = f", told {words.minute(one.told_at)}" if one.told_at else ""
        which = f", departure {one.change.departure}" if one.change else ""
        yield f"{one.application}{which} ({one.before.facts.vacancy}{at}{told})"
        if one.application not in named:
            why = ", ".join(map(words.plain, one.alike))
            is_only = [other.application for other in affected].count(one.application) == 1
            how = f"--also {one.application}" if is_only else "a command of its own"
            how = f"{how} if it is" if one.change else _unchanged(one)
            yield from words.fitted([f"  may be the same person ({why}); {how}"])
        yield _verdict("now", one.before)
        if one.change:
            yield _verdict("then", one.change.after.checked)
            yield from (f"       {line}" for line in words.wrapped(one.change.after.working))


def _unchanged(one: Affected) -> str:
    if one.before.facts.early_departure.departures:
        return "declares no departure at that time: a command of its own if it is"
    return "declares no departure at all, so none can be corrected"


def _verdict(when: str, verdict: Standing | EligibilityChecked) -> str:
    first = verdict.eligible_from
    until = f", may apply from {words.day(first)}" if first else ""
    return f"  {when:<5}{' '.join([verdict.outcome, *verdict.reasons])}{until}"

"""Seeded hiring managers: once a review has opened, they decide on three working days."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final

from services.simulator.candidates import Case
from services.simulator.script import Deed, Entry
from shared.calendar import add_working_days, at_london, london_date
from shared.contracts.applications import Documents
from shared.contracts.reviews import ManagerDecision, ManagerReviewed

REVIEW_DAYS: Final = 3

RATIONALES: Final = {
    ManagerDecision.INVITE: "The examples show the experience that the post needs.",
    ManagerDecision.DECLINE: "The statement does not yet show the experience asked for.",
}


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that has begun, and the applications under review when it was looked at."""

    vacancy: str
    opened_at: datetime
    applications: frozenset[str]


def decide(review: OpenReview, cases: Mapping[str, Case]) -> list[Entry]:
    """Spread the decisions over the working days from the opening on, at half past ten.

    Day, scores and decision follow from the application alone, so that planning twice, as after
    a kill, plans the same.
    """
    opened_on = london_date(review.opened_at)
    deeds: defaultdict[datetime, list[Deed]] = defaultdict(list)
    for application in sorted(review.applications):
        case = cases[application]
        if case.decision is None:
            continue
        dice = sha256(application.encode()).digest()
        at = at_london(add_working_days(opened_on, dice[0] % REVIEW_DAYS), time(10, 30))
        minutes_ago = timedelta(minutes=1 + dice[1] % 60)
        deeds[at].append(
            Deed(f"{application} reviewed", _review(case, case.decision, at - minutes_ago, dice))
        )
    return [Entry(at, tuple(deeds[at])) for at in sorted(deeds)]


def _review(
    case: Case, decision: ManagerDecision, reviewed_at: datetime, dice: bytes
) -> Callable[[Documents], ManagerReviewed]:
    worst = 4 if decision is ManagerDecision.INVITE else 1
    reviewed = ManagerReviewed(
        application=case.application,
        vacancy=case.advert.vacancy,
        reviewer=f"manager-{case.advert.vacancy}",
        decision=decision,
        scores={"interest": worst + dice[2] % 4, "evidence": worst + dice[3] % 4},
        rationale=RATIONALES[decision],
        reviewed_at=reviewed_at,
    )
    return lambda _: reviewed

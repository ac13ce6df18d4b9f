"""Seeded hiring managers: once a review has opened, they decide on three working days."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final

from services.simulator.candidates import Case
from services.simulator.deeds import Deed, Entry
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
    a kill, plans the same. Whoever comes to us after the opening is decided from the next working
    day on, each in an entry of their own: it must not matter with whom they are planned.
    """
    opened_on = london_date(review.opened_at)
    deeds: defaultdict[datetime, list[Deed]] = defaultdict(list)
    late: list[Entry] = []
    for application in sorted(review.applications):
        case = cases[application]
        if case.decision is None:
            continue
        dice = sha256(application.encode()).digest()
        comes_on = case.comes_to_the_manager_on
        is_late = comes_on > opened_on
        begins_on = add_working_days(comes_on, 1) if is_late else opened_on
        at = at_london(add_working_days(begins_on, dice[0] % REVIEW_DAYS), time(10, 30))
        minutes_ago = timedelta(minutes=1 + dice[1] % 60)
        deed = Deed(
            f"{application} reviewed", _review(case, case.decision, at - minutes_ago, dice)
        )
        if is_late:
            late.append(Entry(at, (deed,)))
        else:
            deeds[at].append(deed)
    return [*(Entry(at, tuple(deeds[at])) for at in sorted(deeds)), *late]


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

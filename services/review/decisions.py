"""When a review opens, what it accepts, when it is late and when it is complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeAlias

from shared.calendar import CLOCK_TOLERANCE, end_of_london_day, london_date, on_or_next_working_day
from shared.contracts import Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.reviews import ManagerDecision, ManagerReviewed, ReviewOpeningDue
from shared.contracts.vacancies import VacancyTimetabled

IN_REVIEW: Final = frozenset(
    {
        Stage.READY_FOR_REVIEW,
        Stage.UNDER_REVIEW,
        Stage.INVITED,
        Stage.INTERVIEW_BOOKED,
        Stage.NOT_SUCCESSFUL,
    }
)
"""The stages that nobody reaches without an eligibility pass (W2)."""


@dataclass(frozen=True, slots=True)
class Round:
    """The review of one vacancy: when it should be, and what has come of it."""

    vacancy: str
    version: int
    opens_at: datetime
    latest_on: date
    opened_at: datetime | None = None
    completed_at: datetime | None = None
    overdue_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is open and waits for decisions."""
        return self.opened_at is not None and self.completed_at is None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What a hiring manager decided about one application, and why."""

    reviewer: str
    decision: ManagerDecision
    scores: Mapping[str, int]
    reviewed_at: datetime
    rationale: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application as last heard of, with the scorecard that stands.

    `is_counted` says that it was eligible when the review opened.
    """

    vacancy: str
    stage: Stage
    scorecard: Scorecard | None = None
    is_counted: bool = False

    @property
    def is_in_review(self) -> bool:
        """Whether it has passed, and passed it still has while new documents are looked at."""
        return self.stage in IN_REVIEW or (self.is_counted and self.stage is Stage.RECEIVED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a round is: candidates still in review by what was decided about them.

    `undecided` counts those who were eligible when the round opened, or are now if it has not;
    also whoever a machine is only checking anew. `decided` counts those who have left as well.
    """

    undecided: int
    invited: int
    declined: int
    decided: int


NOBODY: Final = Tally(undecided=0, invited=0, declined=0, decided=0)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """It is too early: come back when this event about this subject has been handled."""

    until: type[Payload]
    subject: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A person has to look: a reason code and a sentence.

    News of the application may settle it first, if `is_for_now`.
    """

    reason: str
    detail: str
    is_for_now: bool = False


@dataclass(frozen=True, slots=True)
class InTheFuture:
    """It is dated later than any honest clock."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The review begins."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The decision stands."""

    scorecard: Scorecard


@dataclass(frozen=True, slots=True)
class Overdue:
    """The review has not begun by `latest_on`, the last day that this timetable promised."""

    version: int
    latest_on: date


@dataclass(frozen=True, slots=True)
class Completed:
    """Everybody counted is decided or gone."""

    invited: int
    declined: int


Acceptance: TypeAlias = Accepted | Parked | Quarantined | InTheFuture | Ignored


def overdue_from(latest_on: date, opens_at: datetime) -> datetime:
    """Tell the first instant at which a review that has not begun is late (W4).

    Where the last promised day is none to work on, the next one is still in time (W10); and so is
    the day on which the review opens, wherever an advert promises a day before its own closing.
    """
    return end_of_london_day(on_or_next_working_day(max(latest_on, london_date(opens_at))))


def open_review(review: Round | None, vacancy: str, now: datetime) -> Opened | Parked | Ignored:
    """Open a review by the present timetable, whatever timetable the timer was set by (W3, W4)."""
    if review is None:
        return Parked(VacancyTimetabled, vacancy)
    if review.opened_at is not None:
        return Ignored("already open")
    if now < review.opens_at:
        return Ignored("the timetable has moved to a later day")
    return Opened()


def accept(  # noqa: PLR0911 - a line each
    decided: ManagerReviewed, review: Round | None, candidate: Candidate | None, now: datetime
) -> Acceptance:
    """Take a manager's decision about somebody who is in a review that is open (W2).

    Until then it waits. A decision after completion is welcome for somebody still undecided. One
    dated in the future would stand over whatever corrects it, so it is kept for a person.
    """
    if candidate is not None and candidate.vacancy != decided.vacancy:
        return Quarantined("wrong_vacancy", "the application belongs to another vacancy")
    if review is None or review.opened_at is None:
        return Parked(ReviewOpeningDue, decided.vacancy)
    match candidate:
        case Candidate(stage=Stage.WITHDRAWN):
            return Ignored("withdrawn")
        case Candidate(stage=Stage.NOT_ELIGIBLE | Stage.REFUSED):
            # A person may have put it back, and we have not heard of its new stage yet.
            detail = "the application has no eligibility pass (W2)"
            return Quarantined("not_eligible", detail, is_for_now=True)
        case Candidate() if candidate.is_in_review:
            if decided.reviewed_at > now + CLOCK_TOLERANCE:
                return InTheFuture()
            return _supersede(candidate.scorecard, _scorecard(decided), review)
        case _:
            return Parked(ApplicationStageChanged, decided.application)


def _supersede(standing: Scorecard | None, new: Scorecard, review: Round) -> Acceptance:
    """Let managers change their minds until people are told: the latest `reviewed_at` stands."""
    if standing is None:
        return Accepted(new)
    if new == standing:
        return Ignored("the same decision again")
    if new.reviewed_at < standing.reviewed_at:
        return Ignored("a later decision stands")
    if review.completed_at is not None:
        return Quarantined("already_decided", "the review is complete and people have been told")
    if new.reviewed_at == standing.reviewed_at:
        return Quarantined("decisions_contradict", "two decisions carry the same `reviewed_at`")
    return Accepted(new)


def _scorecard(decided: ManagerReviewed) -> Scorecard:
    return Scorecard(
        reviewer=decided.reviewer,
        decision=decided.decision,
        scores=decided.scores,
        reviewed_at=decided.reviewed_at,
        rationale=decided.rationale,
    )


def chase(
    review: Round | None, tally: Tally, vacancy: str, now: datetime
) -> Overdue | Parked | Ignored:
    """Say once for each promise that a review is late; nobody is rejected for it (W4).

    The promise is when a review commences (W9): it has, once somebody has been decided.
    """
    if review is None:
        return Parked(VacancyTimetabled, vacancy)
    if review.completed_at is not None:
        return Ignored("completed")
    if tally.decided:
        return Ignored("begun")
    if review.overdue_at is not None:
        return Ignored("said before")
    if now < overdue_from(review.latest_on, review.opens_at):
        return Ignored("the timetable has moved to a later day")
    return Overdue(review.version, review.latest_on)


def complete(tally: Tally) -> Completed | Ignored:
    """Complete an open review when everybody who was eligible at its opening is decided (W8).

    Whoever came later gets the same review and does not hold the others up.
    """
    if tally.undecided:
        return Ignored(f"{tally.undecided} undecided")
    return Completed(tally.invited, tally.declined)

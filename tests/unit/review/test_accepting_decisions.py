"""Which decisions of a hiring manager stand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.review.decisions import (
    IN_REVIEW,
    Accepted,
    Candidate,
    Ignored,
    InTheFuture,
    Parked,
    Quarantined,
    Round,
    Scorecard,
    accept,
)
from shared.calendar import CLOCK_TOLERANCE
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.reviews import ManagerDecision, ReviewOpeningDue
from tests.support.builders import APPLICATION, REVIEW_OPENS_AT, VACANCY, manager_reviewed

PLANNED = Round(VACANCY, 1, REVIEW_OPENS_AT, date(2025, 10, 28))
OPEN = replace(PLANNED, opened_at=REVIEW_OPENS_AT)
COMPLETE = replace(OPEN, completed_at=REVIEW_OPENS_AT + timedelta(hours=7))
READY = Candidate(VACANCY, Stage.UNDER_REVIEW)

DECIDED_AT = REVIEW_OPENS_AT + timedelta(hours=1)
NOW = REVIEW_OPENS_AT + timedelta(hours=2)
INVITE = manager_reviewed(reviewed_at=DECIDED_AT)
CARD = Scorecard(
    reviewer=INVITE.reviewer,
    decision=INVITE.decision,
    scores=INVITE.scores,
    reviewed_at=INVITE.reviewed_at,
    rationale=INVITE.rationale,
)
DECIDED = replace(READY, scorecard=CARD)

UNTIL_OPEN = Parked(ReviewOpeningDue, VACANCY)
UNTIL_READY = Parked(ApplicationStageChanged, APPLICATION)


@pytest.mark.parametrize("stage", sorted(IN_REVIEW))
@pytest.mark.parametrize("review", [OPEN, COMPLETE])
def test_W2_a_decision_about_somebody_who_passed_is_accepted(review: Round, stage: Stage) -> None:
    assert accept(INVITE, review, Candidate(VACANCY, stage), NOW) == Accepted(CARD)


@pytest.mark.parametrize("review", [None, PLANNED])
@pytest.mark.parametrize("candidate", [None, READY, DECIDED])
def test_W3_a_decision_waits_until_the_review_is_open(
    review: Round | None, candidate: Candidate | None
) -> None:
    assert accept(INVITE, review, candidate, NOW) == UNTIL_OPEN


@pytest.mark.parametrize(
    ("stage", "verdict"),
    [
        (None, UNTIL_READY),
        (Stage.RECEIVED, UNTIL_READY),
        (Stage.DOCUMENTS_NEEDED, UNTIL_READY),
        (Stage.WITH_A_PERSON, UNTIL_READY),
        (Stage.WITHDRAWN, Ignored("withdrawn")),
        (Stage.NOT_ELIGIBLE, "not_eligible"),
        (Stage.REFUSED, "not_eligible"),
    ],
)
def test_W2_there_is_no_decision_without_an_eligibility_pass(
    stage: Stage | None, verdict: Parked | Ignored | str
) -> None:
    candidate = None if stage is None else Candidate(VACANCY, stage)
    got = accept(INVITE, OPEN, candidate, NOW)
    assert (got.reason if isinstance(got, Quarantined) else got) == verdict


def test_W2_every_stage_is_either_in_review_or_never_decided() -> None:
    for stage in Stage:
        verdict = accept(INVITE, OPEN, Candidate(VACANCY, stage), NOW)
        assert isinstance(verdict, Accepted) == (stage in IN_REVIEW)


def test_W2_W8_whose_new_documents_are_looked_at_has_passed_and_may_be_decided() -> None:
    checked_anew = Candidate(VACANCY, Stage.RECEIVED, is_counted=True)
    assert accept(INVITE, OPEN, checked_anew, NOW) == Accepted(CARD)


@pytest.mark.parametrize("standing", [READY, DECIDED])
def test_a_decision_dated_in_the_future_goes_to_a_person_and_binds_nobody(
    standing: Candidate,
) -> None:
    limit = NOW + CLOCK_TOLERANCE
    verdict = accept(manager_reviewed(reviewed_at=limit), OPEN, standing, NOW)
    assert isinstance(verdict, Accepted)
    ahead = manager_reviewed(reviewed_at=limit + timedelta(seconds=1))
    assert accept(ahead, OPEN, standing, NOW) == InTheFuture()


def test_a_decision_that_names_another_vacancy_goes_to_a_person() -> None:
    elsewhere = Candidate("another", Stage.UNDER_REVIEW)
    for review in (None, PLANNED, OPEN):
        verdict = accept(INVITE, review, elsewhere, NOW)
        assert isinstance(verdict, Quarantined)
        assert verdict.reason == "wrong_vacancy"


@pytest.mark.parametrize("review", [OPEN, COMPLETE])
def test_the_same_decision_again_changes_nothing(review: Round) -> None:
    assert accept(INVITE, review, DECIDED, NOW) == Ignored("the same decision again")


def test_a_manager_may_change_their_mind_until_the_review_is_complete() -> None:
    decline = manager_reviewed(
        decision=ManagerDecision.DECLINE, reviewed_at=DECIDED_AT + timedelta(minutes=1)
    )
    verdict = accept(decline, OPEN, DECIDED, NOW)
    assert isinstance(verdict, Accepted)
    assert verdict.scorecard.decision is ManagerDecision.DECLINE


@pytest.mark.parametrize("review", [OPEN, COMPLETE])
def test_an_earlier_decision_that_arrives_later_does_not_stand(review: Round) -> None:
    earlier = manager_reviewed(
        decision=ManagerDecision.DECLINE, reviewed_at=DECIDED_AT - timedelta(minutes=1)
    )
    assert accept(earlier, review, DECIDED, NOW) == Ignored("a later decision stands")


@pytest.mark.parametrize(
    ("review", "minutes_later", "reason"),
    [
        (COMPLETE, 1, "already_decided"),
        (COMPLETE, 0, "already_decided"),
        (OPEN, 0, "decisions_contradict"),
    ],
)
def test_a_second_decision_that_cannot_stand_goes_to_a_person(
    review: Round, minutes_later: int, reason: str
) -> None:
    second = manager_reviewed(
        decision=ManagerDecision.DECLINE,
        reviewed_at=DECIDED_AT + timedelta(minutes=minutes_later),
    )
    verdict = accept(second, review, DECIDED, NOW)
    assert isinstance(verdict, Quarantined)
    assert verdict.reason == reason


def test_a_rationale_is_not_in_what_errors_and_logs_would_show() -> None:
    assert INVITE.rationale not in repr(Accepted(CARD))
    assert INVITE.rationale not in repr(accept(INVITE, COMPLETE, DECIDED, NOW))

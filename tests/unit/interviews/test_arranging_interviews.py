"""What a change of stage means for somebody's interview."""

from datetime import timedelta

import pytest

from services.interviews.decisions import (
    Appointment,
    Arrangement,
    Cancelled,
    Candidate,
    Ignored,
    Invited,
    Parked,
    Vacancy,
    arrange,
)
from shared.contracts.applications import Stage
from shared.contracts.reviews import ReviewCompleted
from shared.contracts.vacancies import VacancyTimetabled
from tests.support.build_interviews import appointment, interviewing_vacancy
from tests.support.builders import APPLICATION, INTERVIEW_AT, REVIEW_COMPLETED_AT, stage_changed

VACANCY = interviewing_vacancy()
UNREVIEWED = interviewing_vacancy(review_completed_at=None)
BOOKED = appointment()
CANCELLED = appointment(sequence=1, is_booked=False)
EXPECTED = {Stage.INVITED, Stage.INTERVIEW_BOOKED}
HAS_LEFT = sorted(set(Stage) - EXPECTED)


def arranged(
    stage: Stage,
    held: Appointment | None = None,
    *,
    sequence: int = 5,
    vacancy: Vacancy | None = VACANCY,
) -> Arrangement:
    change = stage_changed(stage=stage, sequence=sequence)
    return arrange(change, Candidate(4, held), vacancy, REVIEW_COMPLETED_AT)


def test_W7_whoever_is_invited_is_given_a_slot() -> None:
    assert arranged(Stage.INVITED) == Invited(APPLICATION, sequence=0)


def test_W7_somebody_never_heard_of_is_given_a_slot_too() -> None:
    change = stage_changed(stage=Stage.INVITED, sequence=5)
    assert arrange(change, None, VACANCY, REVIEW_COMPLETED_AT) == Invited(APPLICATION, sequence=0)


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.INVITED}))
def test_W7_nobody_else_is_given_a_slot(stage: Stage) -> None:
    assert arranged(stage) == Ignored("not invited")


@pytest.mark.parametrize(
    ("vacancy", "parent"), [(None, VacancyTimetabled), (UNREVIEWED, ReviewCompleted)]
)
def test_W8_an_invitation_waits_until_the_day_it_counts_from_is_known(
    vacancy: Vacancy | None, parent: type[VacancyTimetabled | ReviewCompleted]
) -> None:
    assert arranged(Stage.INVITED, vacancy=vacancy) == Parked(parent)


@pytest.mark.parametrize("stage", sorted(EXPECTED))
def test_G13_nobody_who_has_an_interview_is_given_another(stage: Stage) -> None:
    assert arranged(stage, BOOKED) == Ignored("has an interview")


@pytest.mark.parametrize("stage", HAS_LEFT)
def test_the_interview_of_whoever_is_no_longer_invited_is_cancelled(stage: Stage) -> None:
    assert arranged(stage, BOOKED) == Cancelled(appointment(sequence=1, is_booked=False))


@pytest.mark.parametrize("stage", HAS_LEFT)
def test_an_interview_is_cancelled_once(stage: Stage) -> None:
    assert arranged(stage, CANCELLED) == Ignored("not invited")


@pytest.mark.parametrize("begun", [timedelta(), timedelta(days=3)])
def test_an_interview_that_has_begun_is_not_cancelled(begun: timedelta) -> None:
    change = stage_changed(stage=Stage.WITHDRAWN, sequence=7)
    verdict = arrange(change, Candidate(6, BOOKED), VACANCY, INTERVIEW_AT + begun)
    assert verdict == Ignored("the interview had begun")


def test_a_new_interview_after_a_cancelled_one_continues_its_sequence() -> None:
    assert arranged(Stage.INVITED, CANCELLED) == Invited(APPLICATION, sequence=2)


@pytest.mark.parametrize("stage", sorted(Stage))
@pytest.mark.parametrize("held", [None, BOOKED, CANCELLED])
@pytest.mark.parametrize("sequence", [1, 4])
def test_an_older_stage_that_arrives_later_changes_nothing(
    stage: Stage, held: Appointment | None, sequence: int
) -> None:
    assert arranged(stage, held, sequence=sequence) == Ignored("a later stage is known")

"""A rejection is told once, after its hold and in working hours; so is what corrects it."""

from datetime import UTC, datetime

import pytest

from services.notifications.decisions import (
    Ignored,
    Message,
    Standing,
    Tell,
    tell_correction,
    tell_rejection,
    tell_stage,
)
from services.notifications.hours import in_its_hours
from shared.contracts.applications import Stage
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.notifications import MessageKind, RejectionLetterDue
from tests.support.build_standings import known, letters_of
from tests.support.builders import APPLICATION, NOW, VACANCY, stage_changed

ABOUT = {"application": APPLICATION, "vacancy": VACANCY}
CORRECTED = Message(MessageKind.REJECTION_CORRECTED, 2)


def due(sequence: int) -> RejectionLetterDue:
    return RejectionLetterDue(**ABOUT, sequence=sequence)


def corrected(standing: Standing, *, is_rejected: bool = False):
    change = RejectionCorrected(**ABOUT, number=2)
    return letters_of(tell_correction(change, standing, is_rejected=is_rejected, now=NOW))


def test_E21_a_corrected_rejection_is_told_once_and_only_to_whom_the_rejection_was_told():
    letter = Message(MessageKind.NOT_ELIGIBLE, 2)
    assert corrected(known()) == Ignored("the rejection was never told")
    assert corrected(known(letter)) == (CORRECTED,)
    again = Ignored("told already, or a later correction is known")
    assert corrected(known(letter, CORRECTED)) == again
    assert corrected(known(letter, Message(MessageKind.REJECTION_CORRECTED, 3))) == again


TOLD, WAITS = Message(MessageKind.NOT_ELIGIBLE, 2), Message(MessageKind.NOT_ELIGIBLE, 4)
ITS_OWN_LETTER = Ignored("the letter of the rejection tells it")


@pytest.mark.parametrize(
    ("planned", "overtaken", "is_rejected", "expected"),
    [
        ((WAITS,), (), False, ITS_OWN_LETTER),  # or it does not go: nobody was told anything
        ((TOLD, WAITS), (TOLD,), False, ITS_OWN_LETTER),
        ((TOLD, WAITS), (), True, ITS_OWN_LETTER),
        ((TOLD, WAITS), (), False, (CORRECTED,)),
    ],
)
def test_E21_a_rejection_told_before_the_one_whose_letter_waits_is_taken_back(
    planned, overtaken, is_rejected, expected
):
    standing = known(*planned, overtaken=overtaken, waiting={WAITS})
    assert corrected(standing, is_rejected=is_rejected) == expected


CHECK = Message(MessageKind.PERSON_IS_CHECKING, 3)


@pytest.mark.parametrize(
    ("planned", "is_ended"), [((TOLD, CHECK), True), ((TOLD, CHECK, WAITS), False)]
)
def test_E21_the_end_of_a_check_that_was_overtaken_is_planned_as_it_may_take_a_rejection_back(
    planned, is_ended
):
    standing = known(*planned, stage=Stage.RECEIVED, overtaken={CHECK})
    ready = stage_changed(stage=Stage.READY_FOR_REVIEW, sequence=6)
    end = (Message(MessageKind.PERSON_HAS_CHECKED, 3),)
    told = letters_of(tell_stage(ready, standing, hold_hours=24, now=NOW))
    assert told == (end if is_ended else Ignored("nothing new to tell"))


@pytest.mark.parametrize(
    ("utc", "letter"),
    [
        ("2025-10-20T12:00", "2025-10-20T12:00"),  # Monday 1pm in London: now
        ("2025-10-20T08:00", "2025-10-20T08:00"),  # 9am sharp, BST
        ("2025-10-20T07:59", "2025-10-20T08:00"),  # before 9am: at 9am
        ("2025-10-20T15:59", "2025-10-20T15:59"),  # 4:59pm
        ("2025-10-20T16:00", "2025-10-21T08:00"),  # 5pm: tomorrow
        ("2025-10-24T16:00", "2025-10-27T09:00"),  # Friday 5pm: Monday, and GMT by then
        ("2025-10-25T11:00", "2025-10-27T09:00"),  # Saturday
        ("2025-12-24T18:00", "2025-12-29T09:00"),  # Christmas, Boxing Day, a weekend
    ],
)
def test_letters_of_rejection_go_in_londons_working_hours(utc, letter):
    instant, expected = (datetime.fromisoformat(f"{text}:00+00:00") for text in (utc, letter))
    assert in_its_hours(MessageKind.NOT_ELIGIBLE, instant) == expected


def test_after_the_hold_the_rejection_is_told_if_the_application_is_still_not_eligible():
    standing = known(sequence=2, stage=Stage.NOT_ELIGIBLE)
    letter = Message(MessageKind.NOT_ELIGIBLE, 2)
    assert tell_rejection(due(2), standing, now=NOW) == Tell({letter: NOW})
    again = known(letter, sequence=2, stage=Stage.NOT_ELIGIBLE)
    assert tell_rejection(due(2), again, now=NOW) == Ignored("told already")


def test_E20_whoever_is_reinstated_and_rejected_again_is_told_again_after_a_hold_of_its_own():
    told_once = known(Message(MessageKind.NOT_ELIGIBLE, 2), sequence=4, stage=Stage.NOT_ELIGIBLE)
    assert tell_rejection(due(2), told_once, now=NOW) == Ignored("the rejection was stopped")
    letter = Message(MessageKind.NOT_ELIGIBLE, 4)
    assert tell_rejection(due(4), told_once, now=NOW) == Tell({letter: NOW})


@pytest.mark.parametrize("stage", [None, *(set(Stage) - {Stage.NOT_ELIGIBLE})])
def test_a_rejection_that_somebody_stopped_is_never_told(stage):
    standing = Standing(3, stage)
    assert tell_rejection(due(3), standing, now=NOW) == Ignored("the rejection was stopped")


def test_a_timer_that_fires_late_at_night_waits_for_the_morning():
    night = datetime(2025, 10, 20, 23, 0, tzinfo=UTC)
    verdict = tell_rejection(due(1), known(stage=Stage.NOT_ELIGIBLE), now=night)
    assert isinstance(verdict, Tell)
    assert [*verdict.messages.values()] == [datetime(2025, 10, 21, 8, 0, tzinfo=UTC)]


DECLINED, INVITED = Message(MessageKind.NOT_SUCCESSFUL), Message(MessageKind.INVITATION)


@pytest.mark.parametrize(
    ("planned", "overtaken", "is_told"),
    [
        ((DECLINED,), set(), False),
        ((INVITED, DECLINED), set(), False),
        ((DECLINED, INVITED), set(), True),
        ((DECLINED,), {DECLINED}, True),
    ],
)
def test_W7_whom_a_manager_has_declined_is_not_rejected_again_by_a_machine(
    planned, overtaken, is_told
):
    standing = known(*planned, sequence=6, stage=Stage.NOT_ELIGIBLE, overtaken=overtaken)
    letter = Message(MessageKind.NOT_ELIGIBLE, 6)
    expected = Tell({letter: NOW}) if is_told else Ignored("the outcome was told")
    assert tell_rejection(due(6), standing, now=NOW) == expected

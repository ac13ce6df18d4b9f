"""What is told when: every stage, any order, and the hold of a rejection."""

from datetime import UTC, date, datetime

import pytest

from services.notifications.decisions import (
    Ignored,
    Message,
    Standing,
    Tell,
    in_office_hours,
    is_overtaken,
    tell_challenge,
    tell_correction,
    tell_interview,
    tell_rejection,
    tell_stage,
)
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeReceived, ChallengeSettled
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.notifications import MessageKind
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    interview_booked,
    interview_cancelled,
    stage_changed,
)

ACKNOWLEDGED = Message(MessageKind.ACKNOWLEDGEMENT)
PROBLEM_1 = Message(MessageKind.DOCUMENTS_PROBLEM, 1)
PROBLEM_2 = Message(MessageKind.DOCUMENTS_PROBLEM, 2)
IN_ORDER_2 = Message(MessageKind.DOCUMENTS_IN_ORDER, 2)


ABOUT = {"application": APPLICATION, "vacancy": VACANCY, "challenged_at": NOW}


def received(number: int) -> ChallengeReceived:
    return ChallengeReceived(**ABOUT, number=number, decide_by=date(2025, 11, 3), is_late=False)


CORRECTED = Message(MessageKind.REJECTION_CORRECTED, 2)


def corrected(standing: Standing):
    change = RejectionCorrected(**{k: ABOUT[k] for k in ("application", "vacancy")}, number=2)
    verdict = tell_correction(change, standing, now=NOW)
    return verdict.messages if isinstance(verdict, Tell) else verdict


def test_E21_a_corrected_rejection_is_told_once_and_only_to_whom_the_rejection_was_told():
    letter = Message(MessageKind.NOT_ELIGIBLE, 2)
    assert corrected(known()) == Ignored("the rejection was never told")
    assert corrected(known(letter)) == (CORRECTED,)
    again = Ignored("told already, or a later correction is known")
    assert corrected(known(letter, CORRECTED)) == again
    assert corrected(known(letter, Message(MessageKind.REJECTION_CORRECTED, 3))) == again


def test_E21_a_corrected_rejection_is_overtaken_by_a_withdrawal_alone():
    overtaken = {s for s in Stage if is_overtaken(MessageKind.REJECTION_CORRECTED, s)}
    assert overtaken == {Stage.WITHDRAWN, Stage.REFUSED}


def settled(number: int, outcome: ChallengeOutcome) -> ChallengeSettled:
    return ChallengeSettled(**ABOUT, number=number, outcome=outcome)


def known(*planned: Message, sequence: int = 1, stage: Stage = Stage.RECEIVED) -> Standing:
    return Standing(sequence, stage, frozenset({ACKNOWLEDGED, *planned}))


def told(stage: Stage, standing: Standing, sequence: int = 2, documents_version: int = 1):
    change = stage_changed(stage=stage, sequence=sequence, documents_version=documents_version)
    verdict = tell_stage(change, standing, hold_hours=24, now=NOW)
    return verdict.messages if isinstance(verdict, Tell) else verdict


@pytest.mark.parametrize("stage", set(Stage) - {Stage.REFUSED})
def test_N1_whoever_was_accepted_gets_an_acknowledgement_at_their_first_stage(stage):
    assert ACKNOWLEDGED in told(stage, Standing(), sequence=1)


def test_C3_whoever_came_too_late_is_told_so_and_gets_no_acknowledgement():
    assert told(Stage.REFUSED, Standing(), sequence=1) == (Message(MessageKind.SUBMITTED_LATE),)


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        (Stage.DOCUMENTS_NEEDED, PROBLEM_1),
        (Stage.WITH_A_PERSON, Message(MessageKind.PERSON_IS_CHECKING, 2)),
        (Stage.INVITED, Message(MessageKind.INVITATION)),
        (Stage.INTERVIEW_BOOKED, Message(MessageKind.INVITATION)),
        (Stage.NOT_SUCCESSFUL, Message(MessageKind.NOT_SUCCESSFUL)),
        (Stage.REFUSED, Message(MessageKind.SUBMITTED_LATE)),
        (Stage.WITHDRAWN, Message(MessageKind.WITHDRAWAL)),
    ],
)
def test_N1_a_stage_that_matters_to_the_candidate_is_told_once(stage, message):
    assert told(stage, known()) == (message,)
    assert told(stage, known(message)) == Ignored("nothing new to tell")


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW])
def test_a_stage_that_needs_nothing_of_the_candidate_is_not_told(stage):
    assert told(stage, known()) == Ignored("nothing new to tell")


@pytest.mark.parametrize("stage", [Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW])
def test_D8_whoever_was_told_of_a_problem_is_told_that_it_is_over(stage):
    assert told(stage, known(PROBLEM_1), documents_version=2) == (IN_ORDER_2,)


CHECKING = Message(MessageKind.PERSON_IS_CHECKING)
HAS_CHECKED = Message(MessageKind.PERSON_HAS_CHECKED)
CHECKING_4 = Message(MessageKind.PERSON_IS_CHECKING, 4)
HAS_CHECKED_4 = Message(MessageKind.PERSON_HAS_CHECKED, 4)
NOTHING_NEW = Ignored("nothing new to tell")


@pytest.mark.parametrize("stage", [Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW])
@pytest.mark.parametrize(
    ("previous", "standing", "expected"),
    [
        (Stage.WITH_A_PERSON, known(CHECKING), (HAS_CHECKED,)),
        (Stage.RECEIVED, known(CHECKING), (HAS_CHECKED,)),  # cleared before the documents were
        (Stage.WITH_A_PERSON, known(CHECKING, HAS_CHECKED), NOTHING_NEW),
        (Stage.WITH_A_PERSON, known(CHECKING, HAS_CHECKED, CHECKING_4), (HAS_CHECKED_4,)),
        (Stage.WITH_A_PERSON, known(), NOTHING_NEW),
        (Stage.READY_FOR_REVIEW, known(CHECKING), NOTHING_NEW),  # a review opens
        (Stage.NOT_ELIGIBLE, known(CHECKING), NOTHING_NEW),  # told by the challenge's own letter
        (Stage.DOCUMENTS_NEEDED, known(CHECKING, PROBLEM_1), (IN_ORDER_2,)),
    ],
)
def test_N1_whoever_was_told_that_a_person_is_checking_is_told_once_that_it_is_over(
    stage, previous, standing, expected
):
    change = stage_changed(stage=stage, previous=previous, sequence=2, documents_version=2)
    verdict = tell_stage(change, standing, hold_hours=24, now=NOW)
    assert (verdict.messages if isinstance(verdict, Tell) else verdict) == expected


def test_N1_a_check_that_begins_again_after_its_end_was_told_is_told_again():
    assert told(Stage.WITH_A_PERSON, known(CHECKING), sequence=4) == NOTHING_NEW
    assert told(Stage.WITH_A_PERSON, known(CHECKING, HAS_CHECKED), sequence=4) == (CHECKING_4,)


def test_D8_a_problem_is_told_again_for_each_version_of_the_documents():
    standing = known(PROBLEM_1)
    assert told(Stage.DOCUMENTS_NEEDED, standing, documents_version=2) == (PROBLEM_2,)


def test_D8_an_end_of_a_problem_is_told_once_for_each_problem():
    over = known(PROBLEM_1, IN_ORDER_2)
    assert told(Stage.UNDER_REVIEW, over, documents_version=2) == Ignored("nothing new to tell")
    again = known(PROBLEM_1, IN_ORDER_2, Message(MessageKind.DOCUMENTS_PROBLEM, 3))
    expected = (Message(MessageKind.DOCUMENTS_IN_ORDER, 4),)
    assert told(Stage.READY_FOR_REVIEW, again, documents_version=4) == expected


@pytest.mark.parametrize("stage", set(Stage) - {Stage.REFUSED})
def test_a_stage_that_comes_after_a_later_one_tells_only_the_acknowledgement(stage):
    unknown = Standing(last_sequence=5, stage=Stage.NOT_ELIGIBLE)
    assert told(stage, unknown, sequence=4) == (ACKNOWLEDGED,)
    standing = known(sequence=5, stage=Stage.NOT_ELIGIBLE)
    assert told(stage, standing, sequence=4) == Ignored("a later stage is known")


@pytest.mark.parametrize(
    ("hold_hours", "until"),
    [
        (24, datetime(2025, 10, 21, 12, 0, tzinfo=UTC)),
        (48, datetime(2025, 10, 22, 12, 0, tzinfo=UTC)),
        (0, NOW),
        (6, datetime(2025, 10, 21, 8, 0, tzinfo=UTC)),  # 7pm in London: the next morning
    ],
)
def test_a_rejection_is_held_as_long_as_the_employer_says_and_tells_nothing_yet(hold_hours, until):
    change = stage_changed(stage=Stage.NOT_ELIGIBLE, sequence=2)
    verdict = tell_stage(change, known(), hold_hours=hold_hours, now=NOW)
    assert verdict == Tell((), NOW, hold_until=until)


def test_a_rejection_that_comes_after_a_later_stage_is_not_held():
    standing = known(sequence=5, stage=Stage.READY_FOR_REVIEW)
    assert told(Stage.NOT_ELIGIBLE, standing, sequence=4) == Ignored("a later stage is known")


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
    assert in_office_hours(instant) == expected


def test_after_the_hold_the_rejection_is_told_if_the_application_is_still_not_eligible():
    standing = known(sequence=2, stage=Stage.NOT_ELIGIBLE)
    letter = Message(MessageKind.NOT_ELIGIBLE, 2)
    assert tell_rejection(standing, 2, now=NOW) == Tell((letter,), NOW)
    again = known(letter, sequence=2, stage=Stage.NOT_ELIGIBLE)
    assert tell_rejection(again, 2, now=NOW) == Ignored("told already")


def test_E20_whoever_is_reinstated_and_rejected_again_is_told_again_after_a_hold_of_its_own():
    told_once = known(Message(MessageKind.NOT_ELIGIBLE, 2), sequence=4, stage=Stage.NOT_ELIGIBLE)
    assert tell_rejection(told_once, 2, now=NOW) == Ignored("the rejection was stopped")
    letter = Message(MessageKind.NOT_ELIGIBLE, 4)
    assert tell_rejection(told_once, 4, now=NOW) == Tell((letter,), NOW)


@pytest.mark.parametrize(
    ("news", "kind"),
    [
        (received(1), MessageKind.CHALLENGE_RECEIVED),
        (settled(1, ChallengeOutcome.UPHELD), MessageKind.CHALLENGE_UPHELD),
        (settled(1, ChallengeOutcome.DISMISSED), MessageKind.CHALLENGE_DISMISSED),
    ],
)
def test_E20_N1_a_challenge_is_told_when_it_comes_and_when_it_is_decided_once(news, kind):
    message = Message(kind, 1)
    assert tell_challenge(news, known(), now=NOW) == Tell((message,), NOW)
    assert tell_challenge(news, known(message), now=NOW) == Ignored("told already")
    second = Message(kind, 2)
    again = news.model_copy(update={"number": 2})
    assert tell_challenge(again, known(message), now=NOW) == Tell((second,), NOW)


@pytest.mark.parametrize("stage", [None, *(set(Stage) - {Stage.NOT_ELIGIBLE})])
def test_a_rejection_that_somebody_stopped_is_never_told(stage):
    standing = Standing(3, stage, frozenset())
    assert tell_rejection(standing, 3, now=NOW) == Ignored("the rejection was stopped")


def test_a_timer_that_fires_late_at_night_waits_for_the_morning():
    night = datetime(2025, 10, 20, 23, 0, tzinfo=UTC)
    verdict = tell_rejection(known(stage=Stage.NOT_ELIGIBLE), 1, now=night)
    assert isinstance(verdict, Tell)
    assert verdict.send_after == datetime(2025, 10, 21, 8, 0, tzinfo=UTC)


def test_each_change_of_an_interview_is_one_message():
    booked = Message(MessageKind.INTERVIEW_BOOKING, 1)
    cancelled = Message(MessageKind.INTERVIEW_CANCELLATION, 2)
    assert tell_interview(interview_booked(), known(), now=NOW) == Tell((booked,), NOW)
    assert tell_interview(interview_booked(), known(booked), now=NOW) == Ignored("told already")
    verdict = tell_interview(interview_cancelled(), known(booked), now=NOW)
    assert verdict == Tell((cancelled,), NOW)


def test_a_booking_heard_after_its_cancellation_is_not_told():
    cancelled = Message(MessageKind.INTERVIEW_CANCELLATION, 2)
    verdict = tell_interview(interview_booked(sequence=0), known(cancelled), now=NOW)
    assert verdict == Ignored("a later change of the interview is known")


def test_a_cancellation_heard_after_the_new_booking_is_not_told():
    booked_again = Message(MessageKind.INTERVIEW_BOOKING, 3)
    verdict = tell_interview(interview_cancelled(sequence=1), known(booked_again), now=NOW)
    assert verdict == Ignored("a later change of the interview is known")


@pytest.mark.parametrize(
    ("kind", "stage", "expected"),
    [
        (MessageKind.DOCUMENTS_PROBLEM, Stage.NOT_ELIGIBLE, True),
        (MessageKind.DOCUMENTS_IN_ORDER, Stage.WITHDRAWN, True),
        (MessageKind.PERSON_IS_CHECKING, Stage.NOT_ELIGIBLE, True),
        (MessageKind.PERSON_HAS_CHECKED, Stage.WITH_A_PERSON, True),
        (MessageKind.PERSON_HAS_CHECKED, Stage.NOT_ELIGIBLE, True),
        (MessageKind.PERSON_HAS_CHECKED, Stage.UNDER_REVIEW, False),
        (MessageKind.DOCUMENTS_PROBLEM, Stage.RECEIVED, False),
        (MessageKind.NOT_ELIGIBLE, Stage.READY_FOR_REVIEW, True),
        (MessageKind.NOT_ELIGIBLE, Stage.WITHDRAWN, True),
        (MessageKind.NOT_ELIGIBLE, Stage.NOT_ELIGIBLE, False),
        (MessageKind.NOT_SUCCESSFUL, Stage.INVITED, True),
        (MessageKind.INVITATION, Stage.WITHDRAWN, True),
        (MessageKind.INVITATION, Stage.INTERVIEW_BOOKED, False),
        (MessageKind.ACKNOWLEDGEMENT, Stage.NOT_ELIGIBLE, False),
        (MessageKind.WITHDRAWAL, Stage.WITHDRAWN, False),
        (MessageKind.INTERVIEW_CANCELLATION, Stage.WITHDRAWN, False),
    ],
)
def test_what_is_no_longer_true_when_its_turn_comes_is_not_sent(kind, stage, expected):
    assert is_overtaken(kind, stage) is expected

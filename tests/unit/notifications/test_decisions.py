"""What is told when: every stage, any order, and the hold of a rejection."""

from datetime import UTC, date, datetime

import pytest

from services.notifications.decisions import (
    Ignored,
    Message,
    Standing,
    Tell,
    tell_challenge,
    tell_interview,
    tell_stage,
)
from services.notifications.hours import SETTLING
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeReceived, ChallengeSettled
from shared.contracts.notifications import MessageKind
from tests.support.build_standings import ACKNOWLEDGED, known, letters_of
from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
    interview_booked,
    interview_cancelled,
    stage_changed,
)

PROBLEM_1 = Message(MessageKind.DOCUMENTS_PROBLEM, 1)
PROBLEM_2 = Message(MessageKind.DOCUMENTS_PROBLEM, 2)
IN_ORDER = Message(MessageKind.DOCUMENTS_IN_ORDER)


ABOUT = {"application": APPLICATION, "vacancy": VACANCY, "challenged_at": NOW}


def received(number: int) -> ChallengeReceived:
    return ChallengeReceived(**ABOUT, number=number, decide_by=date(2025, 11, 3), is_late=False)


def settled(number: int, outcome: ChallengeOutcome) -> ChallengeSettled:
    return ChallengeSettled(**ABOUT, number=number, outcome=outcome)


def told(stage: Stage, standing: Standing, sequence: int = 2, documents_version: int = 1):
    change = stage_changed(stage=stage, sequence=sequence, documents_version=documents_version)
    return letters_of(tell_stage(change, standing, hold_hours=24, now=NOW))


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
    assert told(stage, known(PROBLEM_1), documents_version=2) == (IN_ORDER,)


CHECKING = Message(MessageKind.PERSON_IS_CHECKING)
HAS_CHECKED = Message(MessageKind.PERSON_HAS_CHECKED)
REJECTED = Message(MessageKind.NOT_ELIGIBLE, 3)
CHECKING_4 = Message(MessageKind.PERSON_IS_CHECKING, 4)
HAS_CHECKED_4 = Message(MessageKind.PERSON_HAS_CHECKED, 4)
NOTHING_NEW = Ignored("nothing new to tell")


@pytest.mark.parametrize("stage", [Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW])
@pytest.mark.parametrize(
    ("heard", "planned", "expected"),
    [
        (Stage.WITH_A_PERSON, (CHECKING,), (HAS_CHECKED,)),
        (Stage.RECEIVED, (CHECKING,), (HAS_CHECKED,)),  # cleared before the documents were
        (Stage.WITH_A_PERSON, (CHECKING, HAS_CHECKED), NOTHING_NEW),
        (Stage.WITH_A_PERSON, (CHECKING, HAS_CHECKED, CHECKING_4), (HAS_CHECKED_4,)),
        (Stage.WITH_A_PERSON, (), NOTHING_NEW),
        (Stage.READY_FOR_REVIEW, (CHECKING,), NOTHING_NEW),  # a review opens
        (Stage.NOT_ELIGIBLE, (CHECKING,), (HAS_CHECKED,)),  # stopped within the hold
        (Stage.NOT_ELIGIBLE, (CHECKING, REJECTED), NOTHING_NEW),  # told by what reverses it
        (Stage.DOCUMENTS_NEEDED, (CHECKING, PROBLEM_1), (IN_ORDER,)),
        (Stage.RECEIVED, (CHECKING, PROBLEM_1, IN_ORDER), NOTHING_NEW),  # told in one letter
    ],
)
def test_N1_whoever_was_told_that_a_person_is_checking_is_told_once_that_it_is_over(
    stage, heard, planned, expected
):
    assert told(stage, known(*planned, stage=heard), documents_version=2) == expected


@pytest.mark.parametrize("order", [(3, 4), (4, 3)])
def test_N1_the_end_of_a_check_is_told_in_whatever_order_the_two_stages_after_it_come(order):
    stages = {3: Stage.READY_FOR_REVIEW, 4: Stage.UNDER_REVIEW}
    standing, heard = known(CHECKING, sequence=2, stage=Stage.WITH_A_PERSON), []
    for sequence in order:
        previous = stages.get(sequence - 1, Stage.WITH_A_PERSON)
        change = stage_changed(stage=stages[sequence], previous=previous, sequence=sequence)
        verdict = letters_of(tell_stage(change, standing, hold_hours=24, now=NOW))
        heard += [] if isinstance(verdict, Ignored) else verdict
        latest = max(sequence, standing.last_sequence)
        standing = known(CHECKING, *heard, sequence=latest, stage=stages[latest])
    assert heard == [HAS_CHECKED]


def test_N1_a_check_that_begins_again_after_its_end_was_told_is_told_again():
    for since in (HAS_CHECKED, PROBLEM_1, IN_ORDER, REJECTED, Message(MessageKind.INVITATION)):
        assert told(Stage.WITH_A_PERSON, known(CHECKING, since), sequence=4) == (CHECKING_4,)


def test_D8_a_check_that_begins_again_is_planned_to_be_told_as_it_may_find_other_faults():
    assert told(Stage.WITH_A_PERSON, known(CHECKING), sequence=4) == (CHECKING_4,)


def test_N1_a_check_whose_letter_was_overtaken_is_told_when_it_is_true_again():
    standing = known(CHECKING, overtaken={CHECKING})
    assert told(Stage.WITH_A_PERSON, standing, sequence=4) == (CHECKING_4,)


def test_D8_a_problem_is_told_again_for_each_version_of_the_documents():
    standing = known(PROBLEM_1)
    assert told(Stage.DOCUMENTS_NEEDED, standing, documents_version=2) == (PROBLEM_2,)


def test_D8_an_end_of_a_problem_is_told_once_for_each_problem():
    over = known(PROBLEM_1, IN_ORDER)
    assert told(Stage.UNDER_REVIEW, over, documents_version=2) == Ignored("nothing new to tell")
    again = known(PROBLEM_1, IN_ORDER, Message(MessageKind.DOCUMENTS_PROBLEM, 3))
    expected = (Message(MessageKind.DOCUMENTS_IN_ORDER, 2),)
    for version in (4, 2):  # new ones, or at closing those that were in order before
        assert told(Stage.READY_FOR_REVIEW, again, documents_version=version) == expected


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_that_comes_after_a_later_one_tells_nothing(stage):
    standing = known(sequence=5, stage=Stage.NOT_ELIGIBLE)
    assert told(stage, standing, sequence=4) == Ignored("a later stage is known")


DECLINED, INVITED = Message(MessageKind.NOT_SUCCESSFUL), Message(MessageKind.INVITATION)
AGAIN = {DECLINED: Message(DECLINED.kind, 2), INVITED: Message(INVITED.kind, 2)}


@pytest.mark.parametrize(
    ("stage", "first", "other"),
    [(Stage.NOT_SUCCESSFUL, DECLINED, INVITED), (Stage.INVITED, INVITED, DECLINED)],
)
def test_W7_of_decisions_that_take_each_others_place_the_last_is_told(stage, first, other):
    assert told(stage, known(first)) == NOTHING_NEW
    assert told(stage, known(other)) == (first,)
    assert told(stage, known(first, other)) == (AGAIN[first],)
    assert told(stage, known(first, overtaken={first})) == (AGAIN[first],)
    assert told(stage, known(first, other, overtaken={other})) == NOTHING_NEW


def test_W7_whom_a_manager_has_declined_is_not_told_of_a_check_that_leads_to_no_interview():
    assert told(Stage.WITH_A_PERSON, known(DECLINED), sequence=4) == NOTHING_NEW
    assert told(Stage.WITH_A_PERSON, known(DECLINED, INVITED), sequence=4) == (CHECKING_4,)


@pytest.mark.parametrize(
    ("stage", "told_at", "goes_at"),
    [
        (Stage.WITH_A_PERSON, "2025-10-20T12:00", "2025-10-20T12:10"),
        (Stage.INVITED, "2025-10-20T12:00", "2025-10-20T12:10"),
        (Stage.NOT_SUCCESSFUL, "2025-10-20T12:00", "2025-10-20T12:10"),
        (Stage.NOT_SUCCESSFUL, "2025-10-20T15:49", "2025-10-20T15:59"),
        (Stage.NOT_SUCCESSFUL, "2025-10-20T15:50", "2025-10-21T08:00"),  # 5pm: the next morning
        (Stage.NOT_SUCCESSFUL, "2025-10-24T18:00", "2025-10-27T09:00"),  # Friday night: Monday
        (Stage.INVITED, "2025-10-24T18:00", "2025-10-24T18:10"),
    ],
)
def test_D8_W7_what_may_change_in_a_moment_waits_for_that_and_a_refusal_for_working_hours(
    stage, told_at, goes_at
):
    now, expected = (datetime.fromisoformat(f"{at}:00+00:00") for at in (told_at, goes_at))
    verdict = tell_stage(stage_changed(stage=stage), Standing(), hold_hours=24, now=now)
    assert isinstance(verdict, Tell)
    acknowledged_at, decided_at = verdict.messages.values()
    assert (acknowledged_at, decided_at) == (now, expected)


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
    assert verdict == Tell({}, hold_until=until)


def test_G10_a_rejection_in_a_year_of_unknown_bank_holidays_is_held_all_the_same():
    now = datetime(2099, 10, 20, 12, tzinfo=UTC)
    change = stage_changed(stage=Stage.NOT_ELIGIBLE, sequence=2)
    verdict = tell_stage(change, known(), hold_hours=24, now=now)
    assert verdict == Tell({}, hold_until=datetime(2099, 10, 21, 12, tzinfo=UTC))


def test_a_rejection_that_comes_after_a_later_stage_is_not_held():
    standing = known(sequence=5, stage=Stage.READY_FOR_REVIEW)
    assert told(Stage.NOT_ELIGIBLE, standing, sequence=4) == Ignored("a later stage is known")


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
    assert tell_challenge(news, known(), now=NOW) == Tell({message: NOW})
    assert tell_challenge(news, known(message), now=NOW) == Ignored("told already")
    second = Message(kind, 2)
    again = news.model_copy(update={"number": 2})
    assert tell_challenge(again, known(message), now=NOW) == Tell({second: NOW})


@pytest.mark.parametrize(
    ("news", "goes_at"),
    [
        (received(1), "2025-10-24T18:00"),
        (settled(1, ChallengeOutcome.UPHELD), "2025-10-24T18:00"),
        (settled(1, ChallengeOutcome.DISMISSED), "2025-10-27T09:00"),  # Friday night: Monday
    ],
)
def test_E20_that_a_challenge_is_dismissed_waits_for_working_hours(news, goes_at):
    now, expected = (
        datetime.fromisoformat(f"{at}:00+00:00") for at in ("2025-10-24T18:00", goes_at)
    )
    verdict = tell_challenge(news, known(), now=now)
    assert isinstance(verdict, Tell)
    assert [*verdict.messages.values()] == [expected]


def test_each_change_of_an_interview_is_one_message():
    booked = Message(MessageKind.INTERVIEW_BOOKING, 1)
    cancelled = Message(MessageKind.INTERVIEW_CANCELLATION, 2)
    assert tell_interview(interview_booked(), known(), now=NOW) == Tell({booked: NOW + SETTLING})
    assert tell_interview(interview_booked(), known(booked), now=NOW) == Ignored("told already")
    verdict = tell_interview(interview_cancelled(), known(booked), now=NOW)
    assert verdict == Tell({cancelled: NOW})


def test_a_booking_heard_after_its_cancellation_is_not_told():
    cancelled = Message(MessageKind.INTERVIEW_CANCELLATION, 2)
    verdict = tell_interview(interview_booked(sequence=0), known(cancelled), now=NOW)
    assert verdict == Ignored("a later change of the interview is known")


def test_a_cancellation_heard_after_the_new_booking_is_not_told():
    booked_again = Message(MessageKind.INTERVIEW_BOOKING, 3)
    verdict = tell_interview(interview_cancelled(sequence=1), known(booked_again), now=NOW)
    assert verdict == Ignored("a later change of the interview is known")

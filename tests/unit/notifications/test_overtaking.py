"""A letter that waits is overtaken by a stage at which it is untrue, or by another letter."""

import pytest

from services.notifications.overtaking import (
    REPLACED_BY,
    is_overtaken,
    matter_of,
    says_nothing_new,
    takes_back,
)
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import html_of, letter, text_of, written


def test_E21_a_corrected_rejection_is_overtaken_by_a_withdrawal_alone():
    overtaken = {s for s in Stage if is_overtaken(MessageKind.REJECTION_CORRECTED, s)}
    assert overtaken == {Stage.WITHDRAWN, Stage.REFUSED}


@pytest.mark.parametrize(
    ("kind", "stage", "expected"),
    [
        (MessageKind.DOCUMENTS_PROBLEM, Stage.NOT_ELIGIBLE, True),
        (MessageKind.DOCUMENTS_IN_ORDER, Stage.WITHDRAWN, True),
        (MessageKind.PERSON_IS_CHECKING, Stage.NOT_ELIGIBLE, True),
        (MessageKind.PERSON_IS_CHECKING, Stage.READY_FOR_REVIEW, True),
        (MessageKind.PERSON_IS_CHECKING, Stage.WITH_A_PERSON, False),
        (MessageKind.PERSON_HAS_CHECKED, Stage.WITH_A_PERSON, True),
        (MessageKind.PERSON_HAS_CHECKED, Stage.NOT_ELIGIBLE, True),
        (MessageKind.PERSON_HAS_CHECKED, Stage.UNDER_REVIEW, False),
        (MessageKind.DOCUMENTS_PROBLEM, Stage.RECEIVED, False),
        (MessageKind.DOCUMENTS_PROBLEM, Stage.WITH_A_PERSON, True),  # told with the check
        (MessageKind.NOT_ELIGIBLE, Stage.READY_FOR_REVIEW, True),
        (MessageKind.NOT_ELIGIBLE, Stage.WITHDRAWN, True),
        (MessageKind.NOT_ELIGIBLE, Stage.NOT_ELIGIBLE, False),
        (MessageKind.NOT_SUCCESSFUL, Stage.INVITED, True),
        (MessageKind.INVITATION, Stage.WITHDRAWN, True),
        (MessageKind.INVITATION, Stage.INTERVIEW_BOOKED, False),
        (MessageKind.ACKNOWLEDGEMENT, Stage.NOT_ELIGIBLE, False),
        (MessageKind.ACKNOWLEDGEMENT, Stage.REFUSED, True),
        (MessageKind.WITHDRAWAL, Stage.WITHDRAWN, False),
        (MessageKind.INTERVIEW_CANCELLATION, Stage.WITHDRAWN, False),
    ],
)
def test_what_is_no_longer_true_when_its_turn_comes_is_not_sent(kind, stage, expected):
    assert is_overtaken(kind, stage) is expected


@pytest.mark.parametrize(
    ("kind", "told_last", "is_news"),
    [
        (MessageKind.ACKNOWLEDGEMENT, None, True),
        (MessageKind.ACKNOWLEDGEMENT, MessageKind.SUBMITTED_LATE, True),
        (MessageKind.ACKNOWLEDGEMENT, MessageKind.ACKNOWLEDGEMENT, False),
        (MessageKind.SUBMITTED_LATE, MessageKind.SUBMITTED_LATE, False),
        (MessageKind.INVITATION, MessageKind.INVITATION, False),
        (MessageKind.NOT_SUCCESSFUL, MessageKind.INVITATION, True),
        (MessageKind.DOCUMENTS_PROBLEM, MessageKind.DOCUMENTS_PROBLEM, True),
        (MessageKind.DOCUMENTS_IN_ORDER, None, True),  # it stands on its own
        (MessageKind.PERSON_HAS_CHECKED, MessageKind.PERSON_IS_CHECKING, True),
        (MessageKind.PERSON_IS_CHECKING, MessageKind.PERSON_IS_CHECKING, False),
        (MessageKind.PERSON_IS_CHECKING, MessageKind.DOCUMENTS_PROBLEM, True),
        (MessageKind.PERSON_IS_CHECKING, MessageKind.INVITATION, True),
        (MessageKind.PERSON_HAS_CHECKED, None, False),
        (MessageKind.PERSON_HAS_CHECKED, MessageKind.PERSON_HAS_CHECKED, False),
        (MessageKind.INTERVIEW_CANCELLATION, None, False),
        (MessageKind.INTERVIEW_CANCELLATION, MessageKind.INTERVIEW_BOOKING, True),
        (MessageKind.INTERVIEW_BOOKING, MessageKind.INTERVIEW_BOOKING, True),
        (MessageKind.NOT_ELIGIBLE, MessageKind.NOT_ELIGIBLE, True),
        (MessageKind.REJECTION_CORRECTED, None, False),
        (MessageKind.REJECTION_CORRECTED, MessageKind.REJECTION_CORRECTED, True),
        (MessageKind.CHALLENGE_DISMISSED, None, True),
    ],
)
def test_G12_a_letter_that_repeats_or_ends_what_was_not_told_last_says_nothing_new(
    kind, told_last, is_news
):
    assert says_nothing_new(kind, told_last) is not is_news


@pytest.mark.parametrize("kind", MessageKind)
def test_E20_a_letter_takes_back_another_kind_only_and_that_one_was_told(kind):
    taken = {other for other in MessageKind if takes_back(kind, other)}
    assert taken == matter_of(kind) - {kind}
    assert not takes_back(kind, None)


@pytest.mark.parametrize("is_taken_back", [True, False])
def test_E20_a_rejection_after_an_upheld_challenge_takes_the_letter_about_that_back(is_taken_back):
    rejection = letter(MessageKind.NOT_ELIGIBLE, has_told_what_it_takes_back=is_taken_back)
    for body in (text_of(written(rejection)), html_of(written(rejection))):
        said = "This replaces our earlier email about your request." in body
        assert said is is_taken_back


# Where the beginning was not told, its end is needless too; a correction follows what was told.
ENDS = {
    MessageKind.PERSON_HAS_CHECKED,
    MessageKind.INTERVIEW_CANCELLATION,
    MessageKind.REJECTION_CORRECTED,
}


@pytest.mark.parametrize("kind", REPLACED_BY)
def test_no_letter_is_replaced_by_one_that_does_not_stand_on_its_own_but_for_an_end(kind):
    assert not any(says_nothing_new(by, None) for by in set(REPLACED_BY[kind]) - ENDS)

"""Whoever has faulty documents is told that a person decides, or that earlier ones count."""

import pytest

from services.notifications.letters import Problem, why_not
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import AFTER_CLOSING, CV, both_forms, letter
from tests.support.story import NOW

PROBLEMS = letter(MessageKind.DOCUMENTS_PROBLEM).problems
PROMISE = "A computer will not turn you down because of your answers as they are now."
CHECKING = letter(MessageKind.PERSON_IS_CHECKING, problems=PROBLEMS)


def test_C5_whoever_is_faulty_at_closing_is_told_what_was_found_and_that_a_person_decides():
    for text in both_forms(CHECKING, AFTER_CLOSING):
        assert "that a person, not a computer, has to decide." in text
        assert PROMISE in text
        assert "You do not need to do anything now." in text
        assert "There is no personal statement." in text
        assert "It is not a PDF or a Word file." in text
        assert "Applications closed at" in text
        assert "so you cannot replace your documents any more." in text
        assert "Save it as a PDF" not in text
        assert "upload" not in text


def test_D8_whoever_is_checked_before_the_closing_may_put_right_what_was_found():
    for text in both_forms(CHECKING, NOW):
        assert "It is not a PDF or a Word file. Save it as a PDF" in text
        assert "You may be able to help by putting right what we found in your documents" in text
        assert "To put something right, sign in at" in text
        assert "you will not be turned down automatically because of them" in text
        assert "You do not need to do anything" not in text
        assert "closed" not in text


@pytest.mark.parametrize("problems", [PROBLEMS, ()])
def test_C5_nobody_who_is_checked_is_told_that_nothing_need_be_wrong(problems):
    for text in both_forms(letter(MessageKind.PERSON_IS_CHECKING, problems=problems), NOW):
        assert "does not mean that anything is wrong" not in text
        assert ("What we found in your documents" in text) == bool(problems)


@pytest.mark.parametrize(
    ("problems", "told_faults_of", "why"),
    [
        (PROBLEMS, 2, "nothing new"),
        ((), 1, "nothing new"),
        ((), None, "nothing new"),
        (PROBLEMS, None, None),  # told before anything was found
        (PROBLEMS, 1, None),
    ],
)
def test_D8_whoever_knows_of_a_check_is_told_of_it_again_only_with_faults_not_told(
    problems, told_faults_of, why
):
    again = letter(
        MessageKind.PERSON_IS_CHECKING,
        problems=problems,
        documents_version=2,
        told_faults_of=told_faults_of,
        says_nothing_new=True,
    )
    assert why_not(again, NOW) == why


@pytest.mark.parametrize("now", [NOW, AFTER_CLOSING])
def test_E20_who_is_checked_is_promised_only_what_holds_also_if_an_answer_is_corrected(now):
    for one in (CHECKING, letter(MessageKind.PERSON_IS_CHECKING)):
        for text in both_forms(one, now):
            assert PROMISE in text
            assert "answer is corrected, a computer will check your application again." in text
            assert "You will not be turned down automatically." not in text


@pytest.mark.parametrize("is_told", [True, False])
def test_E21_whoever_was_told_a_rejection_is_told_that_it_is_being_looked_at_again(is_told):
    for text in both_forms(letter(MessageKind.PERSON_IS_CHECKING, was_told_rejected=is_told)):
        again = "Our earlier email said that you cannot apply. We are looking at that again."
        assert (again in text) is is_told


@pytest.mark.parametrize(
    ("was_told_rejected", "has_way_back_ahead", "why"),
    [(True, False, None), (True, True, "nothing new"), (False, False, "nothing new")],
)
def test_E21_an_end_of_a_check_is_told_to_whom_nothing_else_takes_the_rejection_back(
    was_told_rejected, has_way_back_ahead, why
):
    end = letter(
        MessageKind.PERSON_HAS_CHECKED,
        was_told_rejected=was_told_rejected,
        has_way_back_ahead=has_way_back_ahead,
        says_nothing_new=True,
    )
    assert why_not(end, NOW) == why
    for text in both_forms(end):
        back = "Our earlier email said that you cannot apply. That no longer holds."
        assert (back in text) is was_told_rejected


def test_D8_whose_earlier_documents_count_is_told_so():
    relief = letter(MessageKind.DOCUMENTS_IN_ORDER, uses_earlier_documents=True)
    for text in both_forms(relief, AFTER_CLOSING):
        assert "There is a problem with the last documents that you sent" in text
        assert "We will use the documents that you sent before, which are in order." in text
        assert "now in order" not in text


def test_D8_whose_last_documents_count_is_told_that_these_are_in_order():
    for text in both_forms(letter(MessageKind.DOCUMENTS_IN_ORDER)):
        assert "are now in order. You do not need to do anything." in text
        assert "sent before" not in text


def test_G20_who_waits_for_a_scan_is_told_of_no_smaller_file_as_if_that_helped_for_certain():
    """With old signatures nothing that a candidate uploads is scanned, however small it is."""
    problems = (Problem(FindingCode.NOT_SCANNED, CV),)
    for text in both_forms(letter(MessageKind.PERSON_IS_CHECKING, problems=problems), NOW):
        assert "You may be able to help by putting right" in text
        assert "If it is a large file, a smaller version may help." in text
        assert "If not, you do not need to change it." in text

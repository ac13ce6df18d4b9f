"""Whoever has faulty documents is told that a person decides, or that earlier ones count."""

import pytest

from shared.contracts.notifications import MessageKind
from tests.support.build_letters import AFTER_CLOSING, both_forms, letter
from tests.support.story import NOW

PROBLEMS = letter(MessageKind.DOCUMENTS_PROBLEM).problems
CHECKING = letter(MessageKind.PERSON_IS_CHECKING, problems=PROBLEMS)


def test_C5_whoever_is_faulty_at_closing_is_told_what_was_found_and_that_a_person_decides():
    for text in both_forms(CHECKING, AFTER_CLOSING):
        assert "A person, not a computer, will make it." in text
        assert "You will not be turned down automatically." in text
        assert "There is no personal statement." in text
        assert "It is not a PDF or a Word file." in text
        assert "Applications closed at" in text
        assert "so you cannot replace your documents any more." in text
        assert "Save it as a PDF" not in text
        assert "upload" not in text


def test_D8_whoever_is_checked_before_the_closing_may_put_right_what_was_found():
    for text in both_forms(CHECKING, NOW):
        assert "It is not a PDF or a Word file. Save it as a PDF" in text
        assert "If you want to put this right yourself, sign in at" in text
        assert "closed" not in text


@pytest.mark.parametrize("problems", [PROBLEMS, ()])
def test_C5_nobody_who_is_checked_is_told_that_nothing_need_be_wrong(problems):
    for text in both_forms(letter(MessageKind.PERSON_IS_CHECKING, problems=problems), NOW):
        assert "does not mean that anything is wrong" not in text
        assert ("What we found in your documents" in text) == bool(problems)


def test_D8_whose_earlier_documents_count_is_told_so():
    relief = letter(MessageKind.DOCUMENTS_IN_ORDER, uses_earlier_documents=True)
    for text in both_forms(relief, AFTER_CLOSING):
        assert "There is a problem with the last documents that you sent" in text
        assert "We use the documents that you sent before, which are in order." in text
        assert "now in order" not in text


def test_D8_whose_last_documents_count_is_told_that_these_are_in_order():
    for text in both_forms(letter(MessageKind.DOCUMENTS_IN_ORDER)):
        assert "are now in order. You do not need to do anything." in text
        assert "sent before" not in text

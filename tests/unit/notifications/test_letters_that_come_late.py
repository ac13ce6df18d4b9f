"""A letter that goes later than planned asks for nothing over and promises no day gone by."""

import re
from datetime import UTC, date, datetime

import pytest

from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import AFTER_CLOSING, both_forms, html_of, letter, written
from tests.support.build_vacancies import vacancy_timetabled
from tests.support.story import NOW

AHEAD = "will not (?:review applications|start) before"


def test_D8_a_problem_told_after_the_closing_asks_for_no_new_documents():
    for text in both_forms(letter(MessageKind.DOCUMENTS_PROBLEM), AFTER_CLOSING):
        assert "Applications closed at" in text
        assert "You do not need to do anything." in text
        assert "It is not a PDF or a Word file." in text
        assert "If you sent documents before that were in order, we will use those." in text
        assert "If not, a person will decide what to do." in text
        assert "You will not be turned down automatically because of it." in text
        for request in ("Please", "Upload", "upload", "Save it", "replace your documents"):
            assert request not in text.replace("Please do not reply", "")


def test_D8_a_problem_told_before_the_closing_asks_for_new_documents_until_then():
    for text in both_forms(letter(MessageKind.DOCUMENTS_PROBLEM), NOW):
        assert "Please replace your documents for Quality Technician by" in text
        assert "Save it as a PDF or as a Word document" in text
        assert "closed" not in text


@pytest.mark.parametrize(
    ("now", "is_ahead"),
    [
        (datetime(2025, 11, 3, 12, tzinfo=UTC), True),
        (datetime(2025, 11, 4, 9, tzinfo=UTC), False),
        (datetime(2025, 11, 20, 9, tzinfo=UTC), False),
    ],
)
def test_W7_an_invitation_names_the_first_day_of_interviews_only_while_it_is_ahead(now, is_ahead):
    for text in both_forms(letter(MessageKind.INVITATION), now):
        assert ("Tuesday 4 November 2025" in text) == is_ahead
        assert "We will send you another email with the day" in text


def test_W10_an_invitation_says_which_working_day_stands_for_a_bank_holiday():
    holiday = vacancy_timetabled(interviews_promised_on=date(2025, 12, 25))
    for text in both_forms(letter(MessageKind.INVITATION, timetable=holiday), NOW):
        assert "Interviews will not start before Thursday 25 December 2025." in text
        assert "the first interviews are on Monday 29 December 2025 at the earliest" in text


@pytest.mark.parametrize(
    "kind",
    [
        MessageKind.ACKNOWLEDGEMENT,
        MessageKind.CLOSING_MOVED,
        MessageKind.DOCUMENTS_IN_ORDER,
        MessageKind.PERSON_HAS_CHECKED,
        MessageKind.PERSON_IS_CHECKING,
    ],
)
def test_W4_a_letter_promises_only_the_days_that_are_ahead(kind):
    for text in both_forms(letter(kind), NOW):
        assert len(re.findall(AHEAD, text.partition("What happens next")[2])) == 2
        assert text.count("We will email you to say whether you are invited") == 1
    for text in both_forms(letter(kind), datetime(2026, 1, 10, 12, tzinfo=UTC)):
        assert not re.search(AHEAD, text.partition("What happens next")[2])
        assert text.count("We will email you to say whether you are invited to an interview.") == 1


@pytest.mark.parametrize("stage", [None, *Stage])
def test_W1_what_is_checked_now_is_said_only_to_whom_it_is(stage):
    checked = "We have checked your application against the eligibility criteria, and we have"
    for text in both_forms(letter(MessageKind.ACKNOWLEDGEMENT, stage=stage)):
        assert ("We are now checking your documents." in text) is (stage is Stage.RECEIVED)
        assert (checked in text) is (stage is Stage.READY_FOR_REVIEW)


@pytest.mark.parametrize(
    ("now", "is_ahead"),
    [
        (datetime(2025, 11, 4, 23, 59, tzinfo=UTC), True),
        (datetime(2025, 11, 5, 0, 0, tzinfo=UTC), False),
    ],
)
def test_W4_no_late_review_is_expected_by_a_day_that_is_past(now, is_ahead):
    for text in both_forms(letter(MessageKind.REVIEW_LATE), now):
        assert "The review should have started by Tuesday 28 October 2025." in text
        assert ("If it has not begun yet, we expect it to start by" in text) is is_ahead


def test_F2_the_paragraphs_of_a_persons_reason_stay_apart():
    reason = letter(MessageKind.CHALLENGE_UPHELD)
    assert '<p class="said">' in html_of(written(reason))
    assert ".said { white-space: pre-line; }" in html_of(written(reason))

"""A person's word on documents that no machine could judge."""

from datetime import timedelta

import pytest

from services.documents.answers import Answered, Early, Ignored, Question, answer
from shared.contracts.checks import DocumentsOutcome
from shared.contracts.referrals import ReferralAnswer
from tests.support.build_people import DECIDED_AT
from tests.support.builders import referral_resolved

COMPLETE, FAULTY, UNCLEAR = (
    DocumentsOutcome.COMPLETE,
    DocumentsOutcome.FAULTY,
    DocumentsOutcome.UNCLEAR,
)
ACCEPT, RETURN = ReferralAnswer.ACCEPT, ReferralAnswer.RETURN


@pytest.mark.parametrize(
    ("found", "given", "expected"),
    [
        (UNCLEAR, ACCEPT, Answered(COMPLETE, 2, ())),
        (UNCLEAR, RETURN, Answered(FAULTY, 1, ())),
        (FAULTY, ACCEPT, Answered(COMPLETE, 2, ())),
    ],
)
def test_C5_D4_D5_a_person_accepts_or_returns(found, given, expected):
    assert answer(referral_resolved(given), Question(found, (), {})) == expected


@pytest.mark.parametrize(
    ("found", "given", "answered"),
    [(COMPLETE, ACCEPT, {}), (FAULTY, RETURN, {}), (UNCLEAR, ACCEPT, {ACCEPT: DECIDED_AT})],
)
def test_an_answer_to_what_is_not_asked_any_more_changes_nothing(found, given, answered):
    assert isinstance(answer(referral_resolved(given), Question(found, (), answered)), Ignored)


def test_C5_accepting_outranks_returning_whichever_was_said_first():
    asked = Question(UNCLEAR, (), {})
    accepted, returned = (answer(referral_resolved(given), asked) for given in (ACCEPT, RETURN))
    assert accepted.revision > returned.revision


def test_of_two_equal_answers_the_earlier_is_kept():
    asked = Question(UNCLEAR, (), {ACCEPT: DECIDED_AT})
    earlier = referral_resolved(ACCEPT, decided_at=DECIDED_AT - timedelta(minutes=1))
    assert isinstance(answer(earlier, asked), Answered)


def test_an_answer_to_what_was_not_inspected_yet_waits():
    assert answer(referral_resolved(ACCEPT), None) == Early()

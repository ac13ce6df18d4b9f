"""Until when a person should answer a question, and what is said after that."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.console.questions import Question
from services.console.referrals import answers_to
from shared.contracts.referrals import ReferralAnswer

LONDON = ZoneInfo("Europe/London")
QUESTION = Question(
    kind="eligibility",
    application="app-1",
    vacancy="v-1",
    reason="anniversary_day",
    since=datetime(2025, 10, 20, 12, tzinfo=LONDON),
    answer_by=date(2025, 10, 27),
    documents_version=None,
    detail="",
)


@pytest.mark.parametrize("last_day", [date(2025, 10, 26), date(2026, 3, 29), date(2025, 10, 27)])
def test_F2_a_question_is_overdue_once_its_last_day_is_over_in_london(last_day):
    """The clocks change on the first two."""
    question = replace(QUESTION, answer_by=last_day)
    evening = datetime(last_day.year, last_day.month, last_day.day, 23, 59, 59, tzinfo=LONDON)
    assert not question.is_overdue(evening)
    midnight = datetime(last_day.year, last_day.month, last_day.day + 1, tzinfo=LONDON)
    assert question.is_overdue(midnight)


def test_F2_a_question_of_an_unknown_employer_is_never_overdue():
    assert not replace(QUESTION, answer_by=None).is_overdue(datetime(2999, 1, 1, tzinfo=LONDON))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "documents"},
        {"since": QUESTION.since + timedelta(microseconds=1)},
        {"documents_version": 3},
    ],
)
def test_F2_a_question_that_is_asked_of_something_else_has_another_token(change: dict[str, Any]):
    assert replace(QUESTION, **change).token != QUESTION.token


def test_F2_a_question_keeps_its_token_until_it_is_another():
    same = replace(QUESTION, since=QUESTION.since.astimezone(UTC), detail="?", answer_by=None)
    assert same.token == QUESTION.token


def test_C5_documents_that_nobody_can_mend_any_more_are_not_returned():
    asked = replace(QUESTION, kind="documents", documents_version=1)
    assert answers_to(asked) == {ReferralAnswer.ACCEPT, ReferralAnswer.RETURN}
    assert answers_to(replace(asked, is_past_mending=True)) == {ReferralAnswer.ACCEPT}

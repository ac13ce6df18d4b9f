"""Whoever comes back after a rejection is told the dates, which may have moved meanwhile."""

from datetime import UTC, datetime

import pytest

from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import AFTER_CLOSING, both_forms, letter
from tests.support.story import NOW

BACK = [letter(MessageKind.CHALLENGE_UPHELD), letter(MessageKind.REJECTION_CORRECTED)]
CLOSING = "Applications close at 11:55pm on Tuesday 21 October 2025 (London time)"
REVIEW = "The hiring manager will not review applications before Tuesday 28 October 2025."
PLACE = "The place of work is Belvedere and Ponton Road."
INTERVIEWS = "Interviews will not start before Tuesday 4 November 2025."


def said(text: str) -> str:
    return text.replace("<strong>", "").replace("</strong>", "")


@pytest.mark.parametrize("back", BACK, ids=lambda back: back.claim.kind)
@pytest.mark.parametrize(
    ("now", "dates"),
    [
        (NOW, {CLOSING, REVIEW, INTERVIEWS}),
        (AFTER_CLOSING, {REVIEW, INTERVIEWS}),
        (datetime(2025, 10, 28, 23, tzinfo=UTC), {REVIEW, INTERVIEWS}),
        (datetime(2025, 10, 29, 9, tzinfo=UTC), {INTERVIEWS}),
        (datetime(2025, 11, 4, 9, tzinfo=UTC), set()),
    ],
)
def test_E20_E21_W12_whoever_is_back_is_told_the_dates_that_are_ahead(back, now, dates):
    for text in map(said, both_forms(back, now)):
        assert {one for one in (CLOSING, REVIEW, INTERVIEWS) if one in text} == dates
        assert PLACE in text
        assert text.count("whether you are invited") == 1


def test_E20_whoever_has_withdrawn_or_stays_rejected_is_told_no_dates():
    barred = letter(MessageKind.NOT_ELIGIBLE).explanation
    for one in (
        letter(MessageKind.CHALLENGE_UPHELD, stage=Stage.WITHDRAWN),
        letter(MessageKind.REJECTION_CORRECTED, explanation=barred),
    ):
        for text in both_forms(one):
            assert "will not" not in text

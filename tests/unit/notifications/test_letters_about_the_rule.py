"""The first day to apply, in a letter of rejection and in one that corrects it (E16, E21)."""

from datetime import date, datetime, timedelta
from email.headerregistry import Address

import pytest

from services.notifications.letters import Explanation
from services.notifications.rendering import Letterhead, compose
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import SENT_AT, letter
from tests.support.builders import CLOSES_AT

LETTERHEAD = Letterhead(Address("Recruitment", addr_spec="a@b.example"), "https://c.example")
STILL_OPEN = "so you can still apply for this role from that day"


def written(one, now: datetime = SENT_AT) -> list[str]:
    """The letter as text and as HTML, each with its words on one line."""
    message = compose(one, LETTERHEAD, now=now)
    bodies = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return [" ".join(body.split()) for body in bodies]


def explained(eligible_from: date | None) -> Explanation:
    return Explanation("You left the Met on ...", date(2025, 10, 1), eligible_from)


@pytest.mark.parametrize(
    ("eligible_from", "now", "is_said"),
    [
        (date(2025, 10, 20), SENT_AT, True),
        (date(2025, 10, 21), SENT_AT, True),  # the day of closing, which is at 23:55
        (date(2025, 10, 22), SENT_AT, False),
        (date(2026, 11, 22), SENT_AT, False),
        (date(2025, 10, 21), CLOSES_AT + timedelta(minutes=1), False),
    ],
)
def test_E16_whoever_may_apply_before_the_closing_is_told_so(eligible_from, now, is_said):
    rejection = letter(MessageKind.NOT_ELIGIBLE, explanation=explained(eligible_from))
    for text in written(rejection, now):
        assert "The first day you may apply for a police staff role in the Met is" in text
        assert (STILL_OPEN in text) == is_said
        assert ("close at 11:55pm on Tuesday 21 October 2025" in text) == is_said


def test_E21_a_corrected_rejection_with_another_date_says_the_new_one_and_how_to_challenge_it():
    corrected = letter(
        MessageKind.REJECTION_CORRECTED, version=2, explanation=explained(date(2026, 11, 22))
    )
    text, _ = written(corrected)
    assert "This takes the place of what we told you before." in text
    assert "You still cannot apply for this role at present." in text
    assert "Sunday 22 November 2026" in text
    assert "challenge this decision, by Monday 17 November 2025" in text
    assert "Your application is back" not in text


def test_E20_whoever_has_withdrawn_is_not_told_that_the_application_is_back():
    for text in written(letter(MessageKind.CHALLENGE_UPHELD, stage=Stage.WITHDRAWN)):
        assert "we have changed it." in text
        assert "You have withdrawn this application, and that stands." in text
        assert "is back" not in text

"""The first day to apply, in a letter of rejection and in one that corrects it (E16, E21)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from email.headerregistry import Address

import pytest

from services.notifications import rendering
from services.notifications.letters import Explanation, why_not, why_not_yet
from services.notifications.rendering import Letterhead, compose
from services.notifications.wording import day
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer
from shared.employers import terms_of
from tests.support.build_letters import SENT_AT, letter
from tests.support.builders import CLOSES_AT

LETTERHEAD = Letterhead(Address("Recruitment", addr_spec="a@b.example"), "https://c.example")
STILL_OPEN = "you can apply for this role. We will judge a new application afresh"


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
def test_E16_whoever_may_apply_before_the_closing_is_told_so_and_that_it_may_move(
    eligible_from, now, is_said
):
    rejection = letter(MessageKind.NOT_ELIGIBLE, explanation=explained(eligible_from))
    for text in written(rejection, now):
        assert "The first day you may apply for a police staff role in the Met is" in text
        assert (STILL_OPEN in text) == is_said
        assert ("At present, applications for Quality Technician close at 11:55pm on" in text) == (
            is_said
        )
        if is_said:
            assert "close at 11:55pm on Tuesday 21 October 2025 (London time)." in text
            assert f"If they are still open on {day(eligible_from)}, you can" in text


def test_E21_a_corrected_rejection_with_another_date_says_the_new_one_and_how_to_challenge_it():
    corrected = letter(
        MessageKind.REJECTION_CORRECTED, version=2, explanation=explained(date(2026, 11, 22))
    )
    text, _ = written(corrected)
    assert "This email replaces what we told you before." in text
    assert "you still cannot apply for this role at present." in text
    assert "Sunday 22 November 2026" in text
    assert "challenge this decision, tell us by Monday 17 November 2025" in text
    assert "Your application is back" not in text


def test_E21_whoever_stays_rejected_without_a_day_is_not_told_to_be_back():
    for text in written(letter(MessageKind.REJECTION_CORRECTED, explanation=explained(None))):
        assert "you still cannot apply for this role at present." in text
        assert "The first day" not in text
        assert "is back" not in text


@pytest.mark.parametrize(
    ("is_rejection", "last_sequence", "why", "waits_for"),
    [
        (True, 3, None, "news"),
        (True, 5, "the rejection has a letter of its own", "news"),
        (False, 3, None, None),
    ],
)
def test_E21_a_correction_tells_no_rejection_by_a_person_but_waits_for_news_of_it(
    is_rejection, last_sequence, *, why, waits_for
):
    decided = replace(explained(date(2026, 11, 22)), is_by_person=True, is_rejection=is_rejection)
    corrected = letter(
        MessageKind.REJECTION_CORRECTED,
        explanation=decided,
        last_sequence=last_sequence,
        told_rejection=3,
    )
    assert (why_not(corrected, SENT_AT), why_not_yet(corrected)) == (why, waits_for)


@pytest.mark.parametrize("is_by_person", [True, False])
def test_E21_F2_a_persons_reason_is_not_told_as_if_it_were_the_working_of_the_rule(is_by_person):
    """A person has answered since that the application goes on."""
    decided = replace(explained(None), is_by_person=is_by_person, is_rejection=False)
    for text in written(letter(MessageKind.REJECTION_CORRECTED, explanation=decided)):
        assert ("Why we decided this" in text) is is_by_person
        assert ("How the rule applies to you" in text) is not is_by_person


def test_E20_whoever_has_withdrawn_is_not_told_that_the_application_is_back():
    for text in written(letter(MessageKind.CHALLENGE_UPHELD, stage=Stage.WITHDRAWN)):
        assert "we have changed it." in text
        assert "You have withdrawn this application, and it stays withdrawn." in text
        assert "is back" not in text


def test_E21_whoever_stays_rejected_after_a_correction_is_told_that_a_person_will_look():
    corrected = letter(MessageKind.REJECTION_CORRECTED, explanation=explained(date(2025, 10, 21)))
    for text in written(corrected):
        assert "This was decided automatically." in text
        assert "A person will look at your application. We aim to decide within 10 " in text
        assert STILL_OPEN in text


@pytest.mark.parametrize(("years", "said"), [(5, "for 5 years from"), (1, "for 1 year from")])
def test_E1_the_letter_tells_the_employers_own_number_of_years(monkeypatch, years, said):
    terms = terms_of(Employer.MET)
    assert terms.early_departure is not None
    rule = terms.early_departure.model_copy(update={"years": years})
    own = terms.model_copy(update={"early_departure": rule})
    monkeypatch.setattr(rendering, "terms_of", lambda _: own)
    for text in written(letter(MessageKind.NOT_ELIGIBLE)):
        assert f"{said} the date you left" in text


@pytest.mark.parametrize("eligible_from", [date(2026, 11, 22), None])
def test_E20_whoever_stays_barred_is_not_welcome_to_apply_for_other_roles(eligible_from):
    dismissed = letter(MessageKind.CHALLENGE_DISMISSED, explanation=explained(eligible_from))
    for text in written(dismissed):
        assert "welcome to apply" not in text
        assert ("still <strong>Sunday 22" in text or "still Sunday 22" in text) == bool(
            eligible_from
        )


def test_E20_whoever_is_not_barred_is_welcome_to_apply_for_other_roles():
    for text in written(letter(MessageKind.CHALLENGE_DISMISSED)):
        assert "You are welcome to apply for other roles with us." in text

"""Letters about what people decided say that people did, and by when."""

from dataclasses import replace
from datetime import date
from email.headerregistry import Address

import pytest
from jinja2 import UndefinedError

from services.notifications import rendering
from services.notifications.letters import Explanation
from services.notifications.rendering import Letterhead, compose
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer
from shared.employers import terms_of
from tests.support.build_letters import AFTER_CLOSING, both_forms, letter
from tests.support.story import NOW

LETTERHEAD = Letterhead(Address("Recruitment", addr_spec="a@b.example"), "https://c.example")


def text(kind: MessageKind, **changes: object) -> str:
    body = compose(letter(kind, **changes), LETTERHEAD, now=NOW).get_body(("plain",))
    assert body is not None
    return body.get_content()


def test_F2_a_persons_rejection_never_says_that_it_was_automatic():
    explained = Explanation(
        "Your last day was later.", date(2025, 10, 20), None, is_by_person=True
    )
    said = text(MessageKind.NOT_ELIGIBLE, explanation=explained)
    assert "This was decided by a person." in said
    assert "Your last day was later." in said
    assert "decided automatically" not in said
    assert "A computer" not in said
    assert "When you may apply" not in said
    assert "challenge this decision" in said
    assert "Another person will look at your application" in said


def test_F2_a_machines_rejection_says_that_it_was_automatic():
    assert "This was decided automatically." in text(MessageKind.NOT_ELIGIBLE)
    assert "decided by a person" not in text(MessageKind.NOT_ELIGIBLE)


def test_F2_E21_a_machines_rejection_after_a_correction_says_what_the_computer_used():
    explanation = letter(MessageKind.NOT_ELIGIBLE).explanation
    assert explanation is not None
    corrected = replace(explanation, is_corrected=True)
    for said in both_forms(letter(MessageKind.NOT_ELIGIBLE, explanation=corrected)):
        assert "This was decided automatically." in said
        assert "A computer used your answers as they were corrected." in said
        assert "You can ask for a person to look at it." in said
        assert "the answers you gave" not in said


def test_E20_the_letter_names_the_employers_own_days(monkeypatch):
    terms = terms_of(Employer.MET).model_copy(
        update={"challenge_days": 14, "challenge_working_days": 5}
    )
    monkeypatch.setattr(rendering, "terms_of", lambda _: terms)
    said = text(MessageKind.NOT_ELIGIBLE)
    assert "by Monday 3 November 2025" in said
    assert "within 5 working days" in said


def test_E20_whoever_challenges_late_is_told_that_it_is_looked_at_all_the_same():
    challenge = letter(MessageKind.CHALLENGE_RECEIVED).challenge
    assert challenge is not None
    late = replace(challenge, is_late=True)
    said = text(MessageKind.CHALLENGE_RECEIVED, challenge=late)
    assert "came after the day we gave you" in said
    assert "will still look at your request" in said


@pytest.mark.parametrize(
    ("now", "told_rejection", "may_return"),
    [(NOW, 0, True), (NOW, 3, False), (AFTER_CLOSING, 0, False)],
)
def test_whoever_has_withdrawn_may_send_a_new_application_while_one_is_taken(
    now, told_rejection, may_return
):
    """Not whom the rule keeps out: for them it would be a false hope."""
    for said in both_forms(letter(MessageKind.WITHDRAWAL, told_rejection=told_rejection), now):
        again = "you can send a new application until 11:55pm on Tuesday 21 October 2025 (London"
        assert (again in said) is may_return


@pytest.mark.parametrize("stage", Stage)
def test_E20_only_whom_a_machine_may_have_rejected_is_promised_a_way_back(stage):
    """Whom a manager has declined, or who was late or has withdrawn, is not."""
    for said in both_forms(letter(MessageKind.CHALLENGE_RECEIVED, stage=stage)):
        assert "A person will look again at our decision" in said
        assert ("where it would have been" in said) is (stage is Stage.NOT_ELIGIBLE)


def test_a_letter_about_an_unknown_challenge_is_not_written():
    with pytest.raises(UndefinedError):
        text(MessageKind.CHALLENGE_UPHELD, challenge=None)


@pytest.mark.parametrize("kind", MessageKind)
def test_names_addresses_and_free_text_are_not_in_what_an_error_would_show_of_a_letter(kind):
    one = letter(kind)
    shown = repr(one)
    private = [one.contact.name, one.contact.email, *(file.name for file in one.files)]
    private += [one.explanation.working] if one.explanation else []
    private += [one.challenge.reason] if one.challenge and one.challenge.reason else []
    assert [text for text in private if text in shown] == []

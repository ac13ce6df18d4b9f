"""Hostile names and addresses, rows C1 to C17 and A36, A37: through the contract into a letter."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services.notifications.rendering import compose
from shared.contracts import ContractViolation, parse
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import LETTERHEAD, contact, letter
from tests.support.hostile_bodies import SUBMITTED, with_email, with_name
from tests.support.story import NOW

KINDS = list(MessageKind)


def is_refused(body: bytes) -> bool:
    try:
        parse(body, SUBMITTED)
    except ContractViolation as violation:
        return violation.reason in {"invalid", "malformed_json"}
    return False


def written_to(name: str = "Ada", email: str = "ada@example.org") -> EmailMessage:
    """What the contract lets through of a candidate, as their mail client parses the letter."""
    for body in (with_name(name), with_email(email)):
        parse(body, SUBMITTED)
    person = contact(name=name, email=email)
    sent = compose(letter(MessageKind.ACKNOWLEDGEMENT, contact=person), LETTERHEAD, now=NOW)
    return message_from_bytes(sent.as_bytes(policy=policy.SMTP), policy=policy.default)


def text(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("name", ["Ann\r\nBcc: x@y.example", "Ann\nBcc: x", "Ann\rX", "\r\n"])
def test_C1_a_name_with_a_line_of_its_own(name):
    assert is_refused(with_name(name))


@pytest.mark.parametrize(
    "email", ["a@x.org, b@evil.example", "a@x.org,b@evil.example", "a@x.org b@y.org"]
)
def test_C2_an_address_that_is_two(email):
    assert is_refused(with_email(email))


@pytest.mark.parametrize(
    "email",
    ['"a b"@x.org', "a;b@x.org", "a(b)@x.org", "a[b]@x.org", "<a@x.org>", "A <a@x.org>",
     "a@x.org.", "a@b@x.org", "a@[127.0.0.1]", "a@127.0.0.1", "a@localhost", "a@x..org",
     "a@-x.org", "a@x-.org", "a@.org", "a@", "@x.org", "a", "", "a:b@x.org", "a\\@x.org"],
)  # fmt: skip
def test_C3_an_address_with_more_than_an_address(email):
    assert is_refused(with_email(email))


def test_C4_spaces_around_an_address_go_and_those_inside_are_refused():
    for space in (" ", "\u00a0", "\u2003", "\u3000"):
        event = parse(with_email(f"{space}ada@x.org{space}"), SUBMITTED)
        assert event.data.candidate.email == "ada@x.org"  # type: ignore[attr-defined]
        assert is_refused(with_email(f"ada{space}b@x.org"))
    for invisible in ("\u200b", "\u2060", "\ufeff", "\u00ad"):
        assert is_refused(with_email(f"ada{invisible}@x.org"))


@pytest.mark.parametrize(
    "email", ["ada@m\u00fcnchen.example", "ad\u00e4@x.org", "a@xn--\u00fc.org"]
)
def test_C5_an_internationalised_address_is_refused(email):
    assert is_refused(with_email(email))


def test_C5_its_written_out_form_is_one_recipient():
    message = written_to(email="ada@xn--mnchen-3ya.example")
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@xn--mnchen-3ya.example"]


@pytest.mark.parametrize(
    "email",
    ["a" * 65 + "@x.org", "a@" + "x" * 64 + ".org", "a" * 60 + "@" + ".".join(["x" * 60] * 5)],
)
def test_C6_an_address_that_is_too_long(email):
    assert is_refused(with_email(email))


@pytest.mark.parametrize("name", ["a\0", "a\u0085b", "a\u2028b", "a\u2029b", "a\x0bb", "a\x0cb"])
def test_C7_control_characters_and_line_ends_in_a_name(name):
    assert is_refused(with_name(name))


def test_C7_a_line_end_written_in_percents_is_text():
    assert "Ann%0aBcc" in text(written_to("Ann%0aBcc: x"))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<img onerror=x>", "</body><b>"])
def test_C8_C9_markup_is_escaped_in_html_and_literal_in_text(name):
    message = written_to(name)
    assert name not in text(message, "html")
    assert "&lt;" in text(message, "html")
    assert name in text(message)


def test_C9_no_name_is_in_the_subject_which_is_one_line():
    subjects = {written_to(name)["Subject"] for name in ("Ada", "<b>", "x" * 200)}
    assert len(subjects) == 1
    assert "\n" not in subjects.pop()


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "{% import os %}", "${7*7}", "((field))", "%(x)s", "{0}"]
)
def test_C10_what_looks_like_a_template_is_text(name):
    message = written_to(name)
    assert name in text(message)
    assert name in text(message, "html")


def test_C11_a_name_of_nothing_visible_is_greeted_without_one():
    assert is_refused(with_name("   "))
    for name in ("\u200b", "\u2060\u200d", "\u202e", "\ufeff"):
        greeted = text(written_to(name)).splitlines()
        assert "Hello," in greeted, greeted


def test_C12_floods_and_scripts_are_cut_and_isolated():
    assert is_refused(with_name("x" * 5_000))
    flooded = text(written_to("a" + "\u0301" * 190))
    assert "\u0301" * 6 not in flooded
    assert "\u2068\u05d0\u05d1\u2069" in text(written_to("\u05d0\u05d1"))
    assert "\U0001f9d1\u200d\U0001f680" in text(written_to("\U0001f9d1\u200d\U0001f680"))


@pytest.mark.parametrize("name", ["https://evil.example", "www.evil.example", "call 0900 123456"])
def test_C13_a_name_that_is_a_message_is_not_greeted(name):
    message = written_to(name)
    assert name not in text(message)
    assert name not in text(message, "html")


@pytest.mark.parametrize("email", ["no-reply@x.org", "all-staff@x.org", "muster@muster.example"])
def test_C14_answering_machines_are_told_not_to_answer(email):
    message = written_to(email=email)
    assert message["Auto-Submitted"] == "auto-generated"
    assert len(message["To"].addresses) == 1


def test_C15_whose_address_it_is_makes_no_difference():
    assert not is_refused(with_email("recruiter@muster.example"))


@pytest.mark.parametrize(
    "name", ["O'Neill", "Smith-Jones", "X", "Cher", "d'Artagnan", "\u00d8", "Ng", "\u674e"]
)
def test_C17_names_of_people_are_accepted_and_greeted(name):
    assert name in text(written_to(name))


@pytest.mark.parametrize("email", ["o'neill@x.org", "a.b+c@x.org", "x@x.co.uk", "_@x.org"])
def test_C17_addresses_of_people_are_accepted(email):
    assert [one.addr_spec for one in written_to(email=email)["To"].addresses] == [email]


def test_A36_a_look_alike_address_is_refused_and_nobody_is_merged_by_address():
    """People are told apart by the reference of their application alone."""
    assert is_refused(with_email("\u0430da@x.org"))  # a Cyrillic a
    assert not is_refused(with_email("ADA@x.org"))


def test_A37_a_name_that_turns_the_words_around_is_shown_without_turning_them():
    for name in ("Ann\u202egnp.exe", "An\u200bn", "\u2066Ann"):
        shown = text(written_to(name)) + text(written_to(name), "html")
        assert not {"\u202e", "\u200b", "\u2066"} & set(shown)

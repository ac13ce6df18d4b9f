"""G21: no name, file name or address changes a message."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.notifications.letters import File
from services.notifications.rendering import compose
from shared.contracts.applications import Email
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import LETTERHEAD, contact, letter
from tests.support.story import NOW

NAMES = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="<>&\"'/={}%$#\r\n\0:;,@.w() ", max_size=60),
    st.sampled_from(["Ann\r\nBcc: x@y", "{{7*7}}", "{% raw %}", "</main></body>", "\u202etxt"]),
)
_LOCAL = st.text(alphabet="abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64)
_DOMAIN = st.from_regex(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,9}[a-z0-9])?\.){1,4}[a-z]{2,9}", fullmatch=True
)
ADDRESSES = st.builds("{}@{}".format, _LOCAL, _DOMAIN)


class Shape(HTMLParser):
    """The tags of a page, without its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(tag)


def received(kind: MessageKind, name: str, file_name: str, email: str) -> EmailMessage:
    """The message as the other side parses it."""
    files = (File(file_name, 1, "c" * 64),)
    person = contact(name=name, email=email)
    message = compose(letter(kind, contact=person, files=files), LETTERHEAD, now=NOW)
    return message_from_bytes(message.as_bytes(policy=policy.SMTP), policy=policy.default)


def shape(message: EmailMessage) -> list[object]:
    body = message.get_body(("html",))
    assert body is not None
    return [tag for tag in Shape(body.get_content()).tags if tag not in [("bdi", []), "bdi"]]


def lines(message: EmailMessage) -> int:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content().count("\n")


def headers(message: EmailMessage) -> list[tuple[str, str]]:
    return [(name, value) for name, value in message.items() if "boundary" not in value]


@cache
def harmless(kind: MessageKind) -> EmailMessage:
    return received(kind, "Ada", "cv.pdf", "ada@example.org")


@pytest.mark.parametrize("kind", MessageKind)
@given(name=NAMES, file_name=NAMES)
@settings(max_examples=30, deadline=None)
def test_G21_no_name_changes_headers_markup_or_lines(kind, name, file_name):
    hostile = received(kind, name, file_name, "ada@example.org")
    assert headers(hostile) == headers(harmless(kind))
    assert shape(hostile) == shape(harmless(kind))
    assert lines(hostile) == lines(harmless(kind))


@given(address=ADDRESSES)
@settings(max_examples=200, deadline=None)
def test_G21_every_address_the_contract_allows_is_one_recipient(address):
    accepted = TypeAdapter(Email).validate_python(address)
    message = received(MessageKind.WITHDRAWAL, "Ada", "cv.pdf", accepted)
    assert len(message["To"].addresses) == 1
    assert len(message.get_all("To")) == 1
    assert {name for name, _ in message.items()} == {
        name for name, _ in harmless(MessageKind.WITHDRAWAL).items()
    }

"""No advert says how to ask for an adjustment, so our letters do."""

from email.headerregistry import Address

import pytest

from services.notifications.rendering import Letterhead, compose
from shared.contracts.notifications import MessageKind
from tests.support.build_letters import letter
from tests.support.story import NOW

LETTERHEAD = Letterhead(
    Address("Recruitment", addr_spec="no-reply@police.example"), "https://careers.example"
)


@pytest.mark.parametrize(
    "kind",
    [MessageKind.ACKNOWLEDGEMENT, MessageKind.INVITATION, MessageKind.INTERVIEW_BOOKING],
)
def test_F1_whoever_has_something_to_do_is_told_how_to_ask_for_an_adjustment(kind):
    body = compose(letter(kind), LETTERHEAD, now=NOW).get_body(("plain",))
    assert "ask for an adjustment" in body.get_content()

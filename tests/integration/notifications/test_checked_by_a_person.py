"""Whoever was told that a person is checking is told when the application goes on (N1)."""

import pytest

from tests.support.builders import (
    declaration_corrected,
    departure,
    documents_checked,
    referral_resolved,
)
from tests.support.way import kinds, send_now, text

DOUBTFUL = declaration_corrected(1, departure("2020-06-03"))
CLEARED = referral_resolved(asked_at=DOUBTFUL.decided_at, decided_at=DOUBTFUL.decided_at)


@pytest.mark.parametrize("are_documents_first", [True, False])
async def test_N1_a_referral_that_is_cleared_is_told_once_the_application_goes_on(
    path, post_office, mailbox, are_documents_first
):
    if are_documents_first:
        await path.inspect(documents_checked())
    await path.go(DOUBTFUL)
    await send_now(post_office)
    for _ in range(2):
        await path.go(CLEARED)
    if not are_documents_first:
        await path.inspect(documents_checked())
    await send_now(post_office)
    assert await kinds(post_office) == [
        "acknowledgement",
        "person_is_checking",
        "person_has_checked",
    ]
    assert "has been checked, and it goes on" in text(mailbox)


async def test_N1_whoever_never_heard_of_the_check_does_not_hear_of_its_end(path, post_office):
    await path.inspect(documents_checked())
    await path.go(DOUBTFUL)
    await post_office.owner.execute("update notifications.message set state = 'refused'")
    await path.go(CLEARED)
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows)["person_has_checked"] == "overtaken"

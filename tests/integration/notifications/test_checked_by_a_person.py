"""Whoever was told that a person is checking is told when the application goes on (N1)."""

import pytest

from tests.support.builders import (
    APPLICATION,
    NOW,
    VACANCY,
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
    assert "has been checked and is going ahead" in text(mailbox)


async def test_N1_whoever_never_heard_of_the_check_does_not_hear_of_its_end(path, post_office):
    await path.inspect(documents_checked())
    await path.go(DOUBTFUL)
    await post_office.owner.execute("update notifications.message set state = 'refused'")
    await path.go(CLEARED)
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows)["person_has_checked"] == "overtaken"


AGAIN = "Our earlier email said that you cannot apply. We are looking at that again."


@pytest.mark.parametrize("is_told", [True, False])
async def test_E21_who_was_told_a_rejection_hears_that_a_person_looks_at_it_again(
    path, post_office, mailbox, is_told
):
    if is_told:
        await path.end_hold()
        await send_now(post_office)
    await path.go(DOUBTFUL)
    await send_now(post_office)
    assert "A person is checking your application" in text(mailbox)
    assert (AGAIN in text(mailbox)) is is_told


async def test_E20_who_was_told_since_that_the_rejection_is_reversed_hears_nothing_of_it(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    await post_office.owner.execute(
        """
        insert into notifications.message (application, vacancy, kind, version, send_after,
            planned_at, state)
        values ($1, $2, 'challenge_upheld', 1, $3, $3, 'sent')
        """,
        APPLICATION,
        VACANCY,
        NOW,
    )
    await path.go(DOUBTFUL)
    await send_now(post_office)
    assert "A person is checking your application" in text(mailbox)
    assert AGAIN not in text(mailbox)

"""Two people answer one challenge differently: one answer is told, or which one replaces it."""

from datetime import timedelta

import pytest

from shared.contracts.challenges import ChallengeOutcome
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import challenge_decided, decision_challenged
from tests.support.way import send_now, text

REPLACES = "This replaces our earlier email about your request."


@pytest.fixture
async def challenged(path, post_office):
    """The rejection has been told and challenged."""
    await path.end_hold()
    await send_now(post_office)
    await path.go(decision_challenged())
    await send_now(post_office)
    return path


def answers(first: ChallengeOutcome) -> tuple:
    """Two answers that contradict each other, in the order in which they were decided."""
    [second] = set(ChallengeOutcome) - {first}
    return (
        challenge_decided(first, rationale="The first reason."),
        challenge_decided(
            second,
            decided_at=CHALLENGED_AT + timedelta(days=4),
            by="recruiter-9",
            rationale="The second reason.",
        ),
    )


async def sent_about_answers(post_office) -> list[str]:
    rows = await post_office.owner.fetch(
        "select kind from notifications.message where state = 'sent'"
        " and kind in ('challenge_upheld', 'challenge_dismissed') order by number"
    )
    return [kind for (kind,) in rows]


@pytest.mark.parametrize("first", ChallengeOutcome)
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0, 0)])
async def test_E20_two_answers_heard_before_a_letter_went_are_told_as_the_one_that_stands(
    challenged, post_office, mailbox, first, order
):
    decided = answers(first)
    for which in order:
        await challenged.go(decided[which])
    await send_now(post_office)
    assert await sent_about_answers(post_office) == [f"challenge_{first}"]
    said = text(mailbox)
    assert "The first reason." in said
    assert REPLACES not in said


@pytest.mark.parametrize("first", ChallengeOutcome)
async def test_E20_an_answer_decided_later_tells_nobody_anything(
    challenged, post_office, mailbox, first
):
    for decided in answers(first):
        await challenged.go(decided)
        await send_now(post_office)
    assert await sent_about_answers(post_office) == [f"challenge_{first}"]
    assert REPLACES not in text(mailbox)


async def test_E20_an_upheld_answer_decided_earlier_that_comes_late_says_that_it_replaces_another(
    challenged, post_office, mailbox
):
    for decided in reversed(answers(ChallengeOutcome.UPHELD)):
        await challenged.go(decided)
        await send_now(post_office)
    assert await sent_about_answers(post_office) == ["challenge_dismissed", "challenge_upheld"]
    said = text(mailbox)
    assert REPLACES in said
    assert "The first reason." in said


async def test_E20_a_dismissal_decided_earlier_that_comes_late_is_told_as_a_new_rejection(
    challenged, post_office, mailbox
):
    """Once, after a hold of its own, and as taking back that the challenge was upheld."""
    for decided in reversed(answers(ChallengeOutcome.DISMISSED)):
        await challenged.go(decided)
        await send_now(post_office)
    assert await sent_about_answers(post_office) == ["challenge_upheld"]
    assert "we have changed it" in text(mailbox)
    letters = len(mailbox.letters)
    await challenged.end_hold()
    await send_now(post_office)
    assert len(mailbox.letters) == letters + 1
    said = text(mailbox)
    assert "You cannot apply for Quality Technician at present" in said
    assert REPLACES in said


async def test_E20_the_answer_to_another_challenge_replaces_nothing(
    challenged, post_office, mailbox
):
    dismissed, _ = answers(ChallengeOutcome.DISMISSED)
    await challenged.go(dismissed)
    await send_now(post_office)
    again = CHALLENGED_AT + timedelta(days=9)
    await challenged.go(decision_challenged(challenged_at=again))
    await challenged.go(
        challenge_decided(challenged_at=again, decided_at=again + timedelta(days=1))
    )
    await send_now(post_office)
    assert await sent_about_answers(post_office) == ["challenge_dismissed", "challenge_upheld"]
    assert REPLACES not in text(mailbox)

"""Two people answer one challenge differently: one answer is told, or which one replaces it."""

from datetime import timedelta

import pytest

from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeSettled
from tests.support.build_people import CHALLENGED_AT
from tests.support.builders import NOW, challenge_decided, decision_challenged, stage_changed
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
    assert "you cannot apply for this role at present" in said
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


async def test_E20_an_upheld_challenge_is_not_told_after_a_new_rejection(
    challenged, post_office, mailbox
):
    mailbox._choose = lambda _: Fault.BUSY_451
    decided_at = CHALLENGED_AT + timedelta(days=3)
    await challenged.go(challenge_decided(decided_at=decided_at))
    await send_now(post_office)
    mailbox._choose = lambda _: None
    rejected = stage_changed(stage=Stage.NOT_ELIGIBLE, sequence=4)
    await post_office.hearing.hear(rejected, now=NOW)
    await challenged.end_hold()
    await post_office.owner.execute(
        "update eligibility.verdict set outcome = 'rejected', reasons = '{early_departure}',"
        " eligible_from = '2026-10-22'"
    )
    await send_now(post_office)
    await post_office.pass_time(minutes=10)
    await send_now(post_office)
    assert await sent_about_answers(post_office) == []
    assert "you cannot apply for this role at present" in text(mailbox)


async def test_G4_E20_that_a_challenge_came_heard_after_its_answer_is_not_told(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    [received] = await path.judge_alone(decision_challenged())
    settled = await path.judge_alone(challenge_decided())
    answer = [one for one in settled if isinstance(one, ChallengeSettled)]
    await post_office.hearing.hear(*answer, received, now=NOW)
    await send_now(post_office)
    kinds = [kind for _, kind, _ in await post_office.messages() if "challenge" in kind]
    assert kinds == ["challenge_upheld", "challenge_received"]
    states = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(states)["challenge_upheld"] == "sent"
    assert dict(states)["challenge_received"] == "overtaken"

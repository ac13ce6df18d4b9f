"""A rejection corrected before or after its letter: from the correction to the mail (E21)."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.progress.worker import SERVICE as PROGRESS
from shared.contracts import Payload
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.referrals import ReferralAnswer
from tests.support.build_eligibility import applied
from tests.support.build_people import referral_resolved
from tests.support.builders import APPLICATION, NOW, declaration_corrected, departure
from tests.support.hearing import Hearing

BARRED = applied("2025-06-03", departure("2021-10-21"))
FREED = declaration_corrected(1, departure("2012-10-21"))
LATER = declaration_corrected(1, departure("2022-10-21"))
DOUBTFUL = declaration_corrected(1, departure("2020-06-03"))


class Path:
    """One application on its way through three workers."""

    def __init__(self, eligibility: Hearing, progress: Hearing, post_office) -> None:
        self._eligibility, self._progress = eligibility, progress
        self._letters: Hearing = post_office.hearing

    async def go(self, fact: Payload, *, is_stage_first: bool = True) -> list[Payload]:
        """Let a fact have all its consequences, up to what notifications hear."""
        verdicts = await self._eligibility.hear(fact, now=NOW)
        known = [fact] if fact is BARRED else []
        corrected = [one for one in verdicts if isinstance(one, RejectionCorrected)]
        checked = [one for one in verdicts if not isinstance(one, RejectionCorrected)]
        stages = await self._progress.hear(*known, *checked, now=NOW)
        heard = [*stages, *corrected] if is_stage_first else [*corrected, *stages]
        await self._letters.hear(*heard, now=NOW)
        return heard

    async def judge_alone(self, fact: Payload) -> None:
        """Let a verdict be reached of which nobody else has heard yet."""
        await self._eligibility.hear(fact, now=NOW)

    async def end_hold(self) -> None:
        """Fire the timer that releases a rejection's letter."""
        (due,) = self._letters.timers.values()
        await self._letters.hear(due.event, now=due.due_at)


@pytest.fixture
async def path(database, post_office) -> Path:
    await post_office.receive(APPLICATION)
    path = Path(
        Hearing(ELIGIBILITY, await database.service("eligibility")),
        Hearing(PROGRESS, await database.service("progress")),
        post_office,
    )
    heard = await path.go(BARRED)
    assert isinstance(heard[-1], ApplicationStageChanged)
    assert heard[-1].stage is Stage.NOT_ELIGIBLE
    return path


async def send_now(post_office) -> None:
    """Send all that is planned, whatever the hour."""
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", NOW)
    await post_office.owner.execute("update notifications.message set send_after = $1", NOW)
    await post_office.send_all()


async def kinds(post_office) -> list[str]:
    return [kind for _, kind, _ in await post_office.messages()]


@pytest.mark.parametrize("is_stage_first", [True, False])
@pytest.mark.parametrize("correction", [FREED, DOUBTFUL])
async def test_E21_a_rejection_reversed_before_its_letter_is_never_told(
    path, post_office, correction, is_stage_first
):
    await path.go(correction, is_stage_first=is_stage_first)
    await path.end_hold()
    told = await kinds(post_office)
    assert "not_eligible" not in told
    assert "rejection_corrected" not in told
    assert ("person_is_checking" in told) == (correction is DOUBTFUL)


async def test_E21_a_rejection_with_another_date_before_its_letter_is_told_once_with_that_date(
    path, post_office, mailbox
):
    await path.go(LATER)
    await path.end_hold()
    assert await kinds(post_office) == ["acknowledgement", "not_eligible"]
    await send_now(post_office)
    assert "Friday 22 October 2027" in text(mailbox)


@pytest.mark.parametrize("is_stage_first", [True, False])
@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (FREED, "Your application is back where it would have been."),
        (LATER, "The first day you may apply for a police staff role in the Met is Friday 22"),
    ],
)
async def test_E21_a_rejection_that_was_told_is_corrected_by_one_letter(
    path, post_office, mailbox, correction, said, *, is_stage_first
):
    await path.end_hold()
    await send_now(post_office)
    for _ in range(2):
        await path.go(correction, is_stage_first=is_stage_first)
    assert await kinds(post_office) == ["acknowledgement", "not_eligible", "rejection_corrected"]
    await send_now(post_office)
    assert "What you told us was corrected on 21 October 2025." in text(mailbox)
    assert said in text(mailbox)


async def test_E21_a_rejection_that_was_planned_and_never_sent_is_not_corrected_by_a_letter(
    path, post_office
):
    await path.end_hold()
    await path.go(FREED)
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows) == {
        "acknowledgement": "sent",
        "not_eligible": "overtaken",
        "rejection_corrected": "overtaken",
    }


async def test_E21_a_rejection_reversed_a_moment_ago_is_not_told_while_its_stage_is_on_its_way(
    path, post_office, mailbox
):
    await path.end_hold()
    await path.judge_alone(FREED)
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows) == {"acknowledgement": "sent", "not_eligible": "queued"}


async def test_E21_whom_a_person_rejects_after_the_correction_is_not_told_to_be_back(
    path, post_office
):
    await path.end_hold()
    await send_now(post_office)
    await path.go(FREED)
    again = DOUBTFUL.model_copy(update={"decided_at": FREED.decided_at + timedelta(hours=1)})
    await path.go(again)
    moments = {"asked_at": again.decided_at, "decided_at": again.decided_at + timedelta(hours=1)}
    await path.go(referral_resolved(ReferralAnswer.NOT_ELIGIBLE, **moments))
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows)["rejection_corrected"] == "overtaken"


def text(mailbox) -> str:
    message = message_from_bytes(mailbox.letters[-1].read_bytes(), policy=policy.default)
    return " ".join(message.get_body(("plain",)).get_content().split())

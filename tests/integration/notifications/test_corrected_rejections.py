"""A rejection corrected before or after its letter: from the correction to the mail (E21)."""

from datetime import timedelta

import pytest

from services.simulator.mailbox import Fault
from shared.contracts.referrals import ReferralAnswer
from tests.support.build_people import referral_resolved
from tests.support.builders import (
    challenge_decided,
    decision_challenged,
    declaration_corrected,
    departure,
)
from tests.support.way import kinds, send_now, text

FREED = declaration_corrected(1, departure("2012-10-21"))
LATER = declaration_corrected(1, departure("2022-10-21"))
DOUBTFUL = declaration_corrected(1, departure("2020-06-03"))


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
    assert "A computer used your answers as they were corrected." in text(mailbox)


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
    }


async def test_E21_a_rejection_reversed_a_moment_ago_is_not_told_while_its_stage_is_on_its_way(
    path, post_office, mailbox
):
    await path.end_hold()
    await path.judge_alone(FREED)
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state, detail from notifications.message")
    assert {(kind, state) for kind, state, _ in rows} == {
        ("acknowledgement", "sent"),
        ("not_eligible", "queued"),
    }
    assert "news" in {detail for *_, detail in rows}


async def test_E20_E21_a_letter_queued_for_a_rejection_taken_back_does_not_go_beside_the_new(
    path, post_office, mailbox
):
    """Nor before the new one's own hold is over."""
    await path.end_hold()
    await path.go(FREED)
    await path.go(again("2022-10-21"))
    await send_now(post_office)
    assert await rejections_sent(post_office) == []
    await path.end_hold()
    await send_now(post_office)
    assert await rejections_sent(post_office) == [4]
    assert "Friday 22 October 2027" in text(mailbox)


def again(left_on: str, hours: int = 1):
    """A correction of the correction, some hours later."""
    at = FREED.decided_at + timedelta(hours=hours)
    return declaration_corrected(1, departure(left_on), decided_at=at)


async def test_E21_a_correction_taken_back_tells_the_rejection_once_and_after_its_own_hold(
    path, post_office, mailbox
):
    """The letter of the first correction waits for the morning, and would tell the second."""
    await path.end_hold()
    await send_now(post_office)
    await path.go(FREED)
    await path.go(again("2022-10-21"))
    await send_now(post_office)
    assert await rejections_sent(post_office) == [2]
    assert await corrections_sent(post_office) == 0
    await path.end_hold()
    await send_now(post_office)
    assert await rejections_sent(post_office) == [2, 4]
    assert await corrections_sent(post_office) == 0
    assert "Friday 22 October 2027" in text(mailbox)


async def test_E21_of_two_corrections_in_one_evening_the_last_is_told_and_once(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    await path.go(LATER)
    await path.go(again("2023-10-21"))
    await send_now(post_office)
    assert await corrections_sent(post_office) == 1
    assert "Sunday 22 October 2028" in text(mailbox)


async def test_E21_a_correction_put_off_does_not_go_after_the_new_rejection(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    mailbox._choose = lambda _: Fault.BUSY_451
    await path.go(LATER)
    await send_now(post_office)
    mailbox._choose = lambda _: None
    await path.go(again("2012-10-21"))
    await path.go(again("2022-10-21", hours=2))
    await path.end_hold()
    await send_now(post_office)
    await post_office.pass_time(minutes=10)
    await send_now(post_office)
    assert await rejections_sent(post_office) == [2, 4]
    assert await corrections_sent(post_office) == 0


async def corrections_sent(post_office) -> int:
    count: int = await post_office.owner.fetchval(
        "select count(*) from notifications.message"
        " where kind = 'rejection_corrected' and state = 'sent'"
    )
    return count


async def rejections_sent(post_office) -> list[int]:
    rows = await post_office.owner.fetch(
        "select version from notifications.message"
        " where kind = 'not_eligible' and state = 'sent' order by number"
    )
    return [version for (version,) in rows]


async def test_E21_whom_a_person_rejects_after_the_correction_is_not_told_to_be_back(
    path, post_office
):
    await path.end_hold()
    await send_now(post_office)
    await path.go(FREED)
    doubtful = again("2020-06-03")
    await path.go(doubtful)
    await path.go(resolved_after(doubtful))
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    assert dict(rows)["rejection_corrected"] == "overtaken"


async def test_E21_whom_a_later_correction_leaves_to_a_person_is_not_told_to_be_back(
    path, post_office, mailbox
):
    """The letter of the first correction waits for Monday, and the second comes on Saturday."""
    await path.end_hold()
    await send_now(post_office)
    await path.go(FREED)
    await path.go(again("2020-06-03"))
    await send_now(post_office)
    assert await corrections_sent(post_office) == 0
    assert "A person is checking your application" in text(mailbox)


async def test_E21_a_rejection_whose_letter_still_waits_is_told_once_with_the_corrected_date(
    path, post_office, mailbox
):
    """The mail server puts it off, or it waits for the morning."""
    await path.end_hold()
    await path.go(LATER)
    await send_now(post_office)
    assert await kinds(post_office) == ["acknowledgement", "not_eligible"]
    assert "Friday 22 October 2027" in text(mailbox)


def resolved_after(doubtful):
    """A person rejects, an hour after the correction that called for one."""
    at = doubtful.decided_at
    moments = {"asked_at": at, "decided_at": at + timedelta(hours=1)}
    return referral_resolved(ReferralAnswer.NOT_ELIGIBLE, **moments)


async def test_E21_whom_a_person_rejects_while_the_correction_waits_is_told_that_by_its_own_letter(
    path, post_office
):
    """Of the check in between and of its end nobody has heard yet."""
    await path.end_hold()
    await send_now(post_office)
    await path.go(LATER)
    doubtful = again("2020-06-03")
    await path.judge_alone(doubtful)
    await path.judge_alone(resolved_after(doubtful))
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state, detail from notifications.message")
    assert ("rejection_corrected", "queued", "news") in [tuple(row) for row in rows]


async def test_E21_whom_a_correction_left_rejected_hears_that_a_person_looks_at_it_again(
    path, post_office, mailbox
):
    await path.end_hold()
    await send_now(post_office)
    await path.go(LATER)
    await send_now(post_office)
    assert await corrections_sent(post_office) == 1
    await path.go(again("2020-06-03"))
    await send_now(post_office)
    assert "Our earlier email said that you cannot apply." in text(mailbox)


async def test_E20_E21_a_correction_that_waits_does_not_go_beside_the_answer_that_upholds(
    path, post_office
):
    """It would tell the way back a second time, as if the correction had caused it."""
    await path.end_hold()
    await send_now(post_office)
    await path.go(decision_challenged())
    await path.go(LATER)
    await path.go(challenge_decided())
    await send_now(post_office)
    rows = await post_office.owner.fetch("select kind, state from notifications.message")
    told = dict(rows)
    assert (told["challenge_upheld"], told["rejection_corrected"]) == ("sent", "overtaken")

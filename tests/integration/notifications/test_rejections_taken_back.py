"""Whoever was told a rejection that does not stand any more hears so, and once (E20, E21)."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.hours import SETTLING, in_its_hours
from services.notifications.provider import Deferred
from shared.contracts.checks import DocumentsOutcome
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.notifications import MessageKind
from shared.contracts.referrals import ReferralAnswer
from tests.support.builders import (
    CLOSES_AT,
    NOW,
    challenge_decided,
    decision_challenged,
    declaration_corrected,
    departure,
    documents_checked,
    referral_resolved,
    vacancy_timetabled,
)
from tests.support.way import send_now, text

FREED = declaration_corrected(1, departure("2012-10-21"))
LATER = declaration_corrected(1, departure("2022-10-21"))
DOUBTFUL = declaration_corrected(1, departure("2020-06-03"))
CLEARED = referral_resolved(asked_at=DOUBTFUL.decided_at, decided_at=DOUBTFUL.decided_at)


async def letters(post_office) -> dict[str, str]:
    """The state of the last letter of each kind."""
    rows = await post_office.owner.fetch(
        "select kind, state from notifications.message order by number"
    )
    return dict(rows)


@pytest.fixture
async def told(path, post_office):
    """An application whose rejection has been told."""
    await path.end_hold()
    await send_now(post_office)
    return path


@pytest.mark.parametrize("are_documents_first", [True, False])
async def test_E21_whom_a_person_clears_before_the_check_was_told_hears_that_the_rejection_is_over(
    told, post_office, mailbox, *, are_documents_first
):
    """A person answers within minutes, or while the mail server is away."""
    if are_documents_first:
        await told.inspect(documents_checked())
    await told.go(DOUBTFUL)
    await told.go(CLEARED)
    if not are_documents_first:
        await send_now(post_office)
        await told.inspect(documents_checked())
    await send_now(post_office)
    assert (await letters(post_office))["person_is_checking"] == "overtaken"
    assert "has been checked and is going ahead" in text(mailbox)
    assert "said that you cannot apply. That no longer holds." in text(mailbox)


@pytest.mark.parametrize("is_told_of_check", [True, False])
async def test_E21_whose_documents_are_faulty_hears_with_that_that_the_rejection_is_over(
    told, post_office, mailbox, *, is_told_of_check
):
    await told.inspect(documents_checked(outcome=DocumentsOutcome.FAULTY))
    await told.go(DOUBTFUL)
    if is_told_of_check:
        await send_now(post_office)
    await told.go(CLEARED)
    await send_now(post_office)
    assert (await letters(post_office))["documents_problem"] == "sent"
    assert text(mailbox).count("said that you cannot apply. That no longer holds.") == 1


async def test_E21_who_was_told_at_the_end_of_a_check_hears_of_that_rejection_no_more(
    told, post_office, mailbox
):
    await told.inspect(documents_checked())
    await told.go(DOUBTFUL)
    await told.go(CLEARED)
    await send_now(post_office)
    later = DOUBTFUL.decided_at + timedelta(hours=1)
    await told.go(declaration_corrected(1, departure("2020-06-03"), decided_at=later))
    await send_now(post_office)
    assert "A person is checking your application" in text(mailbox)
    assert "said that you cannot apply" not in text(mailbox)


async def test_E21_whose_second_rejection_was_never_told_hears_that_the_first_is_taken_back(
    told, post_office, mailbox
):
    """The mail server is away when the letter of the second is due."""
    at = DOUBTFUL.decided_at
    await told.inspect(documents_checked())
    await told.go(DOUBTFUL)
    await send_now(post_office)
    hour = timedelta(hours=1)
    await told.go(
        referral_resolved(ReferralAnswer.NOT_ELIGIBLE, asked_at=at, decided_at=at + hour)
    )
    await told.end_hold()
    await told.go(declaration_corrected(1, departure("2012-10-21"), decided_at=at + 2 * hour))
    await send_now(post_office)
    ends = await letters(post_office)
    assert (ends["not_eligible"], ends["rejection_corrected"]) == ("overtaken", "sent")
    assert "Your application is back where it would have been." in text(mailbox)


@pytest.mark.parametrize("is_told_before", [True, False])
async def test_E20_E21_a_correction_heard_after_the_answer_that_upholds_tells_no_way_back_again(
    told, post_office, *, is_told_before
):
    await told.go(decision_challenged())
    heard = await told.judge_alone(LATER)
    [corrected] = [one for one in heard if isinstance(one, RejectionCorrected)]
    await told.go(challenge_decided())
    if is_told_before:
        await send_now(post_office)
    await post_office.hearing.hear(corrected, now=NOW)
    await send_now(post_office)
    ends = await letters(post_office)
    assert (ends["challenge_upheld"], ends["rejection_corrected"]) == ("sent", "overtaken")


THURSDAY = datetime(2026, 4, 2, 16, 1, tzinfo=UTC)  # 5pm in London, and Good Friday is next
CLOSED_FOR = in_its_hours(MessageKind.REJECTION_CORRECTED, THURSDAY) - THURSDAY


async def test_W12_E21_dates_that_moved_wait_for_the_way_back_also_over_easter(
    told, post_office, mailbox
):
    """They moved while a rejection stood, minutes before it was reversed."""
    assert timedelta(days=4, hours=15) < CLOSED_FOR
    moved = vacancy_timetabled(version=2, closes_at=CLOSES_AT + timedelta(days=9))
    await post_office.hearing.hear(moved, now=NOW)
    await told.go(FREED)
    due = NOW + SETTLING + timedelta(minutes=1)
    await post_office.owner.execute(
        "update notifications.message set send_after = $1 where kind = 'rejection_corrected'",
        due + CLOSED_FOR,
    )
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", due)
    assert await post_office.send_all() == [Deferred("way back")]
    await post_office.put_off_for(seconds=CLOSED_FOR.total_seconds())
    assert await post_office.send_all() == [Deferred("way back")]
    assert (await letters(post_office))["closing_moved"] == "queued"
    await send_now(post_office)
    assert "We looked at your application again" in mailbox.letters[-1].read_text()
    await post_office.pass_time(minutes=10)
    await send_now(post_office)
    assert (await letters(post_office))["closing_moved"] == "overtaken"  # the way back has told

"""Dates that move are told once, to whoever knows other dates, as they are when the mail goes."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from services.notifications.decisions import Ignored
from services.notifications.hours import SETTLING
from services.notifications.provider import Sent
from services.notifications.worker import SERVICE
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.reviews import ReviewOverdue
from tests.support.at_once import at_once
from tests.support.builders import (
    CLOSES_AT,
    NOW,
    VACANCY,
    event,
    stage_changed,
    vacancy_timetabled,
)

A_MINUTE = timedelta(minutes=1)
EXTENDED = vacancy_timetabled(version=2, closes_at=CLOSES_AT + timedelta(days=3))
AGAIN = vacancy_timetabled(version=3, closes_at=CLOSES_AT + timedelta(days=9))
AS_BEFORE = vacancy_timetabled(version=3)
RENAMED = vacancy_timetabled(version=2, title="Technician")
OVERDUE = ReviewOverdue(vacancy=VACANCY, undecided=2)
LATE = datetime(2025, 10, 29, 0, 0, tzinfo=UTC)


@pytest.fixture
async def office(post_office):
    """A post office at NOW, where app-1 has been acknowledged."""
    await set_clock(post_office, NOW)
    await post_office.receive("app-1")
    await post_office.hearing.hear(stage_changed("app-1"), now=NOW)
    assert await post_office.send_all() == [Sent()]
    return post_office


async def set_clock(post_office, at: datetime) -> None:
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", at)


async def after_settling(office) -> list:
    await set_clock(office, NOW + SETTLING + A_MINUTE)
    return await office.send_all()


def last_letter(mailbox) -> str:
    message = message_from_bytes(mailbox.letters[-1].read_bytes(), policy=policy.default)
    return message.get_body(("plain",)).get_content()


async def told(office) -> list[str]:
    rows = await office.owner.fetch(
        "select kind, state from notifications.message order by number"
    )
    return [f"{row['kind']} {row['state']}" for row in rows]


async def test_W12_a_moved_closing_is_told_with_old_and_new(office, mailbox):
    await office.hearing.hear(EXTENDED, now=NOW)
    assert await office.send_all() == []
    assert await after_settling(office) == [Sent()]
    assert "now close at 11:55pm on Friday 24 October 2025, instead of 11:55pm on Tuesday 21" in (
        last_letter(mailbox)
    )
    assert ("candidate.notified.v1", "app-1") in await office.announced()


async def test_W12_two_amendments_before_the_mail_goes_are_one_mail_with_the_latest(
    office, mailbox
):
    await office.hearing.hear(EXTENDED, AGAIN, now=NOW)
    assert await after_settling(office) == [Sent()]
    assert "on Thursday 30 October 2025, instead of 11:55pm on Tuesday 21" in last_letter(mailbox)
    assert await told(office) == [
        "acknowledgement sent", "closing_moved overtaken", "closing_moved sent",
    ]  # fmt: skip


async def test_W12_two_amendments_with_a_mail_between_are_two_mails(office, mailbox):
    await office.hearing.hear(EXTENDED, now=NOW)
    assert await after_settling(office) == [Sent()]
    await office.hearing.hear(AGAIN, now=NOW)
    assert await office.send_all() == [Sent()]
    assert "on Thursday 30 October 2025, instead of 11:55pm on Friday 24" in last_letter(mailbox)


async def test_W12_what_was_moved_and_moved_back_before_the_mail_goes_is_not_told(office):
    await office.hearing.hear(EXTENDED, AS_BEFORE, now=NOW)
    assert await after_settling(office) == [Ignored("the dates are known")]


async def test_W12_an_older_timetable_that_comes_late_and_one_that_comes_twice_tell_nothing(
    office,
):
    await office.hearing.hear(AGAIN, EXTENDED, event(AGAIN, copy=2), now=NOW)
    assert await after_settling(office) == [Sent()]


async def test_a_new_title_is_told_too(office, mailbox):
    await office.hearing.hear(RENAMED, now=NOW)
    assert await after_settling(office) == [Sent()]
    assert "- The role is now called Technician, instead of Quality Technician." in last_letter(
        mailbox
    )


async def test_W12_whoever_is_acknowledged_later_is_told_the_new_dates_there_and_only_there(
    office, mailbox
):
    await office.receive("app-2")
    await office.hearing.hear(stage_changed("app-2"), EXTENDED, now=NOW)
    ends = await after_settling(office)
    expected = [Sent(), Sent(), Ignored("the dates are known")]
    assert sorted(map(repr, ends)) == sorted(map(repr, expected))
    acknowledged = [path for path in mailbox.letters if "received" in path.name]
    assert "Friday 24 October 2025" in acknowledged[-1].read_text()


async def test_W12_whose_way_has_ended_is_told_nothing(office):
    await office.hearing.hear(
        stage_changed("app-1", Stage.WITHDRAWN, sequence=2), EXTENDED, now=NOW
    )
    ends = await after_settling(office)
    assert sorted(map(repr, ends)) == sorted(map(repr, [Ignored("untrue at withdrawn"), Sent()]))


async def test_C5_C7_whoever_has_documents_to_mend_is_told_by_when(office, mailbox):
    needed = stage_changed("app-1", Stage.DOCUMENTS_NEEDED, sequence=2)
    await office.hearing.hear(needed, EXTENDED, now=NOW)
    await after_settling(office)
    assert "Please replace your documents by 11:55pm on Friday 24 October 2025." in (
        last_letter(mailbox).replace("\n", " ")
    )


async def test_W12_nobody_is_missed_who_is_planned_for_while_the_dates_move(
    notifications, timetabled, database
):
    """The one who waits sees the other: an acknowledgement planned at this moment is counted."""
    first, second = event(stage_changed("app-9")), event(EXTENDED)
    await at_once(SERVICE, database, first, [second], now=NOW)
    async with notifications.transaction() as tx:
        kinds = await tx.fetch("select kind from notifications.message order by number")
    assert [row["kind"] for row in kinds] == ["acknowledgement", "closing_moved"]


async def test_W4_a_late_review_is_said_once_with_sorry_and_a_new_day_in_office_hours(
    office, mailbox
):
    overdue = [event(OVERDUE), event(OVERDUE, copy=2)]
    await office.hearing.hear(stage_changed("app-1", Stage.UNDER_REVIEW, sequence=2), now=NOW)
    await office.hearing.hear(*overdue, now=LATE)
    await set_clock(office, LATE + timedelta(hours=8))
    assert await office.send_all() == []
    await set_clock(office, LATE + timedelta(hours=9) + A_MINUTE)
    assert await office.send_all() == [Sent()]
    text = last_letter(mailbox)
    assert "We are sorry" in text
    assert "Tuesday 4 November 2025" in text
    assert await told(office) == ["acknowledgement sent", "review_late sent"]


async def test_W4_a_review_that_has_been_given_a_later_day_meanwhile_is_not_said_to_be_late(
    office, mailbox
):
    later = vacancy_timetabled(version=2, review_latest_on=date(2025, 11, 4))
    await office.hearing.hear(OVERDUE, later, now=LATE)
    await set_clock(office, LATE + timedelta(hours=9) + A_MINUTE)
    await office.send_all()
    assert set(await told(office)) == {
        "acknowledgement sent", "review_late overtaken", "closing_moved sent",
    }  # fmt: skip
    assert "The review should start by Tuesday 4 November 2025, instead" in last_letter(mailbox)


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.NOT_SUCCESSFUL, Stage.NOT_ELIGIBLE])
async def test_W4_who_has_been_decided_hears_nothing_of_a_late_review(office, stage):
    await office.hearing.hear(OVERDUE, stage_changed("app-1", stage, sequence=2), now=LATE)
    await set_clock(office, LATE + timedelta(hours=9) + A_MINUTE)
    assert Ignored(f"untrue at {stage}") in await office.send_all()
    sent = await office.owner.fetch(
        "select from notifications.message where kind = $1 and state = 'sent'",
        MessageKind.REVIEW_LATE,
    )
    assert sent == []


async def test_W12_whom_a_way_back_has_told_dates_is_told_only_what_moves_after_that(
    office, mailbox
):
    """Who is rejected hears nothing of dates that move, until the letter that takes it back."""
    await office.hearing.hear(EXTENDED, now=NOW)
    await office.owner.execute(
        """
        insert into notifications.message (application, vacancy, kind, version, send_after,
            planned_at, state, timetable_version)
        values ('app-1', $1, 'challenge_upheld', 1, $2, $2, 'sent', 2)
        """,
        VACANCY,
        NOW,
    )
    assert await after_settling(office) == [Ignored("the dates are known")]
    await office.hearing.hear(AGAIN, now=NOW)
    assert await after_settling(office) == [Sent()]
    assert "on Thursday 30 October 2025, instead of 11:55pm on Friday 24" in last_letter(mailbox)


@pytest.mark.parametrize("back_at", [Stage.READY_FOR_REVIEW, Stage.WITH_A_PERSON])
async def test_W12_dates_that_moved_during_a_rejection_are_told_once_it_is_reversed(
    office, mailbox, back_at
):
    rejected = stage_changed("app-1", Stage.NOT_ELIGIBLE, sequence=2)
    await office.hearing.hear(rejected, EXTENDED, now=NOW)
    await after_settling(office)
    assert await told(office) == ["acknowledgement sent", "closing_moved overtaken"]
    back = stage_changed("app-1", back_at, sequence=3)
    await office.hearing.hear(back, event(back, copy=2), now=NOW)
    await office.send_all()
    assert "closing_moved sent" in await told(office)
    assert any("24 October 2025, instead" in path.read_text() for path in mailbox.letters)


async def test_W12_E21_who_was_told_a_rejection_hears_that_it_is_taken_back_before_moved_dates(
    office,
):
    rejected = stage_changed("app-1", Stage.NOT_ELIGIBLE, sequence=2)
    await office.hearing.hear(rejected, EXTENDED, now=NOW)
    [due] = office.hearing.timers.values()
    await office.hearing.hear(due.event, now=NOW)
    await office.owner.execute(
        "update notifications.message set state = 'sent' where kind = 'not_eligible'"
    )
    await after_settling(office)
    back = stage_changed("app-1", Stage.WITH_A_PERSON, sequence=3)
    await office.hearing.hear(back, now=NOW)
    assert await office.send_next() == Sent()
    expected = ["not_eligible sent", "person_is_checking sent", "closing_moved queued"]
    assert (await told(office))[1:] == expected


async def test_W12_of_dates_that_moved_twice_during_a_rejection_the_last_are_told(office, mailbox):
    rejected = stage_changed("app-1", Stage.NOT_ELIGIBLE, sequence=2)
    await office.hearing.hear(rejected, EXTENDED, AGAIN, now=NOW)
    await after_settling(office)
    back = stage_changed("app-1", Stage.READY_FOR_REVIEW, sequence=3)
    await office.hearing.hear(back, now=NOW)
    assert await office.send_all() == [Sent()]
    assert "on Thursday 30 October 2025, instead of 11:55pm on Tuesday 21" in last_letter(mailbox)


@pytest.mark.parametrize(
    ("is_way_back", "end"), [(True, Ignored("the dates are known")), (False, Sent())]
)
async def test_W12_E21_a_correction_that_still_rejects_has_told_no_dates(office, is_way_back, end):
    await office.hearing.hear(EXTENDED, now=NOW)
    await office.owner.execute(
        """
        insert into notifications.message (application, vacancy, kind, version, send_after,
            planned_at, state, timetable_version, is_way_back)
        values ('app-1', $1, 'rejection_corrected', 1, $2, $2, 'sent', 2, $3)
        """,
        VACANCY,
        NOW,
        is_way_back,
    )
    assert await after_settling(office) == [end]


async def test_W12_who_knows_the_dates_is_not_told_them_again_when_a_rejection_is_reversed(office):
    await office.hearing.hear(EXTENDED, now=NOW)
    assert await after_settling(office) == [Sent()]
    for sequence, stage in enumerate((Stage.NOT_ELIGIBLE, Stage.READY_FOR_REVIEW), start=2):
        await office.hearing.hear(stage_changed("app-1", stage, sequence=sequence), now=NOW)
    assert await office.send_all() == []


async def test_W12_dates_queued_again_have_their_days_of_putting_off_before_them(office, mailbox):
    await office.hearing.hear(EXTENDED, now=NOW)
    mailbox._choose = lambda _: Fault.BUSY_451
    await after_settling(office)
    await office.put_off_for(days=6)
    for sequence, stage in enumerate((Stage.NOT_ELIGIBLE, Stage.READY_FOR_REVIEW), start=2):
        await office.hearing.hear(stage_changed("app-1", stage, sequence=sequence), now=NOW)
        await office.send_all()
    assert await told(office) == ["acknowledgement sent", "closing_moved queued"]

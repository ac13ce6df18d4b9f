"""Whoever was told to be late, and is not because the closing moved, is told what has changed."""

from datetime import timedelta

import pytest

from services.notifications.decisions import Ignored
from services.notifications.provider import Deferred, Sent
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from tests.support.builders import LAST_ACCEPTED_AT, NOW, stage_changed, vacancy_timetabled

LATE = LAST_ACCEPTED_AT + timedelta(hours=1)
MOVED = vacancy_timetabled(
    version=2,
    closes_at=LAST_ACCEPTED_AT + timedelta(days=7),
    last_accepted_at=LAST_ACCEPTED_AT + timedelta(days=7),
)
REFUSED = stage_changed("app-1", Stage.REFUSED)
RECEIVED = stage_changed("app-1", Stage.RECEIVED, sequence=2, previous=Stage.REFUSED)
REPLACED = Ignored("a later one takes its place")
TAKEN_BACK = "your application is in time. Please ignore our earlier email"


@pytest.fixture
async def late(post_office):
    """A candidate who sent the application an hour after the closing."""
    await post_office.receive("app-1")
    await post_office.date("app-1", LATE)
    return post_office


def words(mailbox) -> list[str]:
    return [" ".join(path.read_text().replace("=\n", "").split()) for path in mailbox.letters]


async def test_C3_the_acknowledgement_takes_back_what_was_said(late, mailbox):
    await late.hearing.hear(REFUSED, now=NOW)
    assert await late.send_all() == [Sent()]
    await late.hearing.hear(MOVED, RECEIVED, now=NOW)
    assert await late.send_all() == [Sent()]
    first, second = words(mailbox)
    assert "it was sent after applications had closed" in first
    assert TAKEN_BACK in second


async def test_C3_it_waits_until_the_new_closing_is_known(late, mailbox):
    await late.hearing.hear(REFUSED, now=NOW)
    await late.send_all()
    await late.hearing.hear(RECEIVED, now=NOW)
    assert await late.send_next() == Deferred("timetable")
    await late.hearing.hear(MOVED, now=NOW)
    await late.pass_time(minutes=10)
    # The new closing stands in the acknowledgement, so nothing is left to tell about it.
    assert await late.send_all() == [Sent(), Ignored("the dates are known")]
    assert TAKEN_BACK in words(mailbox)[-1]


async def test_C3_it_waits_no_more_once_the_application_is_late_again(late, mailbox):
    await late.hearing.hear(REFUSED, now=NOW)
    await late.send_all()
    await late.hearing.hear(RECEIVED, now=NOW)
    assert await late.send_next() == Deferred("timetable")
    await late.hearing.hear(stage_changed("app-1", Stage.REFUSED, sequence=3), now=NOW)
    await late.pass_time(minutes=10)
    assert await late.send_all() == [REPLACED, Ignored("nothing new")]
    [told] = words(mailbox)
    assert "it was sent after applications had closed" in told


async def test_C3_a_refusal_that_was_overtaken_is_neither_told_nor_taken_back(late, mailbox):
    await late.hearing.hear(REFUSED, MOVED, RECEIVED, now=NOW)
    assert await late.send_all() == [REPLACED, Sent()]
    [acknowledgement] = words(mailbox)
    assert "We have received your application" in acknowledgement
    assert TAKEN_BACK not in acknowledgement


async def test_C3_an_acknowledgement_put_off_does_not_go_after_the_refusal(late, mailbox):
    mailbox._choose = lambda _: Fault.BUSY_451
    await late.hearing.hear(stage_changed("app-1"), now=NOW)
    await late.send_all()
    mailbox._choose = lambda _: None
    await late.hearing.hear(stage_changed("app-1", Stage.REFUSED, sequence=2), now=NOW)
    await late.pass_time(minutes=10)
    assert await late.send_all() == [REPLACED, Sent()]
    assert "it was sent after applications had closed" in words(mailbox)[-1]


async def test_C3_stages_in_the_wrong_order_tell_the_acknowledgement_alone(late, mailbox):
    await late.hearing.hear(MOVED, RECEIVED, REFUSED, now=NOW)
    assert await late.send_all() == [Sent()]
    assert TAKEN_BACK not in words(mailbox)[0]

"""Whatever held a letter of rejection up, it goes in working hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.provider import Deferred, Sent, Unreachable
from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.support.builders import stage_changed, vacancy_timetabled

AFTERNOON = datetime(2025, 10, 20, 15, 0, tzinfo=UTC)
NIGHT = datetime(2025, 10, 20, 23, 30, tzinfo=UTC)
MORNING = datetime(2025, 10, 21, 8, 0, tzinfo=UTC)
CLOSED = Deferred("office hours")


@pytest.fixture
async def office(post_office):
    """An afternoon on which a refusal is due."""
    await post_office.receive("app-1")
    changes = (stage_changed("app-1"), stage_changed("app-1", Stage.NOT_SUCCESSFUL, sequence=2))
    await post_office.hearing.hear(*changes, now=datetime(2025, 10, 20, 12, 0, tzinfo=UTC))
    await set_clock(post_office, AFTERNOON)
    return post_office


async def set_clock(post_office, at: datetime) -> None:
    await post_office.owner.execute("update messaging.clock set clock_offset = $1 - now()", at)


async def go_by_night_and_morning(office) -> list:
    await office.pass_time(hours=8)
    await set_clock(office, NIGHT)
    ends = await office.send_all()
    await set_clock(office, MORNING)
    return ends + await office.send_all()


async def test_a_rejection_that_waited_for_the_mail_server_goes_in_the_morning(office, mailbox):
    await mailbox.close()
    assert isinstance(await office.send_next(), Unreachable)
    await mailbox.open(mailbox.port)
    assert await go_by_night_and_morning(office) == [Sent(), CLOSED, Sent()]


async def test_a_rejection_that_was_put_off_goes_in_the_morning(office, mailbox):
    mailbox._choose = lambda _: Fault.BUSY_451
    assert await office.send_all() == [Deferred("451")] * 2
    mailbox._choose = lambda _: None
    assert await go_by_night_and_morning(office) == [Sent(), CLOSED, Sent()]


async def test_a_rejection_put_off_for_five_days_is_given_to_a_person_though_nights_are_among_them(
    office, mailbox
):
    mailbox._choose = lambda _: Fault.BUSY_451
    a_while, states = timedelta(hours=6), []
    for times in range(8 * 4):
        await set_clock(office, AFTERNOON + times * a_while)
        await office.send_all()
        await office.pass_time(hours=6)
        states.append(
            await office.owner.fetchval(
                "select state from notifications.message where kind = 'not_successful'"
            )
        )
    assert set(states[: 5 * 4]) == {"queued"}
    assert states[-1] == "refused"


async def test_a_rejection_that_waits_for_the_morning_counts_no_attempt(office):
    await set_clock(office, NIGHT)
    await office.send_all()
    row = await office.owner.fetchrow(
        "select state, attempts, send_after from notifications.message where attempts = 0"
    )
    assert tuple(row) == ("queued", 0, MORNING)


async def test_G10_a_year_of_unknown_bank_holidays_holds_no_letter_up(office):
    await set_clock(office, datetime(2099, 10, 20, 23, 30, tzinfo=UTC))
    assert await office.send_all() == [Sent(), Sent()]


async def test_W4_G10_a_year_of_unknown_bank_holidays_holds_no_late_review_up(
    post_office, mailbox
):
    unknown = date(2099, 10, 20)
    later = vacancy_timetabled(version=2, review_promised_on=unknown, review_latest_on=unknown)
    await post_office.hearing.hear(later, now=AFTERNOON)
    await set_clock(post_office, datetime(2099, 10, 22, 23, 30, tzinfo=UTC))
    await post_office.queue("app-1", kind=MessageKind.REVIEW_LATE)
    assert await post_office.send_all() == [Sent()]
    assert "we expect it" not in mailbox.letters[0].read_text()

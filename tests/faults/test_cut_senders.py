"""G5, G12: notifications cut off and killed at every step, with letters going out beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.notifications import sender
from services.notifications.provider import MailServer
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.simulator.mailbox import Mailbox
from shared import clock
from shared.contracts.applications import Stage
from shared.messaging.faultpoints import POINTS
from shared.settings import settings
from tests.faults.repeat import REPEAT
from tests.support.builders import NOW, VACANCY, event, stage_changed, vacancy_timetabled
from tests.support.cut import Cut
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.post_office import PostOffice
from tests.support.rig import Rig, rig, until
from tests.support.supervision import let_storms_pass


class Office:
    """Notifications on a broker, with a mailbox that counts and people who are not eligible."""

    def __init__(self, bench: Rig, post_office: PostOffice, mailbox: Mailbox) -> None:
        self.bench, self._post_office, self.mailbox = bench, post_office, mailbox
        self.people: list[str] = []

    async def tell_more(self, count: int) -> None:
        """Tell of people who are not eligible: each gets a receipt and, days later, a letter."""
        people = [f"app-{len(self.people) + n}" for n in range(count)]
        for one in people:
            await self._post_office.receive(one)
            await self.bench.fetch(
                "insert into eligibility.verdict values ($1, $2, 'rejected', '{left}', 'Because.',"
                " $3, $4, 'test', null, '{}', $5)",
                one, VACANCY, NOW.date(), NOW.date() + timedelta(days=400), NOW,
            )  # fmt: skip
        self.people += people
        changes = [stage_changed(one, Stage.NOT_ELIGIBLE) for one in people]
        await self.bench.publish(*[event(change) for change in changes])

    async def pass_days(self, days: int) -> None:
        """Let holds end and offices open: it is noon in London, whenever this runs."""
        await self.bench.fetch(
            """
            update messaging.clock set clock_offset = (
                date_trunc('day', (now() + clock_offset) at time zone 'Europe/London')
                    + $1 * interval '1 day' + interval '12 hours'
            ) at time zone 'Europe/London' - now()
            """,
            days,
        )
        clock.jump()

    async def give_up_leases(self) -> None:
        """Let so much time pass that nobody waits for the one that was cut off."""
        await self.bench.fetch("update notifications.outbox set leased_until = now()")
        await self.bench.fetch(
            "update notifications.held set leased_until = now() where leased_until > now()"
        )
        await self._post_office.pass_time(minutes=3)

    async def states(self) -> dict[tuple[str, str], str]:
        rows = await self.bench.fetch("select application, kind, state from notifications.message")
        return {(row["application"], row["kind"]): row["state"] for row in rows}

    async def are_told(self) -> None:
        async def are_planned() -> bool:
            states = await self.states()
            return all((one, "acknowledgement") in states for one in self.people)

        await until(are_planned, "their receipts are planned")

    async def all_letters_end(self) -> None:
        """Go from day to day until everybody's receipt and letter have come to an end."""

        async def have_ended() -> bool:
            await self.pass_days(1)
            await let_storms_pass(self.bench, "notifications")
            states = await self.states()
            if len(states) < 2 * len(self.people) or set(states.values()) - {"sent", "unknown"}:
                return False
            if await self.bench.held("notifications"):
                return False
            return await self.bench.queue_is_empty(NOTIFICATIONS)

        await until(have_ended, "all letters have come to an end", 600)


@pytest.fixture
async def office(
    amqp_url: str, database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    async with rig(amqp_url, database.owner, (NOTIFICATIONS,)) as bench, Mailbox(tmp_path) as box:
        mail = replace(settings(), smtp_host="127.0.0.1", smtp_port=box.port)
        monkeypatch.setattr(sender, "settings", lambda: mail)
        monkeypatch.setattr(sender, "_STOP_SECONDS", 0.2)
        owner = await asyncpg.connect(database.owner)
        connected = await database.service("notifications")
        hearing = Hearing(NOTIFICATIONS, connected)
        yield Office(bench, PostOffice(connected, owner, hearing, MailServer(mail)), box)
        await owner.close()


@asynccontextmanager
async def cut_off(office: Office, point: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Run notifications in this process until the point is reached."""
    cut = Cut(office.bench, NOTIFICATIONS, point, after=0)
    async with cut.working():
        yield lambda: cut.fires_within(90)


@asynccontextmanager
async def killed(office: Office, point: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Run notifications in a process that dies when the point is reached."""
    environment = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(office.mailbox.port)}
    victim = office.bench.process("notifications", kill_at=point, environment=environment)
    dying = asyncio.create_task(victim.wait())

    async def has_died() -> bool:
        await asyncio.wait({dying}, timeout=90)
        return dying.done()

    try:
        yield has_died
    finally:
        victim.kill()
        dying.cancel()


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("end", [cut_off, killed], ids=lambda end: end.__name__)
async def test_G5_G12_a_sender_that_ends_at_any_step_loses_no_letter_and_sends_none_twice(
    office: Office, end: Callable[..., Any], point: str
) -> None:
    await office.bench.publish(event(vacancy_timetabled()))
    async with office.bench.worker(NOTIFICATIONS):
        await office.tell_more(3)
        await office.are_told()
    for _ in range(REPEAT):
        async with end(office, point) as has_ended:
            await office.pass_days(7)  # timers fire, and are published, received, handled
            await office.tell_more(3)
            assert await has_ended(), f"the point {point!r} never fired"
        await office.give_up_leases()
        async with office.bench.worker(NOTIFICATIONS):
            await office.are_told()
    await office.give_up_leases()
    async with office.bench.worker(NOTIFICATIONS):
        await office.all_letters_end()
    states = await office.states()
    assert set(states) == {
        (one, kind) for one in office.people for kind in ("acknowledgement", "not_eligible")
    }
    assert set(office.mailbox.taken.values()) == {1}
    sent = sum(state == "sent" for state in states.values())
    unknown = len(states) - sent
    assert sent <= office.mailbox.taken.total() <= sent + unknown
    assert unknown <= 2 * REPEAT + 1  # one letter in hand at each cut, or when a worker was ended
    assert await office.bench.held("notifications") == []

"""G5, G12 in process: notifications cut off at every step, with letters going out beside it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from services.notifications import sender
from services.notifications.provider import MailServer
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.simulator.mailbox import Mailbox
from shared.contracts.applications import Stage
from shared.messaging.faultpoints import POINTS
from shared.settings import settings
from tests.faults.test_cuts import REPEAT
from tests.support.builders import NOW, VACANCY, event, stage_changed, vacancy_timetabled
from tests.support.cut import Cut
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.post_office import PostOffice
from tests.support.rig import Rig, rig, until


class Office:
    """Notifications on a broker, with a mailbox that counts and people who are not eligible."""

    def __init__(self, bench: Rig, post_office: PostOffice, mailbox: Mailbox) -> None:
        self.bench, self._post_office, self.mailbox = bench, post_office, mailbox
        self.people: list[str] = []

    async def reject(self, *people: str) -> None:
        """Have intake and eligibility know them; each gets a receipt and, days later, a letter."""
        for one in people:
            await self._post_office.receive(one)
            await self.bench.fetch(
                "insert into eligibility.verdict values ($1, $2, 'rejected', '{left}', 'Because.',"
                " $3, $4, 'test', null, '{}', $5)",
                one, VACANCY, NOW.date(), NOW.date() + timedelta(days=400), NOW,
            )  # fmt: skip
        self.people += people

    async def tell(self, *people: str) -> None:
        changes = [stage_changed(one, Stage.NOT_ELIGIBLE) for one in people]
        await self.bench.publish(*[event(change) for change in changes])

    async def pass_days(self, days: int) -> None:
        """Let holds end and offices open."""
        await self.bench.fetch(
            "update messaging.clock set clock_offset = clock_offset + $1 * interval '1 day'", days
        )

    async def give_up_leases(self) -> None:
        """Let so much time pass that nobody waits for the one that was cut off."""
        await self.bench.fetch("update notifications.outbox set leased_until = now()")
        await self._post_office.pass_time(minutes=3)

    async def states(self) -> dict[tuple[str, str], str]:
        rows = await self.bench.fetch("select application, kind, state from notifications.message")
        return {(row["application"], row["kind"]): row["state"] for row in rows}

    async def are_told(self, people: list[str]) -> None:
        async def are_planned() -> bool:
            states = await self.states()
            return all((one, "acknowledgement") in states for one in people)

        await until(are_planned, "their receipts are planned")

    async def all_letters_end(self) -> None:
        """Go from day to day until everybody's receipt and letter have come to an end."""

        async def have_ended() -> bool:
            await self.pass_days(1)
            states = await self.states()
            if len(states) < 2 * len(self.people) or set(states.values()) - {"sent", "unknown"}:
                return False
            return await self.bench.queue_is_empty(NOTIFICATIONS)

        try:
            await until(have_ended, "all letters have come to an end", 40)
        except AssertionError:
            import aio_pika
            from collections import Counter

            print(
                "STATES",
                Counter((await self.states()).values()),
                len(self.people),
                await self.bench.fetch(
                    "select application,kind,state,detail,attempts,retry_at,claimed_at,send_after, now(), messaging.virtual_now() from notifications.message where state not in ('sent','unknown')"
                ),
            )
            c = await aio_pika.connect(self.bench.amqp_url)
            ch = await (await c.channel()).get_underlay_channel()
            print("QUEUE", await ch.queue_declare(NOTIFICATIONS.queue, passive=True))
            d = await ch.queue_declare(NOTIFICATIONS.queue, passive=True)
            print("QUEUE2", d.message_count, d.consumer_count)
            missing = [o for o in self.people if (o, "not_eligible") not in await self.states()]
            print(
                "STATES missing",
                missing,
                await self.bench.fetch(
                    "select id,type,subject,recorded_at from messaging.history where subject=any($1)",
                    missing,
                ),
                await self.bench.fetch(
                    "select id,subject,received_at from notifications.inbox where subject=any($1)",
                    missing,
                ),
                await self.bench.fetch(
                    "select * from notifications.standing where application=any($1)", missing
                ),
            )
            print(
                "HELD",
                await self.bench.held("notifications"),
                await self.bench.fetch("select * from notifications.outbox"),
            )
            raise


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


@pytest.mark.parametrize("point", POINTS)
async def test_G5_G12_a_sender_cut_off_at_any_step_loses_no_letter_and_sends_none_twice(
    office: Office, point: str
) -> None:
    await office.bench.publish(event(vacancy_timetabled()))
    for number in range(REPEAT):
        people = [f"app-{number}-{n}" for n in range(6)]
        await office.reject(*people)
        await office.tell(*people[:3])
        async with office.bench.worker(NOTIFICATIONS):
            await office.are_told(people[:3])
        cut = Cut(office.bench, NOTIFICATIONS, point, after=0)
        async with cut.working():
            await office.pass_days(7)  # timers fire, and are published, received, handled
            await office.tell(*people[3:])
            assert await cut.fires_within(20), f"the point {point!r} never fired"
        await office.give_up_leases()
        async with office.bench.worker(NOTIFICATIONS):
            await office.are_told(people)
            await office.all_letters_end()
    states = await office.states()
    assert set(states) == {
        (one, kind) for one in office.people for kind in ("acknowledgement", "not_eligible")
    }
    assert set(office.mailbox.taken.values()) == {1}
    sent = sum(state == "sent" for state in states.values())
    unknown = len(states) - sent
    assert sent <= office.mailbox.taken.total() <= sent + unknown
    assert unknown <= 2 * REPEAT  # one letter in hand at each cut, or when a worker was ended
    assert await office.bench.held("notifications") == []

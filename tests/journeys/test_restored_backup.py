"""G26: the database is restored from a backup, as docs/runbook.md says."""

import argparse
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.console import redrive
from services.console.workers import SERVICES as ALL
from services.simulator.mailbox import Mailbox
from shared.contracts import Event, Payload
from shared.messaging.topology import declare
from shared.settings import settings
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    application_submitted,
    application_withdrawn,
    candidate,
    departure,
    event,
    form,
    served,
    vacancy_published,
)
from tests.support.databases import Template
from tests.support.doctor import Doctor
from tests.support.quiet import is_quiet
from tests.support.rig import Rig, delete_queues, rig, until

SERVICES: Final = tuple(one for one in ALL if one.name != "documents")  # that one needs files
NOON: Final = datetime(2025, 10, 22, 11, tzinfo=UTC)  # in London, the day after the closing
A_DAY: Final = timedelta(hours=25)  # longer than the letter of a rejection is held


def applications(numbers: range) -> list[Event[Payload]]:
    """People in time and too late, some of them barred, in doubt, or withdrawn since."""
    events: list[Event[Payload]] = []
    for number in numbers:
        name, facts = f"app-{number}", dict[str, Any]()
        left = {1: "2024-05-01", 2: "2020"}.get(number % 4)
        if left:
            facts["form"] = form(early_departure=served(departure(left)))
        if number % 6 == 5:
            facts["submitted_at"] = LAST_ACCEPTED_AT + timedelta(minutes=1 + number)
        facts["candidate"] = candidate(email=f"{name}@example.org")
        events.append(event(application_submitted(name, **facts)))
        if number % 8 == 4:
            events.append(event(application_withdrawn(name)))
    return events


class Deployment:
    """A bench with its one database and a mail server, and what an operator does to them."""

    def __init__(self, bench: Rig, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench, self._server, self._monkeypatch = bench, server, monkeypatch
        self._name = urlsplit(bench.owner).path.removeprefix("/")
        self.backup = f"{self._name}_backup"

    @asynccontextmanager
    async def working(self, mailbox: Mailbox) -> AsyncIterator[None]:
        """Run all workers against a mail server; leaving the block cuts them off."""
        self._monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        self._monkeypatch.setenv("SMTP_PORT", str(mailbox.port))
        settings.cache_clear()
        async with AsyncExitStack() as stack:
            for service in SERVICES:
                await stack.enter_async_context(self.bench.worker(service))
            yield
        await self.bench.close()

    async def set_clock(self, now: datetime) -> None:
        await self.bench.fetch("update messaging.clock set clock_offset = $1 - now()", now)

    async def back_up(self) -> None:
        await self._copy(self._name, self.backup)

    async def restore(self) -> None:
        """Put the backup in the place of what is there, and empty the broker."""
        await self._copy(self.backup, self._name)
        await delete_queues(self.bench.amqp_url, SERVICES)
        await declare(self.bench.amqp_url, SERVICES)

    async def _copy(self, source: str, target: str) -> None:
        connection = await asyncpg.connect(self._server)
        await connection.execute(f"drop database if exists {target} with (force)")
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", source
        )  # a copy is refused while one of those that were cut off lingers
        await connection.execute(f"create database {target} template {source}")
        await connection.close()

    async def drop_backup(self) -> None:
        connection = await asyncpg.connect(self._server)
        await connection.execute(f"drop database if exists {self.backup} with (force)")
        await connection.close()

    async def redrive(self) -> None:
        """Publish the whole record again."""
        self._monkeypatch.setenv("AMQP_URL", self.bench.amqp_url)
        self._monkeypatch.setenv("DATABASE_URL", self.bench.owner)
        settings.cache_clear()
        [first] = await self.bench.fetch("select min(recorded_at) as at from messaging.history")
        assert await redrive.run(argparse.Namespace(since=first["at"], dry_run=False)) == 0

    async def quiet(self, events: Sequence[Event[Payload]]) -> None:
        """Wait until all is settled, and no letter is due or on its way."""
        due = (
            "select 1 from notifications.message where state = 'sending'"
            " or state = 'queued' and send_after <= messaging.virtual_now()"
        )
        ids = {str(one.id) for one in events}

        async def is_done() -> bool:
            return not await self.bench.fetch(due) and await is_quiet(self.bench, ids)

        await until(is_done, "quiet, and every letter sent")

    async def stages(self) -> dict[str, str]:
        rows = await self.bench.fetch("select application, stage from progress.application")
        return {row["application"]: row["stage"] for row in rows}


@pytest.fixture
async def deployment(
    amqp_url: str, database_url: str, template: Template, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Deployment]:
    async with template.copy() as database, rig(amqp_url, database.owner, SERVICES) as bench:
        deployment = Deployment(bench, database_url, monkeypatch)
        yield deployment
        await deployment.drop_backup()
    settings.cache_clear()


async def test_G26_nothing_is_lost_by_a_restore_and_no_letter_that_had_gone_is_another_one(
    deployment: Deployment, doctor: Doctor, tmp_path: Path
) -> None:
    early = [event(vacancy_published()), *applications(range(12))]
    late = applications(range(12, 24))
    unheard = applications(range(24, 28))
    everything = early + late + unheard
    async with Mailbox(tmp_path / "gone") as gone, Mailbox(tmp_path / "again") as again:
        await deployment.set_clock(NOON)
        async with deployment.working(gone):
            await deployment.bench.publish(*early)
            await until(lambda: have_come(gone, 5), "the first letters")
        await deployment.back_up()  # in the middle of it
        async with deployment.working(gone):
            await deployment.bench.publish(*late)
            await deployment.quiet(early + late)
            await deployment.set_clock(NOON + A_DAY)
            await deployment.quiet(early + late)
            stages = await deployment.stages()
        await deployment.bench.publish(*unheard)

        await deployment.restore()
        assert len(await deployment.stages()) < len(stages)
        await deployment.set_clock(NOON + A_DAY)
        async with deployment.working(again):
            await deployment.redrive()
            await deployment.bench.publish(*random.Random(26).sample(everything, len(everything)))
            await deployment.quiet(everything)
            await deployment.set_clock(NOON + 2 * A_DAY)
            await deployment.quiet(everything)
            restored = await deployment.stages()
            await doctor.finds_nothing(deployment.bench.owner)

    assert set(restored) == {one.subject for one in everything[1:]}
    assert restored | stages == restored
    went, came = letters(gone), letters(again)
    assert {*went.values(), *came.values()} == {1}
    assert {to for to, _ in came - went} == {f"{one.subject}@example.org" for one in unheard}
    assert {"You cannot apply for this role at present", "We have received your application"} <= {
        subject for _, subject in came & went
    }


async def have_come(mailbox: Mailbox, count: int) -> bool:
    return len(mailbox.letters) >= count


def letters(mailbox: Mailbox) -> Counter[tuple[str, str]]:
    """Count letters as one who compares mail servers does who has no Message-ID: by its reader."""
    read = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in mailbox.letters]
    return Counter((str(one["To"]), str(one["Subject"]).partition(":")[0]) for one in read)

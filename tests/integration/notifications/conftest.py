"""Notifications with its neighbours' tables filled, and a pretend mail server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.notifications.provider import MailServer
from services.notifications.worker import SERVICE
from services.progress.worker import SERVICE as PROGRESS
from services.simulator.mailbox import Mailbox
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.postgres import Database
from shared.settings import Settings, settings
from tests.support.builders import APPLICATION, NOW, vacancy_published, vacancy_timetabled
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.post_office import PostOffice
from tests.support.publishing import publish
from tests.support.way import BARRED, Way


@pytest.fixture
async def notifications(database: TestDatabase) -> Database:
    return await database.service("notifications")


@pytest.fixture
async def hearing(notifications: Database) -> Hearing:
    return Hearing(SERVICE, notifications)


@pytest.fixture
async def timetabled(hearing: Hearing) -> Hearing:
    await hearing.hear(vacancy_timetabled(), now=NOW)
    return hearing


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    async with Mailbox(tmp_path / "letters") as mailbox:
        yield mailbox


@pytest.fixture
def mail_settings(mailbox: Mailbox) -> Settings:
    return replace(settings(), smtp_host="127.0.0.1", smtp_port=mailbox.port)


@pytest.fixture
async def server(mail_settings: Settings) -> AsyncIterator[MailServer]:
    server = MailServer(mail_settings)
    yield server
    await server.leave()


@pytest.fixture
async def post_office(
    database: TestDatabase, notifications: Database, timetabled: Hearing, server: MailServer
) -> AsyncIterator[PostOffice]:
    owner = await asyncpg.connect(database.owner)
    yield PostOffice(notifications, owner, timetabled, server)
    await owner.close()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], object]:
    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - what is waited for happens on a socket
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
async def path(database: TestDatabase, post_office: PostOffice) -> Way:
    """An application that has been rejected, and whose letter is held."""
    await post_office.receive(APPLICATION)
    eligibility = Hearing(ELIGIBILITY, await database.service("eligibility"))
    await publish(database, vacancy_published())
    path = Way(eligibility, Hearing(PROGRESS, await database.service("progress")), post_office)
    heard = await path.go(BARRED)
    assert isinstance(heard[-1], ApplicationStageChanged)
    assert heard[-1].stage is Stage.NOT_ELIGIBLE
    return path

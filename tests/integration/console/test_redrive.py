"""Publishing the record again: whom the broker lets do that."""

import argparse
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from services.console import redrive
from shared.contracts.applications import ApplicationAccepted
from shared.contracts.vacancies import VacancyReplanRequested
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.settings import settings
from tests.support.databases import TestDatabase


@pytest.fixture
async def recorded(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[datetime]:
    """One announcement, a moment ago."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into messaging.history (id, type, subject, body)"
        " values (gen_random_uuid(), $1, 'a', '')",
        ApplicationAccepted.type,
    )
    began_at = await owner.fetchval("select min(recorded_at) from messaging.history")
    await owner.close()
    monkeypatch.setenv("DATABASE_URL", database.owner)
    yield began_at
    settings.cache_clear()


@pytest.mark.parametrize(
    ("amqp_url", "says"),
    [
        ("", "Set AMQP_URL to the administrator's URL"),
        ("amqp://operator:refused@127.0.0.1:9/", "Is AMQP_URL the administrator's"),
    ],
)
async def test_who_may_not_publish_everything_is_told_who_may(
    amqp_url, says, recorded, monkeypatch, capsys
):
    monkeypatch.setenv("AMQP_URL", amqp_url)
    settings.cache_clear()
    arguments = argparse.Namespace(since=recorded, dry_run=False)
    assert await redrive.run(arguments) in {1, 2}
    assert says in capsys.readouterr().err


async def test_W10_what_a_person_asked_for_is_not_asked_again_by_a_record(
    recorded, database, capsys
):
    """They may have been told that the broker had not taken it, and decided otherwise."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into messaging.history (id, type, subject, body)"
        " values (gen_random_uuid(), $1, 'v', '')",
        VacancyReplanRequested.type,
    )
    await owner.close()
    assert await redrive.run(argparse.Namespace(since=recorded, dry_run=True)) == 0
    assert capsys.readouterr().out == "1 events would be published again\n"


class Broker:
    """Takes all pages or none, and knows how long each was."""

    def __init__(self, *, is_up: bool) -> None:
        self._is_up, self.pages = is_up, list[int]()

    async def publish(self, messages: Sequence[Outgoing]) -> list[UUID]:
        self.pages.append(len(messages))
        return [one.id for one in messages] if self._is_up else []


@pytest.mark.parametrize(("is_up", "pages"), [(True, [200, 200, 101]), (False, [200])])
async def test_G15_a_record_of_many_pages_is_published_whole_and_a_dead_broker_asked_once(
    is_up, pages, recorded, database, monkeypatch
):
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into messaging.history (id, type, subject, body) select gen_random_uuid(), $1,"
        " 'a', '' from generate_series(1, 500)",
        ApplicationAccepted.type,
    )
    await owner.close()
    broker = Broker(is_up=is_up)
    monkeypatch.setattr(Publisher, "publish", lambda _, messages: broker.publish(messages))
    monkeypatch.setenv("AMQP_URL", "amqp://127.0.0.1:9/")
    settings.cache_clear()
    arguments = argparse.Namespace(since=recorded, dry_run=False)
    assert await redrive.run(arguments) == (0 if is_up else 1)
    assert broker.pages == pages

"""Publishing the record again: whom the broker lets do that."""

import argparse
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from services.console import redrive
from shared.contracts.applications import ApplicationAccepted
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


@pytest.mark.parametrize(
    ("is_up", "code", "expected", "says"),
    [(True, 0, [200, 200, 101], "501 of 501"), (False, 1, [200], "0 of 501")],
)
async def test_G15_a_record_of_many_pages_is_published_whole_and_a_dead_broker_asked_once(
    is_up, code, expected, says, recorded, database, monkeypatch, capsys
):
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "insert into messaging.history (id, type, subject, body) select gen_random_uuid(), $1,"
        " 'a', '' from generate_series(1, 500)",
        ApplicationAccepted.type,
    )
    await owner.close()
    pages: list[int] = []

    async def publish(_: object, messages: Sequence[Outgoing]) -> list[UUID]:
        pages.append(len(messages))
        return [one.id for one in messages] if is_up else []

    monkeypatch.setattr(Publisher, "publish", publish)
    monkeypatch.setenv("AMQP_URL", "amqp://127.0.0.1:9/")
    settings.cache_clear()
    arguments = argparse.Namespace(since=recorded, dry_run=False)
    assert await redrive.run(arguments) == code
    assert pages == expected
    assert says in capsys.readouterr().out

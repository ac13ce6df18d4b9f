"""Publishing the record again: whom the broker lets do that."""

import argparse
from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg
import pytest

from services.console import redrive
from shared.contracts.applications import ApplicationAccepted
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

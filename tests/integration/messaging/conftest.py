"""The workbench, once on the real broker and once on the embedded one."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.messaging import Service, held
from tests.support.databases import TestDatabase
from tests.support.rig import Rig, rig


@pytest.fixture
async def bench(broker_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    async with rig(broker_url, database.owner) as bench:
        yield bench


@pytest.fixture
async def intake_bench(broker_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    async with rig(broker_url, database.owner, (Service("intake", ()),)) as bench:
        yield bench


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the number of attempts, but not the minutes between them."""
    quick = [timedelta(milliseconds=1).total_seconds()] * len(held._BACKOFF_SECONDS)
    monkeypatch.setattr(held, "_BACKOFF_SECONDS", quick)

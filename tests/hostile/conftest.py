"""The real intake worker, on both brokers."""

from collections.abc import AsyncIterator

import pytest

from services.intake.worker import SERVICE as INTAKE
from tests.support.builders import event, vacancy_timetabled
from tests.support.databases import TestDatabase
from tests.support.intake_desk import Desk
from tests.support.rig import rig, until


@pytest.fixture
async def empty_desk(broker_url: str, database: TestDatabase) -> AsyncIterator[Desk]:
    """Intake's desk before anybody works at it."""
    async with rig(broker_url, database.owner, (INTAKE,)) as bench:
        yield Desk(bench)


@pytest.fixture
async def desk(broker_url: str, database: TestDatabase) -> AsyncIterator[Desk]:
    """Intake with one vacancy, at work."""
    async with rig(broker_url, database.owner, (INTAKE,)) as bench, bench.worker(INTAKE):
        await bench.publish(event(vacancy_timetabled()))

        async def is_known() -> bool:
            return bool(await bench.fetch("select from intake.vacancy"))

        await until(is_known, "the vacancy is known")
        yield Desk(bench)

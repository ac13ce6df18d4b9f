"""Eligibility with a vacancy published, and a look into its tables."""

import pytest

from services.eligibility.worker import SERVICE
from tests.support.builders import vacancy_published
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.publishing import publish


@pytest.fixture
async def eligibility(database: TestDatabase) -> Hearing:
    await publish(database, vacancy_published())
    return Hearing(SERVICE, await database.service("eligibility"))


async def rows(database: TestDatabase, sql: str, service: str = "eligibility") -> list[tuple]:
    connected = await database.service(service)
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def stands(database: TestDatabase) -> list[tuple]:
    return await rows(
        database, "select outcome, basis, reasons, eligible_from, working from eligibility.verdict"
    )

"""Eligibility with a vacancy published, and a look into its tables."""

import pytest

from services.eligibility.worker import SERVICE
from tests.support.builders import (
    NOW,
    vacancy_published,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


@pytest.fixture
async def eligibility(database: TestDatabase) -> Hearing:
    hearing = Hearing(SERVICE, await database.service("eligibility"))
    await hearing.hear(vacancy_published(), now=NOW)
    return hearing


async def rows(database: TestDatabase, sql: str, service: str = "eligibility") -> list[tuple]:
    connected = await database.service(service)
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def stands(database: TestDatabase) -> list[tuple]:
    return await rows(
        database, "select outcome, basis, reasons, eligible_from, working from eligibility.verdict"
    )

"""Intake before and after it knows the vacancy."""

from collections.abc import Awaitable, Callable

import pytest

from services.intake.worker import SERVICE
from tests.support.builders import NOW, vacancy_timetabled
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

Rows = Callable[[str, str], Awaitable[list[tuple]]]


@pytest.fixture
async def intake(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("intake"))


@pytest.fixture
async def open_intake(intake: Hearing) -> Hearing:
    await intake.hear(vacancy_timetabled(), now=NOW)
    return intake


@pytest.fixture
def rows(database: TestDatabase) -> Rows:
    """`await rows(service, sql)` reads with the rights of that service."""

    async def read(service: str, sql: str) -> list[tuple]:
        connected = await database.service(service)
        async with connected.transaction() as tx:
            return [tuple(row) for row in await tx.fetch(sql)]

    return read

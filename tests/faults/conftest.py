"""Servers that a test may restart, kill and freeze: private ones, for this session only."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.embedded.binaries import system_postgres, system_rabbit
from shared.embedded.postgres import PostgresServer
from shared.embedded.rabbitmq import RabbitServer
from tests.support.databases import created
from tests.support.rig import Rig, rig


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitServer]:
    with RabbitServer(system_rabbit()) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer(system_postgres()) as server:
        yield server


@pytest.fixture
async def bench(rabbitmq: RabbitServer, postgres: PostgresServer) -> AsyncIterator[Rig]:
    async with created(postgres.url) as owner, rig(rabbitmq.url, owner) as bench:
        yield bench

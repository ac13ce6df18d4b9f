"""Servers that a test may restart, kill and freeze: private ones, for this session only."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.embedded.binaries import system_postgres
from shared.embedded.broker_server import BrokerServer
from shared.embedded.postgres import PostgresServer
from shared.embedded.private_server import PrivateServer
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import rabbit_here
from tests.support.databases import created
from tests.support.rig import Rig, rig


def _broker() -> PrivateServer:
    """RabbitMQ where this machine has it; `./muster test` says so where it has not."""
    found = rabbit_here()
    return RabbitServer(found) if found else BrokerServer()


@pytest.fixture(scope="session")
def broker() -> Iterator[PrivateServer]:
    with _broker() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # Killed it may be, but not cut off from its power: so fsync would prove nothing.
    with PostgresServer(system_postgres(), is_durable=False) as server:
        yield server


@pytest.fixture
async def bench(broker: PrivateServer, postgres: PostgresServer) -> AsyncIterator[Rig]:
    async with created(postgres.url) as owner, rig(broker.url, owner) as bench:
        yield bench

"""Private servers for the session, a fresh database for each test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.embedded.binaries import system_postgres, system_rabbit
from shared.embedded.postgres import PostgresServer
from shared.embedded.rabbitmq import RabbitServer
from tests.support.databases import Template, TestDatabase


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The owner's URL of a server where databases and roles may be created."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with PostgresServer(system_postgres(), is_durable=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    """The owner's URL of a broker where anything may be declared."""
    if url := os.environ.get("AMQP_URL"):
        yield url
        return
    rabbit = system_rabbit()
    assert rabbit, "no RabbitMQ on this machine: ./muster test brings one up"
    with RabbitServer(rabbit) as server:
        yield server.url


@pytest.fixture(scope="session")
def _template(database_url: str) -> Iterator[Template]:
    template = Template(database_url)
    asyncio.run(template.create())
    yield template
    asyncio.run(template.drop())


@pytest.fixture
async def database(_template: Template) -> AsyncIterator[TestDatabase]:
    """Every service's tables, empty; gone after the test."""
    async with _template.copy() as copy:
        yield copy

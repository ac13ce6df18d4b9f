"""Private servers for the session, a fresh database for each test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from shared.embedded.binaries import system_postgres
from shared.embedded.broker import EmbeddedBroker
from shared.embedded.postgres import PostgresServer
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import rabbit_here
from tests.support.databases import Template, TestDatabase, drop_roles

# A quick look by default; `MUSTER_EXAMPLES=10000` for the figure that is promised. A build takes
# the same examples every time, so that it can be repeated. A run by hand takes others each time;
# the seed of a failure is printed, and kept in .hypothesis until the test passes.
hypothesis.settings.register_profile(
    "quick",
    max_examples=100,
    deadline=None,
    print_blob=True,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "thorough",
    parent=hypothesis.settings.get_profile("quick"),
    max_examples=int(os.environ.get("MUSTER_EXAMPLES", "100")),
)
hypothesis.settings.load_profile("thorough" if "MUSTER_EXAMPLES" in os.environ else "quick")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The owner's URL of a server where databases and roles may be created."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        asyncio.run(drop_roles(url))
        return
    with PostgresServer(system_postgres(), is_durable=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    """The owner's URL of a broker where anything may be declared."""
    if url := os.environ.get("AMQP_URL"):
        yield url
        return
    rabbit = rabbit_here()
    assert rabbit, "no RabbitMQ on this machine: ./muster test brings one up"
    with RabbitServer(rabbit) as server:
        yield server.url


@pytest.fixture(params=["rabbitmq", "embedded"])
async def broker_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The real broker and the embedded one: what is promised is promised of both."""
    if request.param == "rabbitmq":
        yield request.getfixturevalue("amqp_url")
        return
    broker = EmbeddedBroker(tmp_path / "journal")
    yield await broker.start()
    await broker.stop()


@pytest.fixture(scope="session")
def template(database_url: str) -> Iterator[Template]:
    template = Template(database_url)
    asyncio.run(template.create())
    yield template
    asyncio.run(template.drop())


@pytest.fixture
async def database(template: Template) -> AsyncIterator[TestDatabase]:
    """Every service's tables, empty; gone after the test."""
    async with template.copy() as copy:
        yield copy

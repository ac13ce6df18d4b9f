"""Which broker and which database a command works with."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from shared.embedded import debian
from shared.embedded.binaries import (
    RabbitBinaries,
    system_postgres,
    system_rabbit,
    unpacked_rabbit,
)
from shared.embedded.broker_server import BrokerServer
from shared.embedded.docker import PostgresContainer, RabbitContainer, docker_answers
from shared.embedded.postgres import PostgresServer
from shared.embedded.process import ServerError
from shared.embedded.rabbitmq import RabbitServer
from shared.settings import settings


class Choice(StrEnum):
    """What `--servers` may say."""

    AUTO = "auto"
    EMBEDDED = "embedded"
    LOCAL = "local"
    DOCKER = "docker"


class Server(Protocol):
    """A broker or a database that can be started here."""

    @property
    def title(self) -> str:
        """Name, version and where it is from, to be printed."""

    @property
    def url(self) -> str:
        """The owner's URL, once it has started."""

    def start(self) -> object:
        """Return once it answers."""

    def close(self) -> None:
        """End it and remove what was temporary."""


@dataclass(frozen=True, slots=True)
class GivenServer:
    """One that somebody else runs."""

    title: str
    url: str

    def start(self) -> None:
        """Leave it alone."""

    def close(self) -> None:
        """Leave it alone."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two are, as their owners, and a line that says which they are."""

    amqp_url: str
    database_url: str
    description: str


@contextmanager
def servers(
    choice: Choice, folder: Path | None = None, *, is_durable: bool = True
) -> Iterator[Servers]:
    """Start a broker and a database, and end them on leaving or when this process is gone.

    With a `folder` their data is kept there. Raises ServerError saying what to install.
    """
    amqp_url = settings().amqp_url if choice is Choice.AUTO else ""
    database_url = settings().database_url if choice is Choice.AUTO else ""
    if not (amqp_url and database_url):
        choice = _settle(choice)
    with ThreadPoolExecutor() as pool, ExitStack() as ending:
        broker = _given(amqp_url, "AMQP_URL") or _choose_broker(choice, folder)
        ending.callback(broker.close)
        database = _given(database_url, "DATABASE_URL") or _choose_database(
            choice, folder, is_durable=is_durable
        )
        ending.callback(database.close)
        for started in [pool.submit(server.start) for server in (broker, database)]:
            started.result()
        yield Servers(broker.url, database.url, f"{database.title}; {broker.title}")


def rabbit_here() -> RabbitBinaries | None:
    """Find RabbitMQ on this machine, installed or unpacked."""
    return system_rabbit() or unpacked_rabbit(_unpacked())


def find_rabbit() -> RabbitBinaries:
    """Find RabbitMQ on this machine, else fetch Debian's packages, else say what to install."""
    found = rabbit_here()
    if not found and debian.is_debian():
        print("Fetching RabbitMQ from Debian's packages, once.", file=sys.stderr)  # noqa: T201
        if os.geteuid() == 0:
            debian.install()
        else:
            debian.unpack(_unpacked())
        found = rabbit_here()
    if not found:
        raise ServerError(
            "no RabbitMQ here: install rabbitmq-server (apt, dnf or brew), "
            "or set AMQP_URL, or use --servers embedded"
        )
    return found


def _unpacked() -> Path:
    return settings().home / "debian"


def _given(url: str, variable: str) -> Server | None:
    return GivenServer(f"{urlsplit(url).scheme} from {variable}", url) if url else None


def _settle(choice: Choice) -> Choice:
    """Make sure of Docker, and find the best that this machine has."""
    if choice is Choice.AUTO:
        return Choice.DOCKER if docker_answers() else Choice.LOCAL
    if choice is Choice.DOCKER and not docker_answers():
        raise ServerError(
            "no Docker engine answers, or it cannot get the images: "
            "start Docker, or use --servers local"
        )
    return choice


def _choose_broker(choice: Choice, folder: Path | None) -> Server:
    if choice is Choice.DOCKER:
        return RabbitContainer()
    if choice is Choice.EMBEDDED:
        return BrokerServer(folder=folder and folder / "broker")
    return RabbitServer(find_rabbit(), folder=folder and folder / "rabbitmq")


def _choose_database(choice: Choice, folder: Path | None, *, is_durable: bool) -> Server:
    if choice is Choice.DOCKER:
        return PostgresContainer()
    binaries = system_postgres() if choice is Choice.LOCAL else None
    kept = folder and folder / "postgres"
    return PostgresServer(binaries, folder=kept, is_durable=is_durable)

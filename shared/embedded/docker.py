"""PostgreSQL and RabbitMQ in containers, where a Docker engine answers."""

import contextlib
import secrets
from typing import Final, Self

from shared.embedded.process import ServerError, wait_for
from shared.embedded.rabbitmq import shakes_hands

_POSTGRES: Final = "postgres:17"
_RABBITMQ: Final = "rabbitmq:4-management"
_PULL_SECONDS: Final = 300
_START_SECONDS: Final = 120
_OWNER: Final = "muster"


def docker_answers() -> bool:
    """Say whether there is a Docker engine that has both images, or can pull them."""
    # Of testcontainers, which is for developers only.
    import docker  # type: ignore[import-untyped]
    from docker.errors import DockerException  # type: ignore[import-untyped]

    try:
        with contextlib.closing(docker.from_env(timeout=_PULL_SECONDS)) as client:
            here = {tag for image in client.images.list() for tag in image.tags}
            for missing in {_POSTGRES, _RABBITMQ} - here:
                client.images.pull(missing)
    except (DockerException, OSError):
        return False
    return True


class PostgresContainer:
    """The image that production would use; the owner may create databases and roles."""

    title = "PostgreSQL 17 in Docker"

    def __init__(self) -> None:
        from testcontainers.community.postgres import PostgresContainer as Container

        self._container = Container(
            _POSTGRES,
            username=_OWNER,
            password=secrets.token_urlsafe(24),
            dbname="postgres",
            driver=None,
        )

    @property
    def url(self) -> str:
        """The owner's URL."""
        return str(self._container.get_connection_url())

    def start(self) -> Self:
        """Return once it answers a query."""
        self._container.start()
        return self

    def close(self) -> None:
        """Remove the container and its data."""
        self._container.stop()


class RabbitContainer:
    """The image that production would use.

    Not testcontainers' own RabbitMQ, which needs another AMQP client to see that it is ready.
    """

    title = "RabbitMQ 4 in Docker"

    def __init__(self) -> None:
        from testcontainers.core.container import DockerContainer

        self._password = secrets.token_urlsafe(24)
        self._container = (
            DockerContainer(_RABBITMQ)
            .with_exposed_ports(5672)
            .with_env("RABBITMQ_DEFAULT_USER", _OWNER)
            .with_env("RABBITMQ_DEFAULT_PASS", self._password)
        )

    @property
    def url(self) -> str:
        """The owner's URL for the default virtual host."""
        host, port = self._address()
        return f"amqp://{_OWNER}:{self._password}@{host}:{port}/"

    def start(self) -> Self:
        """Return once it shakes hands."""
        self._container.start()
        host, port = self._address()
        if not wait_for(lambda: shakes_hands(port, host), seconds=_START_SECONDS):
            raise ServerError(f"{self.title} is not ready after {_START_SECONDS} seconds")
        return self

    def close(self) -> None:
        """Remove the container and its data."""
        self._container.stop()

    def _address(self) -> tuple[str, int]:
        container = self._container
        return container.get_container_host_ip(), container.get_exposed_port(5672)

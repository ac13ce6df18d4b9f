"""The containers that are promised: RabbitMQ 4 and PostgreSQL 17."""

import asyncpg
from aio_pika import connect

from shared.embedded.docker import docker_answers


async def test_the_database_is_postgresql_17(database_url: str) -> None:
    assert docker_answers()
    connection = await asyncpg.connect(database_url)
    assert (await connection.fetchval("show server_version")).startswith("17.")
    await connection.close()


async def test_the_broker_is_rabbitmq_4(amqp_url: str) -> None:
    connection = await connect(amqp_url)
    properties = connection.transport.connection.server_properties
    await connection.close()
    assert str(properties["version"]).startswith("4.")

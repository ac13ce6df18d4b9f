"""Servers of our own can be killed, frozen and started again, and never outlive us."""

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial

import aio_pika
import asyncpg
import pytest

from shared.embedded import private_server
from shared.embedded.binaries import RabbitBinaries, system_postgres
from shared.embedded.broker_server import BrokerServer
from shared.embedded.guard import descendants
from shared.embedded.postgres import PostgresServer
from shared.embedded.process import ServerError, command_of, wait_for
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import rabbit_here

# Those of this machine too, where it has them; `./muster test` sees to it, or says that it cannot.
POSTGRES = [pytest.param(None, id="embedded")]
BROKERS = [pytest.param(BrokerServer, id="embedded")]
if postgres := system_postgres():
    POSTGRES.append(pytest.param(postgres, id="of-this-machine"))
if rabbit := rabbit_here():
    BROKERS.append(pytest.param(partial(RabbitServer, rabbit), id="rabbitmq"))


@pytest.mark.parametrize("binaries", POSTGRES)
async def test_PostgreSQL_keeps_what_was_committed_when_it_is_killed(binaries):
    with PostgresServer(binaries, is_durable=False) as server:
        await _execute(server, "create table kept as select 1 as n")
        server.kill()
        with pytest.raises(OSError):
            await _execute(server, "select 1")
        server.start()
        assert await _execute(server, "select n from kept") == 1


async def test_a_frozen_PostgreSQL_answers_once_it_is_resumed():
    with PostgresServer(is_durable=False) as server:
        server.freeze()
        with pytest.raises(TimeoutError):
            await _execute(server, "select 1", within=0.3)
        server.resume()
        assert await _execute(server, "select 1") == 1


async def test_data_in_a_folder_is_there_again_the_next_time(tmp_path):
    with PostgresServer(folder=tmp_path) as server:
        await _execute(server, "create table kept as select 1 as n")
        server.kill()
    with PostgresServer(folder=tmp_path) as server:
        assert await _execute(server, "select n from kept") == 1


async def test_a_process_id_that_is_somebody_elses_by_now_is_no_obstacle(tmp_path):
    with PostgresServer(folder=tmp_path) as server:
        server.kill()
    stale = tmp_path / "data" / "postmaster.pid"
    _, *rest = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getppid()), *rest]))
    with PostgresServer(folder=tmp_path) as server:
        assert await _execute(server, "select 1") == 1


def test_a_folder_is_used_by_one_server_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(private_server, "_GUARD_SECONDS", 0.1)
    with PostgresServer(folder=tmp_path), pytest.raises(ServerError, match="in use"):
        PostgresServer(folder=tmp_path).start()


def test_data_of_another_PostgreSQL_is_refused_with_what_to_do(tmp_path):
    with PostgresServer(folder=tmp_path):
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerError, match="remove that folder"):
        PostgresServer(folder=tmp_path).start()


@pytest.mark.parametrize("broker", BROKERS)
async def test_a_broker_keeps_what_it_confirmed_when_it_is_killed(broker):
    with broker() as server:
        await _declare(server.url)
        server.restart()  # a queue that is a second old: RabbitMQ 3 may forget a younger one
        await _publish(server.url)
        server.kill()
        server.start()
        assert await _get(server.url) == b"kept"


def test_a_broker_that_does_not_answer_rabbitmqctl_is_a_server_error_that_says_so(
    tmp_path, monkeypatch
):
    def run(*_, timeout, **__):
        raise subprocess.TimeoutExpired("rabbitmqctl", timeout)

    monkeypatch.setattr(subprocess, "run", run)
    server = RabbitServer(RabbitBinaries(tmp_path), folder=tmp_path)
    with pytest.raises(ServerError, match="rabbitmqctl stop_app: no answer within 180 seconds"):
        server.stop_app()


@pytest.mark.parametrize("broker", BROKERS)
async def test_servers_of_two_sessions_do_not_meet(broker):
    with broker() as one, broker() as other:
        await _declare(one.url)
        await _declare(other.url)
        await _publish(one.url)
        assert await _get(other.url) is None
        assert await _get(one.url) == b"kept"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_and_their_folders_are_gone_when_their_parent_is(ending, tmp_path):
    session = subprocess.Popen(
        [sys.executable, "-c", SESSION],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with session.stdout as output:
        assert output.readline() == "up\n"
    started = descendants(session.pid)
    assert any("postgres" in command_of(pid) for pid in started)
    session.send_signal(ending)
    session.wait()
    assert wait_for(lambda: not any(map(command_of, started)), seconds=60)
    assert wait_for(lambda: not list(tmp_path.iterdir()), seconds=30)


SESSION = """
import sys, time
from shared.embedded.servers import Choice, servers
with servers(Choice.EMBEDDED):
    print("up", flush=True)
    time.sleep(60)
"""


async def _execute(server, sql, *, within=60):
    async with asyncio.timeout(within):
        connection = await asyncpg.connect(server.url)
        try:
            return await connection.fetchval(sql)
        finally:
            connection.terminate()


async def _declare(url):
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True)


async def _publish(url):
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def _get(url):
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")
        message = await queue.get(fail=False, no_ack=True)
        return message and message.body

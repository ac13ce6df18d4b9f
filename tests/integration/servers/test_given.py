"""Servers that are given to the tests are theirs, or are left as they are."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import asyncpg
import pytest

from services.console import __main__ as console
from services.console import test
from services.console.project import PROJECT
from services.console.workers import owners
from services.intake.worker import SERVICE as INTAKE
from shared.embedded.postgres import PostgresServer
from shared.messaging.topology import declare
from shared.postgres.migrate import migrate
from shared.settings import settings
from tests.mutants import __main__ as mutants
from tests.support.rig import delete_queues

ONE_TEST = "tests/integration/servers/test_database_fixture.py"


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """As an operator has one: nobody's tests have been there."""
    with PostgresServer(is_durable=False) as server:
        yield server


@pytest.fixture
def ran(monkeypatch) -> Iterator[list[object]]:
    """What `./muster test` has let loose on the servers, if it has."""
    ran: list[object] = []
    monkeypatch.setattr(test, "_pytest", lambda *run: ran.append(run) or 0)
    monkeypatch.setattr(mutants, "_is_caught", lambda *run: ran.append(run) or True)
    monkeypatch.setenv("AMQP_URL", "")
    monkeypatch.setenv("DATABASE_URL", "")
    settings.cache_clear()
    yield ran
    settings.cache_clear()


def start(program) -> int | str | None:
    """Run one of the two that let tests loose, as if it had been typed."""
    settings.cache_clear()
    try:
        return console.main(["test", "integration"]) if program is test else program.main([])
    except SystemExit as error:
        return error.code


async def execute(server: PostgresServer, sql: str) -> list[str]:
    connection = await asyncpg.connect(server.url)
    try:
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def roles(server: PostgresServer) -> list[str]:
    return asyncio.run(
        execute(server, r"select rolname from pg_roles where rolname like 'muster\_%' order by 1")
    )


@pytest.mark.parametrize("program", [test, mutants], ids=["test", "mutants"])
def test_a_broker_that_has_a_queue_of_ours_is_refused_before_anything_is_touched(
    program, amqp_url, ran, monkeypatch, capsys
):
    asyncio.run(declare(amqp_url, [INTAKE]))
    monkeypatch.setenv("AMQP_URL", amqp_url)
    try:
        assert start(program) == 2
    finally:
        asyncio.run(delete_queues(amqp_url, [INTAKE]))
    assert ran == []
    told = capsys.readouterr().err
    assert "the queues muster.intake." in told
    assert "a virtual host of their own, or unset AMQP_URL" in told


@pytest.mark.parametrize("program", [test, mutants], ids=["test", "mutants"])
def test_a_database_server_on_which_a_deployment_lives_is_refused_before_anything_is_touched(
    program, postgres, ran, monkeypatch, capsys
):
    asyncio.run(execute(postgres, "create database live"))
    asyncio.run(migrate(f"{postgres.url.rpartition('/')[0]}/live", owners(), "its secret"))
    monkeypatch.setenv("DATABASE_URL", postgres.url)

    assert start(program) == 2
    assert ran == []
    told = capsys.readouterr().err
    assert "muster_intake" in told
    assert "in use by database live." in told
    assert "a server of their own, or unset DATABASE_URL" in told


def test_roles_that_wait_for_their_database_are_refused_with_how_to_drop_them(
    postgres, ran, monkeypatch, capsys
):
    asyncio.run(execute(postgres, "create role muster_intake login password 'kept'"))
    monkeypatch.setenv("DATABASE_URL", postgres.url)

    assert start(test) == 2
    assert ran == []
    advice = capsys.readouterr().err.strip().rpartition(": ")[2]
    asyncio.run(execute(postgres, advice))
    assert roles(postgres) == []


def test_a_run_leaves_nothing_on_a_given_server_and_one_that_was_cut_off_is_no_obstacle(
    postgres, amqp_url
):
    def run() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "services.console", "test", ONE_TEST],
            cwd=PROJECT, env=os.environ | {"DATABASE_URL": postgres.url, "AMQP_URL": amqp_url},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    run()
    assert roles(postgres) == []
    names = asyncio.run(execute(postgres, "select datname from pg_database"))
    assert sorted(names) == ["postgres", "template0", "template1"]

    for kept in ("muster_test_0123abcd", "muster_test_0123abcd_4567cdef", "muster_fault_89abcdef"):
        asyncio.run(execute(postgres, f"create database {kept}"))
        asyncio.run(migrate(f"{postgres.url.rpartition('/')[0]}/{kept}", owners(), "cut off"))
    run()

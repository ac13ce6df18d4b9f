"""A broker that takes nothing any more, and one that has lost its disk."""

import argparse
import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import pytest
import structlog

from services.console import redrive
from services.console.workers import SERVICES
from services.intake.worker import SERVICE as INTAKE
from services.vacancies.worker import SERVICE as VACANCIES
from shared import clock
from shared.contracts import Exchange
from shared.contracts.applications import ApplicationAccepted, ApplicationStageChanged
from shared.embedded.private_server import PrivateServer
from shared.embedded.rabbitmq import RabbitServer
from shared.messaging import outbox, publisher
from shared.messaging.batch import Outcome
from shared.messaging.outbox import Outgoing
from shared.messaging.topology import declare
from shared.postgres import Database
from shared.settings import settings
from shared.users import url_of
from tests.support.builders import application_submitted, event, vacancy_published
from tests.support.databases import SECRET, TestDatabase
from tests.support.ledger import ECHO, LEDGER, EntryWritten, ReminderDue, entry
from tests.support.rig import Rig, rig, until
from tests.support.supervision import exactly_once, let_leases_end, settled

ACCEPTED: Final = ApplicationAccepted.type
STAGE_CHANGED: Final = ApplicationStageChanged.type
# Everybody but documents; and no letter goes out.
WITHOUT_FILES: Final = tuple(replace(s, loops=()) for s in SERVICES if s.name != "documents")


async def test_G7_F18_while_the_brokers_disk_is_full_work_goes_on_and_nothing_is_called_sent(
    bench: Rig, broker: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_TIMEOUT_SECONDS", 0.5)
    events = [entry(f"account-{n}") for n in range(50)]
    await bench.publish(*events)
    with full_disk(broker), structlog.testing.capture_logs() as logged:
        async with bench.worker(LEDGER):

            async def is_handled() -> bool:
                tried = any(line["event"] == "publish_unconfirmed" for line in logged)
                return tried and len(await bench.effects()) == len(events)

            await until(is_handled, "all are handled, and publishing is tried")
            assert len(await bench.fetch("select 1 from ledger.outbox")) == len(events)
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await let_leases_end(bench)
        await settled(bench, events)
    await exactly_once(bench, events)


async def test_F18_more_than_a_full_brokers_socket_takes_keeps_no_worker_from_working_or_ending(
    bench: Rig, broker: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection with bytes that nobody reads cannot be closed; nobody may wait for it."""
    monkeypatch.setattr(publisher, "_TIMEOUT_SECONDS", 0.5)
    await bench.fetch(
        "with said as ("
        " insert into messaging.history (id, type, subject, body)"
        " select gen_random_uuid(), $1, '', convert_to(repeat('x', 200000), 'UTF8')"
        " from generate_series(1, 200) returning id, type"
        ") insert into ledger.outbox (id, type) select id, type from said",
        EntryWritten.type,
    )
    events = [entry(f"account-{n}") for n in range(50)]
    await bench.publish(*events)
    with full_disk(broker), structlog.testing.capture_logs() as logged:
        async with bench.worker(LEDGER):

            async def is_tried_again() -> bool:
                await let_leases_end(bench)
                failed = [line for line in logged if line["event"] == "publish_unconfirmed"]
                return sum(line["count"] >= 200 for line in failed) >= 2

            await until(is_tried_again, "the sweeper comes a second time")
            await until(lambda: are_written(bench, len(events)), "all are handled")


async def test_F18_a_publisher_leaves_nothing_of_a_connection_that_takes_no_more(
    broker: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_TIMEOUT_SECONDS", 0.5)
    body = bytes(200_000)
    much = [Outgoing(UUID(int=number), EntryWritten.type, body) for number in range(200)]
    before = asyncio.all_tasks()

    async def is_gone() -> bool:
        return asyncio.all_tasks() <= before

    with full_disk(broker):
        assert await publisher.Publisher(broker.url).publish(much) == []
        await until(is_gone, "no task is left with it")


@contextmanager
def full_disk(broker: PrivateServer) -> Iterator[None]:
    """Let the broker take nothing while the block runs."""
    if not isinstance(broker, RabbitServer):
        pytest.skip("needs RabbitMQ: the embedded broker raises no alarms")
    broker.control("set_disk_free_limit", "1000000GB")
    try:
        yield
    finally:
        broker.control("set_disk_free_limit", "50MB")


async def are_written(bench: Rig, count: int) -> bool:
    return len(await bench.effects()) == count


async def test_G7_a_type_that_the_broker_refuses_waits_and_holds_up_no_other(
    bench: Rig, broker: PrivateServer
) -> None:
    """So it is after an upgrade, until the broker knows the new rights."""
    if not isinstance(broker, RabbitServer):
        pytest.skip("needs RabbitMQ: the embedded broker refuses nobody anything")
    outcome = Outcome(source="test")
    refused, *others = (
        ReminderDue(account="account-0"),
        *(EntryWritten(account=f"account-{n}") for n in range(1, 4)),
    )
    for payload in (refused, *others):  # in this order they are published
        outcome.announce(payload, because_of="a test", now=clock.utc_now())
    database = await Database.connect(url_of("ledger", bench.owner, SECRET), "ledger")
    async with database.transaction() as tx:
        await outbox.record(tx, outcome)
    await database.close()
    broker.control("add_user", "upgraded", "secret")
    broker.control("set_permissions", "upgraded", "^$", ".*", ".*")
    may_publish(broker, EntryWritten.type)
    everybody, bench.amqp_url = bench.amqp_url, logged_in(bench.amqp_url, "upgraded:secret")
    try:
        async with bench.worker(LEDGER), bench.worker(ECHO):

            async def are_waiting(*types: str) -> bool:
                waiting = await bench.fetch("select type from ledger.outbox")
                return [row["type"] for row in waiting] == [*types]

            await until(lambda: are_waiting(refused.type), "only what is refused waits")
            may_publish(broker, ".*")
            await let_leases_end(bench)
            await until(are_waiting, "nothing waits")
    finally:
        bench.amqp_url = everybody
        broker.control("delete_user", "upgraded")
    assert await bench.effects("echo") == [payload.subject for payload in others]


async def test_G7_what_is_published_behind_a_refused_type_goes_out_at_once(
    bench: Rig, broker: PrivateServer
) -> None:
    """Not only when the sweeper comes: a new type would slow all others down."""
    if not isinstance(broker, RabbitServer):
        pytest.skip("needs RabbitMQ: the embedded broker refuses nobody anything")
    types = (ReminderDue.type, EntryWritten.type, ReminderDue.type, EntryWritten.type)
    messages = [Outgoing(UUID(int=n), type_, b"{}") for n, type_ in enumerate(types)]
    broker.control("add_user", "upgraded", "secret")
    broker.control("set_permissions", "upgraded", "^$", ".*", ".*")
    may_publish(broker, EntryWritten.type)
    sender = publisher.Publisher(logged_in(bench.amqp_url, "upgraded:secret"))
    try:
        assert set(await sender.publish(messages)) == {messages[1].id, messages[3].id}
    finally:
        await sender.close()
        broker.control("delete_user", "upgraded")


def may_publish(broker: RabbitServer, types: str) -> None:
    broker.control("set_topic_permissions", "upgraded", Exchange.MUSTER, f"^{types}$", "^$")


def logged_in(url: str, user: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}"))


async def test_G1_F25_what_a_broker_lost_with_its_disk_is_given_to_it_again_and_counts_once(
    broker: PrivateServer, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We redrive what we had announced; what we had not taken yet the careers site repeats."""
    vacancy = event(vacancy_published())
    submissions = [event(application_submitted(f"app-{n}")) for n in range(30)]
    async with rig(broker.url, database.owner, WITHOUT_FILES) as bench:
        await bench.publish(vacancy, *submissions[:20])
        async with bench.worker(VACANCIES), bench.worker(INTAKE):
            await until(lambda: are_announced(bench, ACCEPTED, 20), "20 are accepted")
        await bench.publish(*submissions[20:])
        lose_disk(broker)
        await declare(broker.url, WITHOUT_FILES)
        async with AsyncExitStack() as stack:
            for service in WITHOUT_FILES:
                await stack.enter_async_context(bench.worker(service))
            assert await say_again(bench, monkeypatch) == 0
            await until(lambda: are_announced(bench, STAGE_CHANGED, 20), "20 go on")
            assert await say_again(bench, monkeypatch) == 0
            await bench.publish(vacancy, *submissions)
            await until(lambda: are_announced(bench, STAGE_CHANGED, 30), "all 30 go on")
            await until(lambda: are_acknowledged(bench, 30), "30 acknowledgements are planned")
        history = await bench.fetch("select type, subject from messaging.history")
        said = Counter((row["type"], row["subject"]) for row in history)
        assert set(said.values()) == {1}
        for service in WITHOUT_FILES:
            assert await bench.held(service.name) == []


def lose_disk(broker: PrivateServer) -> None:
    broker.kill()
    for path in broker._folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    broker.start()


async def say_again(bench: Rig, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run `./muster redrive` as an operator does, from the beginning of the record."""
    [row] = await bench.fetch("select min(recorded_at) as began_at from messaging.history")
    monkeypatch.setenv("AMQP_URL", bench.amqp_url)
    monkeypatch.setenv("DATABASE_URL", bench.owner)
    settings.cache_clear()
    try:
        return await redrive.run(argparse.Namespace(since=row["began_at"], dry_run=False))
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def are_announced(bench: Rig, event_type: str, count: int) -> bool:
    rows = await bench.fetch("select 1 from messaging.history where type = $1", event_type)
    return len(rows) == count


async def are_acknowledged(bench: Rig, count: int) -> bool:
    sql = "select 1 from notifications.message where kind = 'acknowledgement'"
    return len(await bench.fetch(sql)) == count

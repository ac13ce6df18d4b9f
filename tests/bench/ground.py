"""Private servers for the bench, and a fresh database and fresh queues for every run."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import aiormq
import asyncpg

from shared.embedded.binaries import RabbitBinaries, system_postgres
from shared.embedded.postgres import PostgresServer
from shared.embedded.process import GuardedProcess
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import find_rabbit
from shared.messaging import Service
from shared.messaging.topology import declare
from shared.postgres.migrate import migrate
from tests.bench.contestants import BY_NAME, Contestant
from tests.bench.job import OUT_TYPE

ROOT: Final = Path(__file__).parent.parent.parent
TEMPLATE: Final = "bench_template"
_NOTE_COMMITS: Final = (  # of each message's own transaction, whatever its session had asked for
    "alter table {schema}.inbox add synchronous_commit text not null"
    " default current_setting('synchronous_commit')"
)
_QUESTION: Final = r"""
[io:format("queue\t~s\t~s\t~s~n",
    [element(4, amqqueue:get_name(Q)), amqqueue:get_type(Q), amqqueue:is_durable(Q)])
    || Q <- rabbit_amqqueue:list()],
[io:format("consumer\t~s\t~s~n",
    [element(4, proplists:get_value(queue_name, C)), proplists:get_value(ack_required, C)])
    || C <- rabbit_amqqueue:consumers_all(<<"/">>)],
[io:format("counter\t~s\t~b~n", [Name, Value])
    || Counters <- maps:values(rabbit_global_counters:overview()),
       {Name, Value} <- maps:to_list(Counters)].
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker says of itself: its queues, who consumes, and what it has counted."""

    queues: dict[str, tuple[str, str]]  # type, durable
    consumers: list[tuple[str, str]]  # queue, ack_required
    counted: Counter[str]

    @classmethod
    def read(cls, said: str) -> Self:
        """Read what `_QUESTION` prints; the counters of all kinds of queues are added up."""
        answer = cls({}, [], Counter())
        for line in said.splitlines():
            match line.split("\t"):
                case ["queue", name, kind, durable]:
                    answer.queues[name] = (kind, durable)
                case ["consumer", queue, ack_required]:
                    answer.consumers.append((queue, ack_required))
                case ["counter", name, value]:
                    answer.counted[name] += int(value)
        return answer


class Ground:
    """RabbitMQ and PostgreSQL of this machine, with every guarantee switched on."""

    def __init__(self, rabbit: RabbitServer, postgres: PostgresServer) -> None:
        self.rabbit, self.postgres = rabbit, postgres
        self._runs = 0
        self._watching: Any = None
        self._watcher: Any = None
        self.counted_before = Counter[str]()  # by the broker, when the run began

    @classmethod
    @contextmanager
    def started(
        cls, rabbit: RabbitBinaries | None = None, postgres: Path | None = None
    ) -> Iterator["Ground"]:
        """Start both, this machine's unless told otherwise; they end with this process."""
        broker = RabbitServer(rabbit or find_rabbit())
        database = PostgresServer(postgres or system_postgres(), is_durable=True)
        with broker, database:
            yield cls(broker, database)

    @property
    def pids(self) -> dict[str, list[int]]:
        """The roots of the servers' process trees."""
        servers = {"postgres": self.postgres, "rabbitmq": self.rabbit}
        return {name: [server._process.pid] for name, server in servers.items()}  # type: ignore[union-attr]

    @property
    def postgres_folder(self) -> Path:
        """Where the database's files are."""
        return self.postgres._folder

    def database_url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.postgres.url)._replace(path=f"/{name}"))

    async def set_up(self, owners: Mapping[str, Path], template: str = TEMPLATE) -> None:
        """Make the template that runs copy, in which commits leave times and settings behind."""
        connection = await asyncpg.connect(self.postgres.url)
        if await connection.fetchval("show track_commit_timestamp") == "off":
            await connection.execute("alter system set track_commit_timestamp = on")
            await connection.close()
            await asyncio.to_thread(self.postgres.restart)
            connection = await asyncpg.connect(self.postgres.url)
        await connection.execute(f"drop database if exists {template}")
        await connection.execute(f"create database {template}")
        await connection.close()
        await migrate(self.database_url(template), owners)
        connection = await asyncpg.connect(self.database_url(template))
        for schema in owners:
            await connection.execute(_NOTE_COMMITS.format(schema=schema))
        await connection.close()

    @asynccontextmanager
    async def database(self, template: str = TEMPLATE) -> AsyncIterator[str]:
        """Copy a template, and checkpoint so that no run pays for the one before."""
        self._runs += 1
        name = f"bench_{self._runs}"
        try:
            await self._as_owner(f"create database {name} template {template}", "checkpoint")
            yield self.database_url(name)
        finally:
            await self._as_owner(f"drop database if exists {name} with (force)")

    async def _as_owner(self, *statements: str) -> None:
        owner = await asyncpg.connect(self.postgres.url)
        try:
            for statement in statements:
                await owner.execute(statement)
        finally:
            await owner.close()

    async def make_queues(self, contestant: Contestant, services: tuple[Service, ...]) -> None:
        """Take away what the last run left; declare what the contestant does not itself."""
        await self._clear()
        if contestant.exchange == "muster.events":
            await declare(self.rabbit.url, services)
            async with self.channel() as channel:
                await _declare_out(channel, "bench.out", "muster.events", OUT_TYPE)
        elif contestant.name == BY_NAME["taskiq"].name:
            async with self.channel() as channel:
                await channel.exchange_declare("taskiq_tasks", exchange_type="topic", durable=True)
                await _declare_out(channel, "hop_out", "taskiq_tasks", "hop_out")
        elif contestant.name == BY_NAME["celery"].name:
            async with self.channel() as channel:
                await channel.exchange_declare(
                    "celery_tasks", exchange_type="direct", durable=True
                )
                await _declare_out(channel, "hop_out", "celery_tasks", "hop_out")

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[Any]:
        """A channel of the driver's own, gone afterwards."""
        async with await aio_pika.connect(self.rabbit.url) as connection:
            yield await (await connection.channel()).get_underlay_channel()

    async def ask(self) -> Answer:
        """Ask the broker everything at once: every `rabbitmqctl` starts an Erlang of its own."""
        return Answer.read(await asyncio.to_thread(self.rabbit.control, "eval", _QUESTION))

    async def _clear(self) -> None:
        answer = await self.ask()
        self.counted_before = answer.counted
        async with self.channel() as channel:
            for name in answer.queues:
                await channel.queue_delete(name)

    async def depth(self, queue: str) -> int:
        """Count what is ready in a queue, on one connection that is kept: opening one is work."""
        if self._watching is None or self._watching.is_closed:
            self._watching = await aio_pika.connect(self.rabbit.url)
            self._watcher = None
        if self._watcher is None or self._watcher.is_closed:
            channel = await self._watching.channel()
            self._watcher = await channel.get_underlay_channel()
        try:
            return int((await self._watcher.queue_declare(queue, passive=True)).message_count)
        except aiormq.ChannelNotFoundEntity:
            return 0

    async def leave(self) -> None:
        """Close the connection that is kept."""
        if self._watching is not None:
            await self._watching.close()


async def _declare_out(channel: Any, queue: str, exchange: str, key: str) -> None:
    await channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    await channel.queue_bind(queue, exchange, routing_key=key)


def environment_with(more: Mapping[str, str]) -> dict[str, str]:
    """Let a child import the project from wherever it runs."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def start(command: tuple[str, ...], environment: Mapping[str, str], log: Path) -> GuardedProcess:
    """Start a program that does not outlive this one."""
    return GuardedProcess(command, log=log, env=environment_with(environment), grace_seconds=5)


@contextmanager
def processes(
    commands: Iterable[tuple[str, ...]], environment: Mapping[str, str], log: Path
) -> Iterator[list[GuardedProcess]]:
    """Run programs until the block is left; who replaces one in the list has that one stopped."""
    started: list[GuardedProcess] = []
    try:
        for command in commands:
            started.append(start(command, environment, log))  # noqa: PERF401 - stop those begun
        yield started
    finally:
        for process in started:
            process.stop()

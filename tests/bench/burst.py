"""One run at full load: warm up, publish a burst, wait, read the meters, balance the ledger."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aio_pika
import asyncpg

from shared import clock
from shared.embedded.process import GuardedProcess
from tests.bench.audit import Mismatch, audit
from tests.bench.chain import SERVICES
from tests.bench.contestants import Contestant
from tests.bench.ground import Ground, processes, start
from tests.bench.job import HOPS
from tests.bench.meters import Cpu, read_cpu
from tests.bench.proof import prove_broker, prove_database, work_done
from tests.bench.submissions import Sent, Submissions

_AT_ONCE: Final = 500
_POLL_SECONDS: Final = 0.1
_READY_SECONDS: Final = 300
_TAKING_SECONDS: Final = 120
# Longer than the minute after which what a death interrupted twice is tried again.
_STANDSTILL_SECONDS: Final = 180
LOG: Final = Path("/tmp/muster-bench.log")


class TooSlow(AssertionError):  # noqa: N818 - it says what is the matter
    """A run that goes on no more, and has not ended, gives no figure."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run cost; CPU in microseconds for each application."""

    contestant: str
    applications: int
    seconds: float
    rate: float
    cpu: dict[str, float]
    driver_cpu: float
    steal: float
    commits: float
    flushes: float
    redelivered: int

    @property
    def cpu_total(self) -> float:
        """CPU of all groups for each application."""
        return sum(self.cpu.values())


@dataclass
class Run:
    """A contestant at work on a fresh database and fresh queues."""

    ground: Ground
    contestant: Contestant
    url: str
    workers: list[GuardedProcess]
    owner: Any
    leaving: AsyncExitStack
    inputs: list[Submissions] = field(default_factory=list)
    heard: list[Any] = field(default_factory=list)
    redelivered: int = 0
    is_hurt: bool = False
    """Somebody was killed."""
    in_hand: set[str] = field(default_factory=set)
    """On their way when somebody was killed: their ends may have been announced again."""
    repeated: int = 0
    """How many were."""
    _sent: int = 0

    @property
    def pids(self) -> list[int]:
        return [worker.pid for worker in self.workers]

    def kill_worker(self, number: int) -> None:
        """Kill one of the processes, and start it again."""
        self.is_hurt = True
        self.workers[number].kill()
        command = self.contestant.commands[number]
        self.workers[number] = start(command, environment_of(self.ground, self.url), LOG)

    async def read_cpu(self) -> Cpu:
        mine = await self.owner.fetchval("select pg_backend_pid()")
        return read_cpu({"python": self.pids} | self.ground.pids, left_out=[mine])

    async def publish(self, exchange: Any, messages: list[Sent]) -> None:
        """Publish, confirmed, many at once."""
        for at in range(0, len(messages), _AT_ONCE):
            part = messages[at : at + _AT_ONCE]
            await asyncio.gather(*(self.publish_one(exchange, sent) for sent in part))

    async def publish_one(self, exchange: Any, sent: Sent) -> None:
        self._sent += 1
        message = self.contestant.wrap(sent.id, sent.body, self._sent)
        await exchange.publish(message, self.contestant.routing_key)

    async def open_channel(self) -> Any:
        """Open a channel of the driver's that stays open until the run ends."""
        return await self.leaving.enter_async_context(self.ground.channel())

    @asynccontextmanager
    async def exchange(self) -> AsyncIterator[Any]:
        """The exchange that the contestant listens to."""
        async with await aio_pika.connect(self.ground.rabbit.url) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            if not self.contestant.exchange:
                yield channel.default_exchange
                return
            yield await channel.get_exchange(self.contestant.exchange, ensure=False)

    @asynccontextmanager
    async def redelivering(self, count: int) -> AsyncIterator[None]:
        """Take that many messages beside the contestant and, leaving, give them back unread.

        The broker delivers them once more, marked as redelivered.
        """
        taken: list[int] = []

        async def take(message: Any) -> None:
            taken.append(message.delivery_tag)

        async with self.ground.channel() as channel:
            await channel.basic_qos(prefetch_count=count)
            await channel.basic_consume(self.contestant.queues[0], take)
            yield
            async with asyncio.timeout(_TAKING_SECONDS):
                while len(taken) < count:  # noqa: ASYNC110 - the broker decides
                    await asyncio.sleep(0.01)

    async def until_all_consume(self) -> None:
        """Wait until every process listens to every queue."""
        async with asyncio.timeout(_READY_SECONDS):
            for queue in self.contestant.queues:
                while not await self._has_consumers(queue):  # noqa: ASYNC110
                    await asyncio.sleep(_POLL_SECONDS)

    async def _has_consumers(self, queue: str) -> bool:
        with contextlib.suppress(aio_pika.exceptions.ChannelClosed):
            async with self.ground.channel() as channel:
                declared = await channel.queue_declare(queue, passive=True)
                return bool(declared.consumer_count >= len(self.workers))
        return False

    async def until_done(self) -> None:
        """Wait until every application has reached its end and nothing is on its way."""
        wanted = sum(submissions.count for submissions in self.inputs)
        poison = sum(len(submissions.poison) for submissions in self.inputs)
        ended, since = 0, clock.monotonic()
        while clock.monotonic() - since < _STANDSTILL_SECONDS:
            if (now := await self._ended()) > ended:
                ended, since = now, clock.monotonic()
            if ended >= wanted and await self._is_quiet(poison):
                return
            await asyncio.sleep(_POLL_SECONDS)
        still = f"and no more for {_STANDSTILL_SECONDS} s"
        raise TooSlow(f"{self.contestant.title}: {ended} of {wanted}, {still}")

    async def _ended(self) -> int:
        """Count the applications of this run that have reached their end."""
        count: int = await self.owner.fetchval(
            f"select count(*) from {HOPS[-1]}.state where application >= 'bench-'"
            " and application < 'bench.'"
        )
        return count

    async def refused(self) -> int:
        """Count what was rejected and lies in a fuse."""
        return sum([await self.ground.depth(fuse) for fuse in self.contestant.fuses])

    async def _is_quiet(self, poison: int) -> bool:
        left = await self.owner.fetchval(
            "select " + " + ".join(f"(select count(*) from {hop}.outbox)" for hop in HOPS)
        )
        if left:
            return False
        held = await self.owner.fetchval("select count(*) from hop_one.held")
        if held < poison and held + await self.refused() < poison:
            return False
        depths = [await self.ground.depth(queue) for queue in self.contestant.queues]
        return not any(depths)


@asynccontextmanager
async def run(
    ground: Ground,
    contestant: Contestant,
    *,
    processes_: int | None = None,
    warm_up: int = 100,
) -> AsyncIterator[Run]:
    """Start a contestant on a fresh ground, warm it up, and balance its ledger at the end."""
    await ground.make_queues(contestant, SERVICES)
    async with ground.database() as url:
        await prove_database(url)
        commands = contestant.commands[:processes_]
        with processes(commands, environment_of(ground, url), LOG) as workers:
            owner = await asyncpg.connect(url)
            current = Run(ground, contestant, url, workers, owner, AsyncExitStack())
            try:
                async with current.leaving:
                    await _warm_up(current, warm_up)
                    yield current
                if not current.is_hurt:  # else a broker that was restarted counts from nought
                    used = (*contestant.queues, contestant.out_queue)
                    current.redelivered = await prove_broker(ground, used, await current.refused())
                current.repeated = await audit(
                    ground, url, contestant, current.inputs, current.heard,
                    in_hand=current.in_hand,
                )  # fmt: skip
            finally:
                await current.owner.close()


def environment_of(ground: Ground, url: str) -> dict[str, str]:
    """Say to a contestant where the servers are."""
    return {"BENCH_AMQP": ground.rabbit.url, "BENCH_DATABASE": url}


async def _warm_up(current: Run, count: int) -> None:
    """Wait until everybody consumes, then send some applications through."""
    await current.until_all_consume()
    warm = Submissions(seed=1, count=count)
    current.inputs.append(warm)
    async with current.exchange() as exchange:
        await current.publish(exchange, warm.messages())
    await current.until_done()


async def burst(ground: Ground, contestant: Contestant, count: int, seed: int) -> Figures:
    """Let a contestant deal with `count` applications as fast as it can."""
    submissions = Submissions(seed, count)
    messages = submissions.messages()
    async with (
        run(ground, contestant) as current,
        current.exchange() as exchange,
    ):
        current.inputs.append(submissions)
        done_before, before = await work_done(current.url), await current.read_cpu()
        half = len(messages) // 2
        async with current.redelivering(submissions.redeliveries):
            await current.publish(exchange, messages[:half])
        await current.publish(exchange, messages[half:])
        await current.until_done()
        used = (await current.read_cpu()).since(before)
        done = await work_done(current.url)
        rate, seconds = await _rate(current.owner, seed, count)
    if current.redelivered < submissions.redeliveries:
        raise Mismatch(f"{current.redelivered} redelivered, not {submissions.redeliveries}")
    return Figures(
        contestant.name, count, seconds, rate,
        {name: seconds_ / count * 1e6 for name, seconds_ in used.groups.items()},
        used.driver / count * 1e6,
        used.steal,
        (done["xact_commit"] - done_before["xact_commit"]) / count,
        (done["wal_sync"] - done_before["wal_sync"]) / count,
        current.redelivered,
    )  # fmt: skip


async def _rate(owner: Any, seed: int, count: int) -> tuple[float, float]:
    """Read from the commit times how fast the last nine tenths of the ends came."""
    rows = await owner.fetch(
        f"select pg_xact_commit_timestamp(xmin) as at from {HOPS[-1]}.state"
        " where application like $1 order by 1",
        f"bench-{seed}-%",
    )
    first, last = rows[count // 10]["at"], rows[-1]["at"]
    seconds = (last - first).total_seconds()
    return (count - count // 10) / seconds, seconds

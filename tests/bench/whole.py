"""The real pipeline at work: eight services in three processes, an object store, a mail sink."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from services.console.workers import SERVICES
from shared import clock
from shared.contracts import Event, Exchange, Payload
from shared.contracts.applications import Stage
from shared.contracts.envelope import NAMESPACE, envelope
from shared.contracts.vacancies import VacancyTimetabled
from shared.embedded.process import GuardedProcess, free_ports
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.messaging.topology import declare
from tests.bench import letters
from tests.bench.audit import Mismatch, id_of
from tests.bench.burst import LOG, TooSlow
from tests.bench.contestants import MUSTER, python
from tests.bench.ground import Ground, start
from tests.bench.meters import Cpu, cpu_of_tree, read_cpu, weights_of
from tests.bench.papers import Paper
from tests.bench.proof import prove_broker, prove_commits, prove_database
from tests.support.build_submissions import application_submitted, candidate
from tests.support.build_vacancies import vacancy_published

TEMPLATE: Final = "bench_pipeline"
_PROCESSES: Final = (
    ("vacancies", "intake", "eligibility", "progress"),
    ("documents",),
    ("review", "interviews", "notifications", "intake"),  # a second one, should the first die
)
HOPS_EACH: Final = 12
"""One each of intake, documents and eligibility, three of progress, two stages told to three."""
_AT_ONCE: Final = 200
_CONFIRM_SECONDS: Final = 120
_TO_DO: Final = " + ".join(
    f"(select count(*) from {s.name}.outbox where due_at is null)" for s in SERVICES
)
_HANDLED: Final = " + ".join(
    f"(select count(*) from {s.name}.inbox where subject >= $1 and subject < $2)" for s in SERVICES
)


@dataclass
class Whole:
    """A running pipeline and what was sent into it."""

    ground: Ground
    url: str
    store: Path
    mails: Path
    owner: Any
    publisher: Publisher
    environment: dict[str, str]
    label: str
    workers: list[GuardedProcess] = field(default_factory=list)
    expected: dict[str, Stage] = field(default_factory=dict)
    poison: set[UUID] = field(default_factory=set)
    program: str = "services.console"
    used_by_the_dead: float = 0.0
    weights_of_the_dead: dict[str, float] = field(default_factory=dict)
    held_before: Counter[UUID] = field(default_factory=Counter)
    """In a database that several runs share: the poison of those before."""

    @property
    def vacancy(self) -> str:
        return f"{self.label}-vacancy"

    def most_resident_mb(self) -> dict[str, float]:
        """Weigh each process of workers, and the heaviest living child of each, at their worst."""
        weights = dict(self.weights_of_the_dead)
        for number in range(len(self.workers)):
            for title, mb in self._weights(number):
                weights[title] = max(mb, weights.get(title, 0))
        return weights

    def _weights(self, number: int) -> Iterator[tuple[str, float]]:
        return weights_of(", ".join(_PROCESSES[number]), self.workers[number].pid)

    def start_worker(self, number: int) -> None:
        """Start one of the three processes, or start it again."""
        command = python(self.program, "work", *_PROCESSES[number])
        process = start(command, self.environment, LOG)
        self.workers[number : number + 1] = [process]

    def kill_worker(self, number: int) -> None:
        """Kill one of the processes, whose CPU and weight still count, and start it again."""
        self.weights_of_the_dead |= dict(self._weights(number))
        self.used_by_the_dead += cpu_of_tree(self.workers[number].pid)
        self.workers[number].kill()
        self.start_worker(number)

    async def read_cpu(self) -> Cpu:
        mine = await self.owner.fetchval("select pg_backend_pid()")
        pids = {"python": [worker.pid for worker in self.workers]} | self.ground.pids
        used = read_cpu(pids, left_out=[mine])
        used.groups["python"] += self.used_by_the_dead
        return used

    def submit(self, application: str, papers: list[Paper]) -> Outgoing:
        """Put the papers into the store, and write the event the careers site would send."""
        documents = tuple(p.put(self.store, f"incoming/{p.sha256[:2]}/{p.sha256}") for p in papers)
        is_complete = len(papers) == 2
        self.expected[application] = (
            Stage.READY_FOR_REVIEW if is_complete else Stage.DOCUMENTS_NEEDED
        )
        payload = application_submitted(
            application,
            vacancy=self.vacancy,
            submitted_at=clock.utc_now(),
            candidate=candidate(email=f"{application}@example.org"),
            documents=documents,
        )
        return _outgoing(payload)

    def poisonous(self, number: int) -> Outgoing:
        """Write a submission that lacks its candidate."""
        name = f"{self.label}-poison-{number}"
        good = self.submit(name, [])
        del self.expected[name]
        self.poison.add(good.id)
        return Outgoing(good.id, good.routing_key, good.body.replace(b'"candidate"', b'"nobody"'))

    async def publish(self, messages: list[Outgoing]) -> None:
        for at in range(0, len(messages), _AT_ONCE):
            part = messages[at : at + _AT_ONCE]
            async with asyncio.timeout(_CONFIRM_SECONDS):
                while part:
                    confirmed = await self.publisher.publish(part, Exchange.CAREERS)
                    part = [message for message in part if message.id not in confirmed]

    async def until_done(self, seconds: float) -> None:
        """Wait until every candidate has every letter and nothing is on its way."""
        deadline = clock.monotonic() + seconds
        while not await self._is_done():
            if clock.monotonic() > deadline:
                raise TooSlow(f"{await self._sent()} letters sent after {seconds:.0f} s")
            await asyncio.sleep(0.2)

    async def _sent(self) -> int:
        count: int = await self.owner.fetchval(
            f"select count(*) from notifications.message where {self._is_ours} and state = 'sent'"
        )
        return count

    @property
    def letters(self) -> Counter[tuple[str, str]]:
        """What everybody must be told."""
        return letters.due(self.expected)

    async def _is_done(self) -> bool:
        sent = await self._sent()
        if sent < len(self.expected) or sent < self.letters.total():
            return False
        if await self.owner.fetchval(f"select {_TO_DO}"):
            return False
        unsent = await self.owner.fetchval(
            "select count(*) from notifications.message"
            f" where {self._is_ours} and state in ('queued', 'sending')"
        )
        if unsent or any([await self.ground.depth(s.queue) for s in SERVICES]):
            return False
        rows = await self.owner.fetch(
            f"select application, stage from progress.application where {self._is_ours}"
        )
        return {row["application"]: row["stage"] for row in rows} == self.expected

    @property
    def _is_ours(self) -> str:
        """SQL that finds our applications by the index, however many others there are."""
        return f"application >= '{self.label}-' and application < '{self.label}.'"

    async def hops(self) -> int:
        """Count the messages about our applications that were handled, over all services."""
        numbered = (f"{self.label}-0", f"{self.label}-:")  # from the first digit to after the last
        count: int = await self.owner.fetchval(f"select {_HANDLED}", *numbered)
        return count

    async def held(self) -> Counter[UUID]:
        """Count what lies in the services' waiting rooms, by its id."""
        rows = await self.owner.fetch(
            " union all ".join(f"select body from {service.name}.held" for service in SERVICES)
        )
        return Counter(UUID(id_of(row["body"])) for row in rows)

    async def audit(self) -> None:
        """Balance the ledger."""
        held = await self.held() - self.held_before
        await prove_commits(self.owner)
        await prove_broker(self.ground, tuple(service.queue for service in SERVICES))
        got = letters.told(self.mails)
        missing, more = self.letters - got, got - self.letters
        for what, is_right in {
            "everybody got every letter once, and nobody another; "
            f"missing {letters.kinds(missing)}, more {letters.kinds(more)}": not missing
            and not more,
            "exactly the poison is held": held == Counter(self.poison),
            "no application took more hops than it must": await self.hops()
            <= HOPS_EACH * len(self.expected),
        }.items():
            if not is_right:
                raise Mismatch(f"not so: {what}")


@asynccontextmanager
async def whole(
    ground: Ground, program: str = "services.console", *, label: str = "bench", url: str = ""
) -> AsyncIterator[Whole]:
    """Bring the pipeline up with one open vacancy, on that database or on a fresh one."""
    async with AsyncExitStack() as leaving:
        await ground.make_queues(MUSTER, ())
        await declare(ground.rabbit.url, SERVICES)
        url = url or await leaving.enter_async_context(ground.database(TEMPLATE))
        await prove_database(url)
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="muster-bench-")))
        for name in ("store", "mails"):
            (folder / name).mkdir()
        port = str(free_ports(1)[0])
        sink = python("services.console", "mailbox", "--port", port, "--folder", f"{folder}/mails")
        leaving.callback(start(sink, {}, LOG).stop)
        environment = {
            "AMQP_URL": ground.rabbit.url, "DATABASE_URL": url, "MUSTER_SECRET": "",
            "OBJECT_STORE_URL": (folder / "store").as_uri(),
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port,
        }  # fmt: skip
        owner = await asyncpg.connect(url)
        leaving.push_async_callback(owner.close)
        publisher = Publisher(ground.rabbit.url)
        leaving.push_async_callback(publisher.close)
        pipeline = Whole(
            ground, url, folder / "store", folder / "mails", owner, publisher, environment,
            label, program=program,
        )  # fmt: skip
        pipeline.held_before = await pipeline.held()
        leaving.callback(lambda: [worker.stop() for worker in pipeline.workers])
        for number in range(len(_PROCESSES)):
            pipeline.start_worker(number)
        await _open_vacancy(pipeline)
        yield pipeline


async def _open_vacancy(pipeline: Whole) -> None:
    now = clock.utc_now()
    vacancy = vacancy_published(
        vacancy=pipeline.vacancy,
        posted_on=(now - timedelta(days=7)).date(),
        closes_at=now + timedelta(days=14),
    )
    await pipeline.publish([_outgoing(vacancy)])
    heard = " * ".join(
        f"(select count(*) from {service.name}.inbox where subject = $1)"
        for service in SERVICES
        if any(s.event is VacancyTimetabled for s in service.subscriptions)
    )
    async with asyncio.timeout(300):
        while not await pipeline.owner.fetchval(f"select {heard}", pipeline.vacancy):  # noqa: ASYNC110 - it lies in the database
            await asyncio.sleep(0.1)


def names(label: str, count: int) -> Iterator[str]:
    return (f"{label}-{number:06}" for number in range(count))


def _outgoing(payload: Payload) -> Outgoing:
    event: Event[Payload] = envelope(type(payload))(
        id=uuid5(NAMESPACE, f"{payload.type} {payload.subject}"),
        source="careers.example",
        type=payload.type,
        subject=payload.subject,
        time=clock.utc_now(),
        data=payload,
    )
    return Outgoing(event.id, event.type, event.to_json())

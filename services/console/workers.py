"""All workers, and running some of them in this process."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from services.documents.worker import SERVICE as DOCUMENTS
from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.intake.worker import SERVICE as INTAKE
from services.interviews.worker import SERVICE as INTERVIEWS
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.progress.worker import SERVICE as PROGRESS
from services.review.worker import SERVICE as REVIEW
from services.vacancies.worker import SERVICE as VACANCIES
from shared.messaging import Service
from shared.messaging.recovery import until_up
from shared.messaging.topology import routed_types
from shared.messaging.watchdog import Watchdog
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.users import url_of

SERVICES: Final[tuple[Service, ...]] = (
    VACANCIES,
    INTAKE,
    DOCUMENTS,
    ELIGIBILITY,
    PROGRESS,
    REVIEW,
    INTERVIEWS,
    NOTIFICATIONS,
)


_STOP_SECONDS: Final = 25


@dataclass(frozen=True, slots=True)
class Running:
    """Workers by their names, None while they wait for the database; and their tasks."""

    workers: dict[str, Worker | None]
    tasks: list[asyncio.Task[None]]


def owners() -> dict[str, Path]:
    """Name every schema's owner with the folder of its migrations."""
    folder = Path(__file__).parent.parent
    return {service.name: folder / service.name / "migrations" for service in SERVICES}


@asynccontextmanager
async def run_workers(
    names: Collection[str], amqp_url: str, database_url: str, secret: str = ""
) -> AsyncIterator[Running]:
    """Run the named workers (all, if none is named) in this process until the block is left.

    With a secret each worker logs in as its own database user; without one, as the URL says.
    """
    routed = routed_types(SERVICES)
    services = [service for service in SERVICES if not names or service.name in names]
    workers: dict[str, Worker | None] = dict.fromkeys(service.name for service in services)
    taking_turns = asyncio.Lock()

    async def work(service: Service) -> None:
        url = url_of(service.name, database_url, secret)
        connect = partial(Database.connect, url, service.name)
        database = await until_up(connect, service.name)
        worker = Worker(service, database, amqp_url, routed, taking_turns=taking_turns)
        workers[service.name] = worker
        try:
            await worker.run()
        finally:
            await database.close()

    tasks = [asyncio.create_task(work(service), name=service.name) for service in services]
    try:
        with Watchdog():
            yield Running(workers, tasks)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

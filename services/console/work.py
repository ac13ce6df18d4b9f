"""`muster up` and `muster work`: run all workers, or some, on real time."""

import argparse
import asyncio
import signal
import sys
from typing import Any

import uvloop

from services.console.doctor import look_hourly
from services.console.mistakes import USAGE_ERROR
from services.console.workers import SERVICES, owners, run_workers
from shared import logs
from shared.messaging import health
from shared.messaging.topology import declare
from shared.postgres.migrate import migrate
from shared.settings import settings


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the console."""
    up = commands.add_parser(
        "up",
        help="migrate, declare, and run all workers in one process",
        description="Migrate the database, declare the topology, run every worker until Ctrl-C. "
        "The doctor looks in once an hour.",
        epilog="example: AMQP_URL=amqp://... DATABASE_URL=postgresql://... ./muster up",
    )
    work = commands.add_parser(
        "work",
        help="run some workers, as a deployment does",
        description="Run the named workers until they are told to stop. Declares nothing.",
        epilog="example: ./muster work eligibility progress --health-port 8080",
    )
    names = [service.name for service in SERVICES]
    work.add_argument("name", nargs="+", choices=names, help="which: " + ", ".join(names))
    for parser in (up, work):
        parser.add_argument("--health-port", type=int, default=0, help="answer GET /health there")
        parser.add_argument("--health-host", default="127.0.0.1", help="on this address")
    up.set_defaults(run=run_up)
    work.set_defaults(run=run_work)


def run_up(arguments: argparse.Namespace) -> int:
    """Bring servers up to date, then work."""
    if not _has_servers():
        return USAGE_ERROR
    config = settings()
    asyncio.run(migrate(config.database_url, owners(), config.secret))
    asyncio.run(declare(config.amqp_url, SERVICES))
    return _work([], arguments, doctor_at=config.database_url)


def run_work(arguments: argparse.Namespace) -> int:
    """Work."""
    return _work(arguments.name, arguments) if _has_servers() else USAGE_ERROR


def _has_servers() -> bool:
    missing = [
        name
        for name, url in (
            ("AMQP_URL", settings().amqp_url),
            ("DATABASE_URL", settings().database_url),
        )
        if not url
    ]
    if missing:
        print(
            f"Set {' and '.join(missing)}, or try everything without servers: ./muster demo",
            file=sys.stderr,
        )
    return not missing


def _work(names: list[str], arguments: argparse.Namespace, doctor_at: str = "") -> int:
    logs.configure()
    host, port = arguments.health_host, arguments.health_port
    return uvloop.run(_until_stopped(names, host, port, doctor_at))


async def _until_stopped(names: list[str], host: str, port: int, doctor_at: str) -> int:
    """Work until SIGTERM or SIGINT; end with 1 when a worker, or the doctor, ended by itself.

    The doctor looks in if there is an owner's URL of the database: a worker may not see enough.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = settings()
    async with run_workers(names, config.amqp_url, config.database_url, config.secret) as running:
        server = await health.serve(running.workers, host, port) if port else None
        logs.log.info("working", count=len(running.workers))
        stopping: asyncio.Task[Any] = asyncio.create_task(stop.wait())
        beside = {stopping}
        if doctor_at:
            beside.add(asyncio.create_task(look_hourly(doctor_at), name="doctor"))
        ended, _ = await asyncio.wait(
            {*beside, *running.tasks}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in beside:
            task.cancel()
        if server is not None:
            server.close()
        failed = ended - {stopping}
        for task in failed:
            error = None if task.cancelled() else _innermost(task.exception())
            logs.log.error("worker_ended", service=task.get_name(), error=type(error).__name__)
        return 1 if failed else 0


def _innermost(error: BaseException | None) -> BaseException | None:
    """Look into what task groups wrap around an error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

"""`./muster demo`: three vacancies from advert to interview, June to November 2025."""

import argparse
import asyncio
import fcntl
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console

from services.console.database import demo_home, remember_servers, remembered_choice
from services.console.findings import load_findings
from services.console.live import Dashboard
from services.console.mistakes import read_as
from services.console.summary import Findings, summary
from services.console.workers import SERVICES, owners, run_workers
from services.notifications.sender import settle_abandoned
from services.simulator import run as director
from services.simulator.mailbox import Mailbox
from services.simulator.run import Plan
from services.simulator.world import World
from shared import clock, logs
from shared.embedded.process import ServerError
from shared.embedded.servers import Choice, servers
from shared.messaging.topology import declare
from shared.postgres import Database
from shared.postgres.migrate import migrate
from shared.settings import settings
from shared.users import url_of

# Never given servers: a demo makes roles and moves the clock, whoever else may live there.
_OWN: Final = (Choice.EMBEDDED, Choice.LOCAL, Choice.DOCKER)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a demo plays: servers, object store and mailbox are up, tables and queues made."""

    amqp_url: str
    database_url: str
    secret: str
    description: str
    mailbox: Mailbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story")
    parser.add_argument(
        "--servers",
        type=read_as(_own, f"choose from {', '.join(_OWN)}"),
        metavar="|".join(_OWN),
        default=Choice.EMBEDDED,
        help="embedded (the default) needs nothing installed",
    )
    parser.add_argument("--resume", action="store_true", help="go on where a demo was killed")
    parser.add_argument(
        "--applications",
        type=read_as(_positive, "is no whole number from 1"),
        default=60,
        metavar="N",
        help="for each vacancy (60)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="work on afterwards, in the present, until Ctrl-C"
    )


def _own(text: str) -> Choice:
    choice = Choice(text)
    if choice not in _OWN:
        raise ValueError
    return choice


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


async def run(arguments: argparse.Namespace) -> int:
    """Play the demo and print its summary; 0 when everything ended where it should."""
    logs.configure(quiet=True)
    console = Console(highlight=False)
    started_at = clock.monotonic()
    home, choice = demo_home(), arguments.servers
    if arguments.resume:
        choice = remembered_choice(home) or choice
    plan = Plan(arguments.seed, arguments.applications)
    async with set_up(home, choice, is_resuming=arguments.resume) as scene:
        console.print(f"Servers: {scene.description}", soft_wrap=True)
        findings = await play(scene, plan, console, is_resuming=arguments.resume)
        _print_summary(console, findings, scene)
        console.print(f"took {clock.monotonic() - started_at:.0f} s")
        if arguments.keep:
            await _work_on(scene, console)
    return 1 if findings.astray else 0


@asynccontextmanager
async def set_up(home: Path, choice: Choice, *, is_resuming: bool) -> AsyncIterator[Scene]:
    """Start the servers and make what the workers need; a fresh demo forgets the last one."""
    letters = home / "letters"
    secret = secrets.token_hex(16)
    with (
        _only_demo_in(home, is_resuming=is_resuming),
        servers(choice, home, is_durable=False) as started,
    ):
        remember_servers(home, choice, started.database_url)
        folder = Path(director.__file__).parent / "migrations"
        await migrate(started.database_url, owners() | {"simulator": folder}, secret)
        await declare(started.amqp_url, SERVICES)
        async with Mailbox(letters) as mailbox:
            _set_environment(
                OBJECT_STORE_URL=(home / "objects").as_uri(),
                SMTP_HOST="127.0.0.1",
                SMTP_PORT=str(mailbox.port),
            )
            yield Scene(
                started.amqp_url, started.database_url, secret, started.description, mailbox
            )


async def play(scene: Scene, plan: Plan, console: Console, *, is_resuming: bool) -> Findings:
    """Run all workers and the whole script, then look at what came of it."""
    plan = await director.begin(scene.database_url, plan, is_resuming=is_resuming)
    if is_resuming:
        url = url_of("notifications", scene.database_url, scene.secret)
        database = await Database.connect(url, "notifications")
        await settle_abandoned(database, lambda name: name in scene.mailbox.taken)
        await database.close()
    cases = plan.cases()
    dashboard = Dashboard(console, scene.database_url)
    async with (
        World.open(
            scene.amqp_url, scene.database_url, settings().object_store_url, SERVICES
        ) as world,
        run_workers((), scene.amqp_url, scene.database_url, scene.secret) as running,
        dashboard.shown(),
    ):
        script = asyncio.create_task(director.run(world, plan.seed, cases, dashboard.clock_moved))
        await _first_to_end(script, *running.tasks)
    connection = await asyncpg.connect(scene.database_url)
    try:
        return await load_findings(connection, plan.seed, cases)
    finally:
        await connection.close()


async def _work_on(scene: Scene, console: Console) -> None:
    """Run all workers until Ctrl-C, and say where: a careers site may publish to them.

    From here on it is the present, since such a site writes its events today.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = settings().object_store_url
    async with World.open(scene.amqp_url, scene.database_url, store, SERVICES) as world:
        await world.jump(clock.utc_now())
    async with run_workers((), scene.amqp_url, scene.database_url, scene.secret) as running:
        for line in (
            "All workers and the mailbox go on until Ctrl-C, in the present; publish to them at",
            f"AMQP_URL={scene.amqp_url}",
            f"DATABASE_URL={scene.database_url}",
            f"OBJECT_STORE_URL={store}",
        ):
            console.print(line, markup=False, soft_wrap=True)
        await _first_to_end(asyncio.create_task(stop.wait()), *running.tasks)


async def _first_to_end(script: asyncio.Task[Any], *workers: asyncio.Task[None]) -> None:
    """Wait for the end of the script; a worker that ends before it has failed."""
    done, _ = await asyncio.wait({script, *workers}, return_when=asyncio.FIRST_COMPLETED)
    if script not in done:
        script.cancel()
        await asyncio.wait({script})
    for task in done:
        task.result()


@contextmanager
def _only_demo_in(home: Path, *, is_resuming: bool) -> Iterator[None]:
    """Keep a second demo from clearing the folder under the first."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(f"another demo is being played in {home}") from None
        if not is_resuming:
            shutil.rmtree(home, ignore_errors=True)
        home.mkdir(exist_ok=True)
        yield


def _set_environment(**values: str) -> None:
    """Tell workers and their child processes where this demo's servers are."""
    os.environ.update(values)
    settings.cache_clear()


def _print_summary(console: Console, findings: Findings, scene: Scene) -> None:
    for line in (*summary(findings), *_hints(findings, scene)):
        is_heading = line and not line.startswith(" ")
        console.print(line, style="bold" if is_heading else None, markup=False, soft_wrap=True)


def _hints(findings: Findings, scene: Scene) -> Iterator[str]:
    yield ""
    yield "What to look at next"
    yield f"  the letters, one .eml file each: {scene.mailbox.folder}"
    yield f"  ./muster application show {findings.example}"
    yield "  ./muster vacancy show 000"
    yield "  ./muster rules E3, or any id in brackets above"
    yield "  ./muster watch --once --vacancy 000"
    yield f"  ./muster demo --seed {findings.seed + 1}"
    yield "  kill -9 a demo half way, then ./muster demo --resume"
    yield ""

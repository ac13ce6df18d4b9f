"""The standard chaos run: `./muster chaos [--minutes N] [--seed N]`."""

import argparse
import asyncio
import json
import random
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich.console import Console

from services.console.workers import SERVICES, owners
from services.simulator import run as simulator
from shared import clock
from shared.embedded.binaries import system_postgres
from shared.embedded.postgres import PostgresServer
from shared.embedded.rabbitmq import RabbitServer
from shared.embedded.servers import find_rabbit
from shared.messaging.topology import definitions
from shared.postgres.migrate import migrate
from tests.faults.chaos import facts, ledger, report
from tests.faults.chaos.director import Director
from tests.faults.chaos.display import Display
from tests.faults.chaos.effects import Effects
from tests.faults.chaos.nemesis import Nemesis
from tests.faults.chaos.plan import Plan
from tests.faults.chaos.processes import REPOSITORY, kill, start
from tests.faults.chaos.proxy import Proxy
from tests.faults.chaos.supervisor import Supervisor

# Longer than the two minutes after which the letter of a dead sender is given up.
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Scene:
    """Servers, the network before them, and what lives outside the system under test."""

    rabbit: RabbitServer
    postgres: PostgresServer
    to_rabbit: Proxy
    to_postgres: Proxy
    folder: Path
    environment: dict[str, str]
    careers_site: asyncio.subprocess.Process


async def main(plan: Plan, folder: Path) -> int:
    display = Display(Console(highlight=False))
    print(f"seed {plan.seed}, commit {_commit()}, logs in {folder}", flush=True)
    display.tell(f"{len(plan.cases)} applications for {len(plan.adverts)} vacancies")
    async with _scene(plan, folder) as scene:
        display.tell(f"{scene.postgres.title}; {scene.rabbit.title}")
        return await _run(plan, scene, display)


async def _run(plan: Plan, scene: Scene, display: Display) -> int:
    effects = Effects(scene.postgres.url)
    director = Director(plan, scene.postgres.url, scene.folder / "objects", scene.careers_site)
    nemesis = Nemesis(
        scene.rabbit, scene.postgres, scene.to_rabbit, scene.to_postgres, effects, plan.scale,
        display.tell,
    )  # fmt: skip
    supervisor = Supervisor(scene.environment, scene.folder, plan.seed)

    def figures() -> dict[str, str]:
        return {
            "virtual date": f"{director.virtual_now:%d %b %H:%M}",
            "deliveries planned": str(director.deliveries),
            "effects": str(effects.count),
            "workers killed": str(supervisor.kills),
            "trouble": nemesis.now or "none",
        }

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(effects.watch())
        async with supervisor.supervised():
            with display.shown(figures):
                started_at = clock.monotonic()
                killing = tasks.create_task(supervisor.kill_now_and_then(nemesis.worker_killed))
                playing = tasks.create_task(director.run(started_at))
                await nemesis.run(plan.seed, plan.minutes * 60)
                await playing
                killing.cancel()
                display.tell("quiet: no more faults, everything may come to its end")
                confirmed = scene.folder / "confirmed.jsonl"
                unsettled = await director.finish(_PATIENCE_SECONDS, confirmed)
            for line in unsettled:
                display.tell(f"never settled: {line}")
            found = await facts.load(scene.postgres.url, scene.rabbit.url, scene.folder)
        watching.cancel()
    result = ledger.judge(found, plan.cases)
    lines = [*report.write(found, result, nemesis, supervisor)]
    print("\n".join(["", *lines, ""]))
    everything = [*result.lost, *result.duplicated, *result.double_booked, *result.unexplained,
                  *result.rejected_by_fault, *result.unknown_mails, *result.to_a_person_by_fault]  # fmt: skip
    (scene.folder / "ledger.txt").write_text("\n".join([*lines, "", *everything, ""]))
    is_clean = result.is_clean and not unsettled
    verdict = "everything adds up" if is_clean else "SOMETHING DOES NOT ADD UP"
    print(f"{verdict}: seed {plan.seed}, commit {_commit()}, logs in {scene.folder}")
    return 0 if is_clean else 1


@asynccontextmanager
async def _scene(plan: Plan, folder: Path) -> AsyncIterator[Scene]:
    """Start everything; end it on leaving."""
    secret = secrets.token_hex(16)
    async with AsyncExitStack() as stack:
        rights = folder / "definitions.json"
        rights.write_text(json.dumps(definitions(SERVICES, secret, secrets.token_hex(16))))
        rabbit = stack.enter_context(RabbitServer(find_rabbit(), definitions=rights))
        postgres = stack.enter_context(PostgresServer(system_postgres()))
        await _prepare_database(postgres.url, plan, secret)
        to_rabbit = await stack.enter_async_context(Proxy("broker", rabbit.url))
        to_postgres = await stack.enter_async_context(Proxy("PostgreSQL", postgres.url))
        post_office = await start(
            "post_office", str(folder / "letters"), str(folder / "mail-faults.jsonl"),
            str(plan.seed), log=folder / "post-office.log",
        )  # fmt: skip
        stack.push_async_callback(kill, post_office)
        confirmed = folder / "confirmed.jsonl"
        confirmed.touch()
        careers_site = await start(
            "careers_site", rabbit.url, str(confirmed), str(plan.seed), str(plan.shuffle_seconds),
            log=folder / "careers-site.log",
        )  # fmt: skip
        stack.push_async_callback(kill, careers_site)
        assert post_office.stdout is not None
        environment = {
            "AMQP_URL": to_rabbit.url,
            "DATABASE_URL": to_postgres.url,
            "MUSTER_SECRET": secret,
            "MUSTER_HOME": str(folder),
            "OBJECT_STORE_URL": (folder / "objects").as_uri(),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": (await post_office.stdout.readline()).decode().strip(),
        }
        yield Scene(rabbit, postgres, to_rabbit, to_postgres, folder, environment, careers_site)


async def _prepare_database(owner_url: str, plan: Plan, secret: str) -> None:
    """Make the tables and set the virtual clock to the beginning."""
    migrations = Path(simulator.__file__).parent / "migrations"
    await migrate(owner_url, owners() | {"simulator": migrations}, secret)
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "update messaging.clock set clock_offset = $1 - now()", plan.starts_at
    )
    await connection.close()


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or "unknown"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="muster chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long things go wrong (10)")
    parser.add_argument("--seed", type=int, help="candidates and faults follow from it (random)")
    return parser.parse_args()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended
    said = _arguments()
    seed = random.SystemRandom().randrange(1_000_000) if said.seed is None else said.seed
    logs = Path(tempfile.mkdtemp(prefix="muster-chaos-"))
    sys.exit(asyncio.run(main(Plan(seed, said.minutes), logs)))

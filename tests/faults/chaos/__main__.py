"""The standard chaos run: `./muster chaos [--minutes N] [--seed N]`."""

import argparse
import asyncio
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.faults.chaos import facts, ledger, report
from tests.faults.chaos.director import Director
from tests.faults.chaos.display import Display
from tests.faults.chaos.effects import Effects
from tests.faults.chaos.ledger import Ledger
from tests.faults.chaos.nemesis import Nemesis
from tests.faults.chaos.plan import Plan
from tests.faults.chaos.processes import REPOSITORY
from tests.faults.chaos.scene import Scene, set_up
from tests.faults.chaos.supervisor import Supervisor

# Longer than the two minutes after which the letter of a dead sender is given up.
_PATIENCE_SECONDS = 300.0


async def main(plan: Plan, folder: Path) -> int:
    """Carry the plan out and print the ledger; 1 when something does not add up."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    origin = f"seed {plan.seed}, commit {_commit()}, logs in {folder}"
    console.print(origin)
    display = Display(console)
    display.tell(f"{len(plan.cases)} applications for {len(plan.adverts)} vacancies")
    async with set_up(plan, folder) as scene:
        display.tell(f"{scene.postgres.title}; {scene.rabbit.title}")
        result, lines = await _run(plan, scene, display)
    for line in lines:
        console.print(line)
    (folder / "ledger.txt").write_text(
        "\n".join([*lines, "", "ALL ENTRIES", *result.everything, ""])
    )
    verdict = "everything adds up" if result.is_clean else "SOMETHING DOES NOT ADD UP"
    console.print(f"\n{verdict}: {origin}")
    return 0 if result.is_clean else 1


async def _run(plan: Plan, scene: Scene, display: Display) -> tuple[Ledger, list[str]]:
    effects = Effects(scene.postgres.url)
    director = Director(plan, scene.postgres.url, scene.folder / "objects", scene.careers_site)
    nemesis = Nemesis(scene, effects, plan.scale, display.tell)
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
                enough = asyncio.Event()
                playing = tasks.create_task(director.run(enough))
                killing = tasks.create_task(supervisor.kill_now_and_then(nemesis.worker_killed))
                await nemesis.run(plan.seed, plan.minutes * 60)
                enough.set()
                await playing
                killing.cancel()
                display.tell("quiet: no more faults, everything may come to its end")
                confirmed = scene.folder / "confirmed.jsonl"
                unsettled = await director.finish(_PATIENCE_SECONDS, confirmed)
            found = await facts.load(scene.postgres.url, scene.rabbit.url, scene.folder)
        watching.cancel()
    result = ledger.judge(found, plan.cases)
    result.unexplained += [f"never settled: {line}" for line in unsettled]
    return result, [*report.write(found, result, nemesis, supervisor)]


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
    try:
        sys.exit(asyncio.run(main(Plan(seed, said.minutes), logs)))
    except KeyboardInterrupt:
        sys.exit(130)

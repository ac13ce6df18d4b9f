"""The standard chaos run: `./muster chaos [--minutes N] [--seed N] [--report FILE]`."""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import asyncpg
from rich.console import Console

from services.console.doctor import diagnose
from services.console.workers import SERVICES
from tests.faults.chaos import facts, ledger, page, replay, report
from tests.faults.chaos.book import Ledger
from tests.faults.chaos.director import Director
from tests.faults.chaos.display import Display
from tests.faults.chaos.effects import Effects
from tests.faults.chaos.nemesis import Nemesis
from tests.faults.chaos.plan import Plan
from tests.faults.chaos.scene import Scene, set_up
from tests.faults.chaos.supervisor import Supervisor
from tests.support.origin import commit
from tests.support.queues import left_behind

# Without anything new; longer than the two minutes after which a dead sender's letter is given up.
_PATIENCE_SECONDS = 300.0


async def main(plan: Plan, folder: Path, page_file: Path | None = None) -> int:
    """Carry the plan out and print the ledger; 1 when something does not add up."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    origin = f"seed {plan.seed}, commit {commit()}, logs in {folder}"
    console.print(origin)
    display = Display(console)
    display.tell(f"{len(plan.cases)} applications for {len(plan.adverts)} vacancies")
    async with set_up(plan, folder) as scene:
        display.tell(f"{scene.postgres.title}; {scene.rabbit.title}")
        result, lines, figures = await _run(plan, scene, display)
    if page_file:
        page.write(page_file, figures)
    for line in lines:
        console.print(line)
    (folder / "ledger.txt").write_text(
        "\n".join([*lines, "", "ALL ENTRIES", *result.everything, ""])
    )
    verdict = "everything adds up" if result.is_clean else "SOMETHING DOES NOT ADD UP"
    console.print(f"\n{verdict}: {origin}")
    return 0 if result.is_clean else 1


async def _run(plan: Plan, scene: Scene, display: Display) -> tuple[Ledger, list[str], str]:
    confirmed = scene.folder / "confirmed.jsonl"
    effects = Effects(scene.postgres.url, confirmed)
    director = Director(plan, scene.postgres.url, scene.folder / "objects", scene.careers_site)
    supervisor = Supervisor(scene.environment, scene.folder, plan.seed)
    nemesis = Nemesis(scene, effects, supervisor, plan.scale, display.tell)

    def figures() -> dict[str, str]:
        return {
            "virtual date": f"{director.virtual_now:%d %b %H:%M}",
            "deliveries planned": str(director.deliveries),
            "effects": str(effects.count),
            "workers killed": str(supervisor.kills),
            "trouble": nemesis.now or "none",
            "waits for": director.waits_for,
        }

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(effects.watch())
        async with supervisor.supervised():
            with display.shown(figures):
                enough = asyncio.Event()
                playing = tasks.create_task(director.run(enough, lambda: nemesis.share))
                killing = tasks.create_task(supervisor.kill_now_and_then(nemesis.worker_killed))
                await nemesis.run(plan.seed, plan.minutes * 60)
                enough.set()
                await playing
                killing.cancel()
                supervisor.kill_all()
                await director.end_leases_of_the_dead()
                display.tell("quiet: no more faults, everything may come to its end")
                unsettled = [*await director.finish(_PATIENCE_SECONDS, confirmed)]
                before = await facts.load(scene.postgres.url, scene.folder)
                replayed = await replay.replay_quarantined(scene.postgres.url)
                display.tell(f"{replayed} of what is held, replayed")
                unsettled += await director.finish(_PATIENCE_SECONDS, confirmed)
        watching.cancel()
    after = await facts.load(scene.postgres.url, scene.folder)
    letters = facts.read_letters(scene.folder)
    queues = await left_behind(scene.rabbit.url, SERVICES)
    found = replace(after, letters=letters, queues=queues)
    result = ledger.judge(found, plan.cases, nemesis.struck)
    result.unexplained += replay.changes(before, after)
    result.unexplained += supervisor.unexplained + nemesis.unrecovered + nemesis.unwitnessed
    result.unexplained += [f"never settled: {line}" for line in unsettled]
    result.unexplained += await _consult_doctor(scene.postgres.url)
    command = f"`./muster chaos --minutes {plan.minutes:g} --seed {plan.seed}`"
    run = f"{command}, commit {commit()}, {scene.postgres.title}, {scene.rabbit.title}"
    return (
        result,
        [*report.write(found, result, nemesis, supervisor)],
        page.figures(run, found, result, nemesis, supervisor),
    )


async def _consult_doctor(owner_url: str) -> list[str]:
    """Say what the doctor finds, with everything at rest."""
    owner = await asyncpg.connect(owner_url)
    try:
        findings = await diagnose(owner)
    finally:
        await owner.close()
    return [f"{one.detector.name}: {subject}" for one in findings for subject in one.subjects]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="muster chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long things go wrong (10)")
    parser.add_argument("--seed", type=int, help="candidates and faults follow from it (random)")
    parser.add_argument(
        "--report", type=Path, metavar="FILE",
        help="write the figures there as Markdown, between its chaos:begin and chaos:end markers",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended
    said = _arguments()
    seed = random.SystemRandom().randrange(1_000_000) if said.seed is None else said.seed
    logs = Path(tempfile.mkdtemp(prefix="muster-chaos-"))
    try:
        sys.exit(asyncio.run(main(Plan(seed, said.minutes), logs, said.report)))
    except KeyboardInterrupt:
        sys.exit(130)

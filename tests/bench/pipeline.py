"""Leg 4: the whole real pipeline against the sum of its parts."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import mean
from typing import Final

from services.console.workers import owners
from shared.embedded.process import free_ports
from tests.bench.burst import LOG, Figures, burst
from tests.bench.contestants import FLOOR, python
from tests.bench.findings import MEMORY, Findings, Row, Target, over_rounds, short
from tests.bench.ground import ROOT, Ground, environment_with, start
from tests.bench.job import HOPS
from tests.bench.meters import heaviest, median, read_cpu
from tests.bench.papers import Paper, papers_of
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale
from tests.bench.whole import HOPS_EACH, TEMPLATE, names, whole

_PARTS: Final = Target(1.4, 1.15)
_WARM_UP: Final = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """What applications cost on their way through the whole pipeline; CPU in us for each."""

    cpu: dict[str, float]
    letters: float
    hops: float
    rate: float
    steal: float
    most_resident_mb: dict[str, float]

    @property
    def cpu_total(self) -> float:
        return sum(self.cpu.values())


@dataclass(frozen=True, slots=True)
class Bare:
    """The same inspections and letters without a pipeline, in us of CPU."""

    inspecting: float
    letter: float
    steal: float


@dataclass(frozen=True, slots=True)
class Parts:
    """One round: what the whole cost, and what its parts cost by themselves."""

    whole: Passage
    floor: Figures
    bare: Bare

    @property
    def total(self) -> float:
        """What the parts cost; hops that were saved are not credited, and none more is (audit)."""
        hops = min(HOPS_EACH, self.whole.hops) * self.floor.cpu_total / len(HOPS)
        return hops + self.bare.inspecting + self.whole.letters * self.bare.letter

    @property
    def ratio(self) -> float:
        return self.whole.cpu_total / self.total


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Interleave the pipeline, the floor and the bare work."""
    await ground.set_up(owners(), TEMPLATE)
    count = scale.pipeline_applications
    rounds: Rounds = await in_turn(
        {
            "floor": lambda number: burst(
                ground, FLOOR, scale.fast_applications // 4, 40 + number
            ),
            "whole": lambda _: pass_through(ground, count, papers_of),
            "bare": lambda _: asyncio.to_thread(_work_barely, count // 4),
        },
        scale.pipeline_rounds,
        say,
        scale.extra_rounds,
    )
    parts = [Parts(**one) for one in rounds.kept]
    for number, one in enumerate(parts):
        say(f"round {number}: " + ", ".join(f"{k} {v}" for k, v in _cells(one).items()))
    weights = {
        name: max(one.whole.most_resident_mb[name] for one in parts)
        for name in parts[0].whole.most_resident_mb
    }
    return Findings(
        rows=[
            over_rounds(
                "whole pipeline, CPU against the sum of its parts", _PARTS,
                [one.ratio for one in parts],
                f"{median(one.whole.cpu_total for one in parts) / 1e3:.1f} ms an application",
            ),
            Row("memory of a real worker process, at most", MEMORY, heaviest(weights)),
        ],
        tables={
            "The whole pipeline, µs of CPU per application": [
                {"round": str(number + 1)} | _cells(one) for number, one in enumerate(parts)
            ],
            "Memory of the real worker processes": [
                {"process": name, "resident MB, at most": f"{mb:.0f}"}
                for name, mb in weights.items()
            ],
        },
        remarks=[f"pipeline: {rounds.remark}"],
    )  # fmt: skip


def _cells(one: Parts) -> dict[str, str]:
    figures = {
        **one.whole.cpu,
        "whole": one.whole.cpu_total,
        "hops/application": one.whole.hops,
        "a hop at the floor": one.floor.cpu_total / len(HOPS),
        "bare inspections": one.bare.inspecting,
        "bare letters": one.whole.letters * one.bare.letter,
        "sum of the parts": one.total,
        "ratio": one.ratio,
        "applications/s": one.whole.rate,
    }
    return {name: short(value) for name, value in figures.items()}


async def pass_through(
    ground: Ground,
    count: int,
    papers: Callable[[int], list[Paper]],
    *,
    label: str = "bench",
    url: str = "",
    warm_up: int = _WARM_UP,
    is_clean: bool = False,
) -> Passage:
    """Send applications through, 5 % of them twice and 1 % broken, and balance the ledger.

    With a `url` into that database, else into a fresh one; `is_clean` without the trouble.
    """
    async with whole(ground, label=label, url=url) as pipeline:
        everyone = list(names(label, warm_up + count))
        for number, name in enumerate(everyone[:warm_up]):
            await pipeline.publish([pipeline.submit(name, papers(10**6 + number))])
        await pipeline.until_done(600)
        submissions = [
            pipeline.submit(name, papers(number)) for number, name in enumerate(everyone[warm_up:])
        ]
        if not is_clean:
            submissions += submissions[::20]
            submissions += [pipeline.poisonous(n) for n in range(max(1, count // 100))]
        before = await pipeline.read_cpu()
        await pipeline.publish(submissions)
        await pipeline.until_done(600 + count)
        used = (await pipeline.read_cpu()).since(before)
        weights = pipeline.most_resident_mb()
        hops = await pipeline.hops() / len(everyone)
        await pipeline.audit()
    return Passage(
        {name: seconds / count * 1e6 for name, seconds in used.groups.items()},
        pipeline.letters.total() / len(everyone),
        hops,
        count / used.at,
        used.steal,
        weights,
    )


def _work_barely(count: int) -> Bare:
    """Run bare.py once on every core, as the pipeline is at work on all of them too."""
    port = str(free_ports(1)[0])
    folder = LOG.parent / f"muster-bench-mails-{port}"
    sink = start(
        python("services.console", "mailbox", "--port", port, "--folder", str(folder)), {}, LOG
    )
    before = read_cpu({})
    try:
        with ThreadPoolExecutor() as cores:
            used = list(cores.map(lambda _: _bare(port, count), range(os.cpu_count() or 1)))
    finally:
        sink.stop()
    steal = read_cpu({}).since(before).steal
    return Bare(mean(u["inspecting"] for u in used), mean(u["letter"] for u in used), steal)


def _bare(port: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        python("tests.bench.bare", str(count)),
        env=environment_with({"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port}),
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name: seconds * 1e6 for name, seconds in json.loads(done.stdout).items()}

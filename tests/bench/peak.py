"""Leg 5 (G15): the minute before the deadline, with large files and a worker that dies."""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from services.console.workers import owners
from shared import clock
from tests.bench.findings import MEMORY, Findings, Row, Target, over_rounds
from tests.bench.ground import Ground
from tests.bench.meters import heaviest, percentile
from tests.bench.papers import Paper, cv, statement
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale
from tests.bench.whole import TEMPLATE, Whole, names, whole

_FILES: Final = 40
_SMALLEST, _LARGEST = 100_000, 10_000_000
_INTAKE: Final = Target(5, 5, "s")
_EMPTY: Final = Target(15, 5, "min")
_PROGRAMS: Final = {
    "as in production": "services.console",
    "without the memory of verdicts": "tests.bench.forgetful",
}
_DYING: Final = 0  # a process with intake in it
_TICK_SECONDS: Final = 0.1
_ACCEPTED: Final = """
select subject, pg_xact_commit_timestamp(xmin) as at from messaging.history
where type = 'application.accepted.v1'
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """How one deadline went."""

    accepted: int
    intake_p50: float
    intake_p99: float
    seconds: float
    cpu_ms: float
    worker_mb: float
    child_mb: float
    steal: float

    def cells(self, title: str) -> dict[str, str]:
        return {
            "verdicts": title,
            "accepted": f"{self.accepted:,}",
            "intake p50, s": f"{self.intake_p50:.2f}",
            "intake p99, s": f"{self.intake_p99:.2f}",
            "all done after, s": f"{self.seconds:,.0f}",
            "applications/s": f"{self.accepted / self.seconds:,.0f}",
            "CPU, ms/application": f"{self.cpu_ms:.1f}",
            "largest worker, MB": f"{self.worker_mb:.0f}",
            "largest child for documents, MB": f"{self.child_mb:.0f}",
            "steal": f"{self.steal:.1%}",
        }


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Once as in production, and once without the memory of verdicts."""
    await ground.set_up(owners(), TEMPLATE)
    papers = await asyncio.to_thread(_papers)
    rounds: Rounds[Peak] = await in_turn(
        {title: partial(_run, ground, scale, papers, program, say)
         for title, program in _PROGRAMS.items()},
        scale.peak_rounds, say, scale.extra_rounds,
    )  # fmt: skip
    usual, forgetful = (rounds.of(title) for title in _PROGRAMS)
    note = f"{scale.peak_applications:,} in {scale.peak_seconds:.0f} s, all accepted"
    return Findings(
        rows=[
            over_rounds(
                "deadline peak: intake p99", _INTAKE, [p.intake_p99 for p in usual], note
            ),
            over_rounds("deadline peak: until empty", _EMPTY, [p.seconds / 60 for p in usual]),
            Row("the same without the memory of verdicts", None,
                max(p.seconds / 60 for p in forgetful), unit="min"),
            Row("deadline peak: memory of a worker process, at most", MEMORY,
                max(p.worker_mb for p in usual)),
            Row("deadline peak: memory of a child that inspects documents, at most", None,
                max(p.child_mb for p in usual), unit="MB"),
        ],
        tables={
            "Deadline peak": [
                peak.cells(title) for title in _PROGRAMS for peak in rounds.of(title)
            ]
        },
        remarks=[f"peak: {rounds.remark}; {_described(papers)}"],
    )  # fmt: skip


def _papers() -> list[tuple[Paper, Paper]]:
    """Write CVs of 0.1 to 10 MB, most of them small, and as many statements."""
    chooser = random.Random(5)
    ratio = _LARGEST / _SMALLEST
    sizes = [int(_SMALLEST * ratio ** chooser.random()) for _ in range(_FILES - 2)]
    sizes += [_SMALLEST, _LARGEST]
    return [(cv(number, size), statement(number)) for number, size in enumerate(sizes)]


def _described(papers: list[tuple[Paper, Paper]]) -> str:
    sizes = [len(written.content) / 1e6 for written, _ in papers]
    return (
        f"{len(sizes)} CVs of {min(sizes):.1f} to {max(sizes):.1f} MB, "
        f"{sum(sizes) / len(sizes):.1f} on average, and as many statements; of the two "
        "processes with intake in them one killed by SIGKILL half-way"
    )


async def _run(  # noqa: PLR0917 - partially applied
    ground: Ground,
    scale: Scale,
    papers: list[tuple[Paper, Paper]],
    program: str,
    say: Say,
    number: int,
) -> Peak:
    chooser = random.Random(6 + number)
    count = scale.peak_applications
    async with whole(ground, program) as pipeline:
        submissions = {
            name: pipeline.submit(name, [chooser.choice(papers)[0], chooser.choice(papers)[1]])
            for name in names(pipeline.label, count)
        }
        before, began, began_at = await pipeline.read_cpu(), clock.monotonic(), clock.utc_now()
        intended = await _offer(pipeline, submissions, scale.peak_seconds)
        await pipeline.until_done(20 * 60)
        seconds = clock.monotonic() - began
        used = (await pipeline.read_cpu()).since(before)
        waits = await _waits(pipeline.owner, began_at.astimezone(UTC), intended)
        weights = pipeline.most_resident_mb()
        await pipeline.audit()
    peak = Peak(
        len(waits),
        percentile(waits, 0.5),
        percentile(waits, 0.99),
        seconds,
        sum(used.groups.values()) / count * 1e3,
        heaviest(weights),
        heaviest(weights, is_child=True),
        used.steal,
    )
    say(", ".join(f"{name} {value}" for name, value in peak.cells(program).items()))
    return peak


async def _offer(
    pipeline: Whole, submissions: dict[str, Any], in_seconds: float
) -> dict[str, float]:
    """Send evenly over the time, and kill a worker half-way; returns the intended times."""
    began = clock.monotonic()
    waiting = list(submissions.items())
    intended: dict[str, float] = {}
    is_killed = False
    while waiting:
        elapsed = clock.monotonic() - began
        due = int(elapsed / in_seconds * len(submissions)) - len(intended)
        part, waiting = waiting[:due], waiting[due:]
        for name, _ in part:
            intended[name] = len(intended) / len(submissions) * in_seconds
        await pipeline.publish([message for _, message in part])
        if not is_killed and elapsed > in_seconds / 2:
            is_killed = True
            pipeline.kill_worker(_DYING)
        await asyncio.sleep(_TICK_SECONDS)
    return intended


async def _waits(owner: Any, began_at: datetime, intended: dict[str, float]) -> list[float]:
    """Count from the intended time of sending to the commit of intake's verdict."""
    rows = await owner.fetch(_ACCEPTED)
    return [
        (row["at"] - began_at).total_seconds() - intended[row["subject"]]
        for row in rows
        if row["subject"] in intended
    ]

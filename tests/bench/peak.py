"""Leg 5: the minute before the deadline, with large files and a worker that dies."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from services.console.workers import owners
from shared import clock
from tests.bench.findings import Findings, Row, Target
from tests.bench.ground import Ground
from tests.bench.meters import percentile
from tests.bench.papers import Paper, cv, statement
from tests.bench.scale import Scale
from tests.bench.whole import TEMPLATE, accepted_at, names, whole

_FILES: Final = 40
_SMALLEST, _LARGEST = 100_000, 10_000_000
_INTAKE: Final = Target(5, 5, "s")
_EMPTY: Final = Target(15, 5, "min")
_FORGETFUL: Final = "tests.bench.forgetful"
_DYING: Final = 0  # the process with intake in it
_TICK_SECONDS: Final = 0.1


async def measure(ground: Ground, scale: Scale, say: Callable[[str], None]) -> Findings:
    """Once as in production, and once without the memory of verdicts."""
    await ground.set_up(owners(), TEMPLATE)
    papers = _papers()
    lines = []
    for title, program in (("as in production", "services.console"), ("no memory", _FORGETFUL)):
        line = await _run(ground, scale, papers, program)
        say(f"{title}: " + ", ".join(f"{name} {value:,.1f}" for name, value in line.items()))
        lines.append({"verdicts": title} | line)
    first = lines[0]
    note = f"{scale.peak_applications:,} in {scale.peak_seconds:.0f} s, all accepted"
    return Findings(
        rows=[
            Row("deadline peak: intake p99", _INTAKE, first["intake p99 s"], None, note),
            Row("deadline peak: until all is done", _EMPTY, first["empty after s"] / 60),
            Row("the same without the memory of verdicts", None, lines[1]["empty after s"] / 60,
                None, "min"),
        ],
        tables={
            "Deadline peak": [
                {k: v if isinstance(v, str) else f"{v:,.1f}" for k, v in line.items()}
                for line in lines
            ]
        },
    )  # fmt: skip


def _papers() -> list[tuple[Paper, Paper]]:
    """Write 20 CVs of 0.1 to 10 MB, most of them small, and 20 statements."""
    chooser = random.Random(5)
    ratio = _LARGEST / _SMALLEST
    sizes = [int(_SMALLEST * ratio ** chooser.random()) for _ in range(_FILES // 2)]
    return [(cv(n, size), statement(n)) for n, size in enumerate([_LARGEST, *sizes[1:]])]


async def _run(
    ground: Ground, scale: Scale, papers: list[tuple[Paper, Paper]], program: str
) -> dict[str, Any]:
    chooser = random.Random(6)
    async with whole(ground, program) as pipeline:
        submissions = {
            name: pipeline.submit(name, [chooser.choice(papers)[0], chooser.choice(papers)[1]])
            for name in names(scale.peak_applications)
        }
        began = clock.monotonic()
        began_at = clock.utc_now().astimezone(UTC)
        waiting = list(submissions.items())
        intended: dict[str, float] = {}
        is_killed = False
        before = await pipeline.read_cpu()
        while waiting:
            elapsed = clock.monotonic() - began
            due = int(elapsed / scale.peak_seconds * len(submissions)) - len(intended)
            part, waiting = waiting[:due], waiting[due:]
            for name, _ in part:
                intended[name] = len(intended) / len(submissions) * scale.peak_seconds
            await pipeline.publish([message for _, message in part])
            if not is_killed and elapsed > scale.peak_seconds / 2:
                is_killed = True
                pipeline.kill_worker(_DYING)
            await asyncio.sleep(_TICK_SECONDS)
        await pipeline.until_done(20 * 60)
        seconds = clock.monotonic() - began
        used = (await pipeline.read_cpu()).since(before)
        waits = await _waits(pipeline.owner, began_at, intended)
        await pipeline.audit()
    return {
        "accepted": len(waits),
        "intake p50 s": percentile(waits, 0.5),
        "intake p99 s": percentile(waits, 0.99),
        "empty after s": seconds,
        "CPU ms/application": sum(used.groups.values()) / len(submissions) * 1e3,
        "MB of files": sum(len(c.content) + len(s.content) for c, s in papers) / 1e6,
        "steal %": used.steal * 100,
    }


async def _waits(owner: Any, began_at: datetime, intended: dict[str, float]) -> list[float]:
    """Count from the intended time of sending to the commit of intake's verdict."""
    rows = await owner.fetch(accepted_at())
    return [
        (row["at"] - began_at).total_seconds() - intended[row["subject"]]
        for row in rows
        if row["subject"] in intended
    ]

"""Leg 4: the whole real pipeline against the sum of its parts."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from typing import Any, Final

from services.console.workers import owners
from shared.embedded.process import free_ports
from tests.bench.burst import LOG, burst
from tests.bench.contestants import FLOOR, python
from tests.bench.findings import Findings, Row, Target, short
from tests.bench.ground import ROOT, Ground, environment_with, start
from tests.bench.job import HOPS
from tests.bench.meters import GROUPS, median
from tests.bench.papers import cv, statement
from tests.bench.scale import Scale
from tests.bench.whole import TEMPLATE, Whole, names, whole

_PARTS: Final = Target(1.4, 1.15)
_WARM_UP: Final = 20
_INCOMPLETE: Final = 10  # every tenth candidate forgets the statement


async def measure(ground: Ground, scale: Scale, say: Callable[[str], None]) -> Findings:
    """Interleave the pipeline, the floor and the bare work."""
    await ground.set_up(owners(), TEMPLATE)
    count = scale.pipeline_applications
    rounds = []
    for number in range(min(3, scale.rounds)):
        floor = await burst(ground, FLOOR, scale.fast_applications // 4, seed=40 + number)
        used = await _run(ground, count)
        bare = await asyncio.to_thread(_work_barely, count, used["letters"], used["mails"])
        hop = floor.cpu_total / len(HOPS)
        parts = used["hops"] / count * hop + (bare["inspecting"] + bare["sending"]) / count * 1e6
        rounds.append({"round": number + 1} | _line(used, bare, hop, parts, count))
        say(", ".join(f"{name} {short(value)}" for name, value in rounds[-1].items()))
    ratios = [line["ratio"] for line in rounds]
    row = Row("whole pipeline, CPU against the sum of its parts", _PARTS,
              median(ratios), (min(ratios), max(ratios)))  # fmt: skip
    shown = [{name: f"{short(value)}" for name, value in line.items()} for line in rounds]
    return Findings(rows=[row], tables={"The whole pipeline, us of CPU per application": shown})


def _line(
    used: dict[str, Any], bare: dict[str, float], hop: float, parts: float, count: int
) -> dict[str, float]:
    return {
        **{group: used["cpu"].groups[group] / count * 1e6 for group in GROUPS},
        "whole": used["total"],
        "hops/application": used["hops"] / count,
        "a hop at the floor": hop,
        "bare inspections": bare["inspecting"] / count * 1e6,
        "bare letters": bare["sending"] / count * 1e6,
        "sum of the parts": parts,
        "ratio": used["total"] / parts,
        "applications/s": count / used["cpu"].at,
        "steal": used["cpu"].steal,
    }


async def _run(ground: Ground, count: int) -> dict[str, Any]:
    """Send applications through, 5 % of them twice and 1 % broken, and balance the ledger."""
    async with whole(ground) as pipeline:
        everyone = list(names(_WARM_UP + count))
        await pipeline.publish([_submit(pipeline, n, 10**6 + i)
                                for i, n in enumerate(everyone[:_WARM_UP])])  # fmt: skip
        await pipeline.until_done(120)
        submissions = [_submit(pipeline, name, i) for i, name in enumerate(everyone[_WARM_UP:])]
        submissions += submissions[::20]
        submissions += [pipeline.poisonous(n) for n in range(max(1, count // 100))]
        hops, before = await pipeline.hops(), await pipeline.read_cpu()
        await pipeline.publish(submissions)
        await pipeline.until_done(120 + count / 2)
        used = (await pipeline.read_cpu()).since(before)
        return {
            "cpu": used,
            "total": sum(used.groups.values()) / count * 1e6,
            "hops": await pipeline.hops() - hops,
            "letters": round(await pipeline.audit() * count / (count + _WARM_UP)),
            "mails": pipeline.mails,
        }


def _submit(pipeline: Whole, name: str, number: int) -> Any:
    is_complete = number % _INCOMPLETE != 0
    return pipeline.submit(name, [cv(number), *([statement(number)] if is_complete else [])])


def _work_barely(count: int, letters: int, _: Any) -> dict[str, float]:
    """Run bare.py against a sink of its own."""
    port = str(free_ports(1)[0])
    folder = LOG.parent / f"muster-bench-mails-{port}"
    sink = start(
        python("services.console", "mailbox", "--port", port, "--folder", str(folder)), {}, LOG
    )
    try:
        done = subprocess.run(
            python("tests.bench.bare", str(count), str(letters)),
            env=environment_with({"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port}),
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    finally:
        sink.stop()
    answer: dict[str, float] = json.loads(done.stdout)
    return answer

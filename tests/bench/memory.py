"""Leg 7: the memory of one worker process over many messages."""

import asyncio
import math
from typing import Final

from tests.bench.burst import Run, run
from tests.bench.contestants import MUSTER
from tests.bench.findings import MEMORY, Findings, Row, Target
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.meters import most_resident_mb, resident_mb
from tests.bench.rounds import Say
from tests.bench.scale import Scale
from tests.bench.submissions import Submissions

_PARTS: Final = 20
_GROWTH: Final = Target(1.1, 1.02)


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Send the messages in parts, and weigh the process after each."""
    count = applications_of(scale.memory_messages)
    points: list[tuple[int, float]] = []
    async with run(ground, MUSTER, processes_=1) as current:
        points.append((0, resident_mb(current.pids[0])))
        for part in range(_PARTS):
            await _send_part(current, Submissions(seed=10 + part, count=count))
            points.append(((part + 1) * count * len(HOPS), resident_mb(current.pids[0])))
        most = most_resident_mb(current.pids[0])
    say(f"{points[0][1]:.0f} MB at first, {points[-1][1]:.0f} MB after {points[-1][0]:,} messages")
    early, later = points[_PARTS // 5][1], max(size for _, size in points[_PARTS // 5 :])
    return Findings(
        rows=[
            Row("memory of a process, at most", MEMORY, most),
            Row("its growth after the first fifth", _GROWTH, later / early,
                None, f"over {points[-1][0]:,} messages"),
        ],
        plots={"memory": [list(point) for point in points]},
    )  # fmt: skip


def applications_of(messages: int) -> int:
    """How many applications a part needs, so that all parts are at least so many messages."""
    return math.ceil(messages / len(HOPS) / _PARTS)


async def _send_part(current: Run, submissions: Submissions) -> None:
    current.inputs.append(submissions)
    async with current.exchange() as exchange:
        await current.publish(exchange, submissions.messages())
    await asyncio.sleep(0)
    await current.until_done()

"""Leg 3: open loop. Latency counts from the intended time of sending."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from shared import clock
from tests.bench.audit import application_in
from tests.bench.burst import Run, burst, run
from tests.bench.contestants import BY_NAME, MUSTER, Contestant
from tests.bench.findings import Findings, Row, Target
from tests.bench.ground import Ground
from tests.bench.meters import percentile
from tests.bench.scale import Scale
from tests.bench.submissions import Submissions

_GENTLE: Final = 20.0
_SHARES: Final = (0.1, 0.25, 0.5, 0.75)
_AGAINST_CELERY: Final = Target(0.5, 0.35)
_TAIL: Final = Target(5, 3)

Point = dict[str, float]


async def measure(ground: Ground, scale: Scale, say: Callable[[str], None]) -> Findings:
    """Offer 20 applications a second to us and to Celery, then shares of what each can do."""
    series: dict[str, list[Point]] = {}
    for contestant in (MUSTER, BY_NAME["celery"]):
        count = scale.fast_applications if contestant.is_fast else scale.slow_applications
        saturation = (await burst(ground, contestant, count, seed=3)).rate
        say(f"{contestant.title}: saturated at {saturation:,.0f} applications/s")
        rates = [_GENTLE, *(rate for s in _SHARES if (rate := s * saturation) > _GENTLE)]
        points = [await _offer(ground, contestant, rate, scale.latency_seconds) for rate in rates]
        for point in points:
            say(f"{contestant.title}: " + ", ".join(f"{k} {v:,.1f}" for k, v in point.items()))
        series[contestant.title] = points
        if contestant is MUSTER:
            half = points[-2]
    ours, theirs = series[MUSTER.title][0], series[BY_NAME["celery"].title][0]
    return Findings(
        rows=[
            Row("p50 at 20 applications/s against Celery", _AGAINST_CELERY,
                ours["p50"] / theirs["p50"], None, f"{ours['p50']:.1f} ms"),
            Row("p99 against p50 at half of saturation", _TAIL, half["p99"] / half["p50"], None,
                f"p50 {half['p50']:.1f} ms at {half['offered']:,.0f}/s"),
        ],
        tables={
            "Latency over three hops, ms from intended send": [
                {"system": title} | {name: f"{value:,.1f}" for name, value in point.items()}
                for title, points in series.items()
                for point in points
            ]
        },
        plots={"load": series},
    )  # fmt: skip


async def _offer(ground: Ground, contestant: Contestant, rate: float, seconds: float) -> Point:
    """Send at a fixed rate; an end is heard when it arrives at the last queue."""
    submissions = Submissions(seed=4, count=max(50, int(rate * seconds)))
    ended: dict[str, float] = {}
    async with run(ground, contestant) as current:
        await _listen(current, ended)
        current.inputs.append(submissions)
        intended = await _send(current, submissions, rate)
        await current.until_done(60 + submissions.count / 20)
        async with asyncio.timeout(30):
            while not intended.keys() <= ended.keys():  # noqa: ASYNC110 - it lies in a queue
                await asyncio.sleep(0.05)
    waits = [(ended[application] - at) * 1000 for application, at in intended.items()]
    span = max(ended[a] for a in intended) - min(intended.values())
    return {
        "offered": rate,
        "done": submissions.count / span,
        "p50": percentile(waits, 0.5),
        "p90": percentile(waits, 0.9),
        "p99": percentile(waits, 0.99),
        "max": max(waits),
    }


async def _listen(current: Run, ended: dict[str, float]) -> None:
    """Take what has come so far, then note the time of everything that comes."""

    async def hear(message: Any) -> None:
        application = application_in(message.body)
        ended.setdefault(application, clock.monotonic())
        current.heard[application] += 1
        await message.channel.basic_ack(message.delivery_tag, wait=False)

    channel = await current.open_channel()
    await channel.basic_consume(current.contestant.out_queue, hear)


async def _send(current: Run, submissions: Submissions, rate: float) -> dict[str, float]:
    """Publish at the intended times without waiting for one another."""
    intended: dict[str, float] = {}
    tasks: set[asyncio.Task[None]] = set()
    async with current.exchange() as exchange:
        start = clock.monotonic() + 0.1
        for number, sent in enumerate(submissions.messages()):
            at = start + number / rate
            if (wait := at - clock.monotonic()) > 0:
                await asyncio.sleep(wait)
            if sent.id not in submissions.poison:
                intended.setdefault(application_in(sent.body), at)
            task = asyncio.create_task(current.publish_one(exchange, sent))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
    return intended

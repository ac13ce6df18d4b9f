"""Leg 3: open loop. Latency counts from the intended time of sending."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from shared import clock
from tests.bench.audit import application_in
from tests.bench.broker import one_pass
from tests.bench.burst import Run, burst, run
from tests.bench.contestants import BY_NAME, FLOOR, MUSTER, Contestant
from tests.bench.disk import Disk
from tests.bench.findings import Findings, Row, Target, over_rounds
from tests.bench.ground import Ground
from tests.bench.meters import median, percentile
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale
from tests.bench.submissions import Submissions

_GENTLE: Final = 20.0
_SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 1.3)
_PASSES: Final = 4  # into each of three hops, and out
_HALF: Final = 0.5
_AGAINST_CELERY: Final = Target(0.5, 0.35)
_TAIL: Final = Target(5, 3)
_TIMER_SECONDS: Final = 0.0015
_ROOMY_SECONDS: Final = 0.01
_CELERY: Final = BY_NAME["celery"]


@dataclass(frozen=True, slots=True)
class Point:
    """What came out at one load, and how many milliseconds it took."""

    offered: float
    done: float
    p50: float
    p90: float
    p99: float
    worst: float
    steal: float

    @property
    def cells(self) -> dict[str, str]:
        return {
            "offered/s": f"{self.offered:,.0f}",
            "done/s": f"{self.done:,.0f}",
            "p50": f"{self.p50:,.1f}",
            "p90": f"{self.p90:,.1f}",
            "p99": f"{self.p99:,.1f}",
            "worst": f"{self.worst:,.1f}",
        }


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Offer 20 applications a second to each, and half of what it can do to us, in rounds."""
    disk = await asyncio.to_thread(Disk.measured, ground.postgres_folder)
    say(f"the database's disk: {disk}")
    passing = await one_pass(ground)
    say(f"one pass through a quorum queue, with no work: {passing:.1f} ms")
    offer = partial(_offer, ground, scale.latency_seconds, say)
    saturation = await _saturation(offer, ground, MUSTER, scale)
    say(f"{MUSTER.title}: saturated at {saturation:,.0f} applications/s")
    rounds: Rounds[Point] = await in_turn(
        {c.name: partial(offer, c, _GENTLE) for c in (MUSTER, _CELERY, FLOOR)}
        | {"half": partial(offer, MUSTER, _HALF * saturation)},
        scale.latency_rounds,
        say,
        scale.extra_rounds,
    )
    findings = Findings(
        rows=_rows(rounds, disk, passing),
        tables={
            "Latency over three hops at 20 applications/s, ms (range of the rounds)": _gentle(
                rounds
            )
        },
        remarks=[f"latency: {rounds.remark}", f"the database's disk: {disk}"],
    )
    if scale.has_curves:
        series = {c.title: await _curve(offer, ground, c, scale) for c in (MUSTER, FLOOR, _CELERY)}
        findings.tables["Latency against load, ms from the intended time of sending"] = [
            {"system": title} | point.cells for title, points in series.items() for point in points
        ]
        findings.plots["load"] = {
            title: [[p.offered, p.done, p.p50, p.p99] for p in points]
            for title, points in series.items()
        }
    return findings


def _rows(rounds: Rounds[Point], disk: Disk, passing: float) -> list[Row]:
    p50 = {c.title: median(p.p50 for p in rounds.of(c.name)) for c in (MUSTER, _CELERY, FLOOR)}
    half = rounds.of("half")
    return [
        over_rounds(
            "p50 at 20 applications/s against Celery", _AGAINST_CELERY,
            rounds.ratios(MUSTER.name, _CELERY.name, lambda point: point.p50),
            ", ".join(f"{title} {value:.1f} ms" for title, value in p50.items())
            + f", {_PASSES} passes through the broker without any work {_PASSES * passing:.1f} ms"
            f"; a first fdatasync {disk.rested_us / 1e3:.1f} ms",
        ),
        over_rounds(
            "p99 against p50 at half of saturation", _TAIL, [p.p99 / p.p50 for p in half],
            f"p50 {median(p.p50 for p in half):.1f} ms at {half[0].offered:,.0f}/s",
        ),
    ]  # fmt: skip


def _gentle(rounds: Rounds[Point]) -> list[dict[str, str]]:
    """Sum the rounds up: of each percentile the median, the lowest and the highest."""
    lines = []
    for c in (MUSTER, FLOOR, _CELERY):
        points = rounds.of(c.name)
        line = {"system": c.title}
        for name in ("p50", "p90", "p99", "worst"):
            values = [getattr(point, name) for point in points]
            line[name] = f"{median(values):,.1f} ({min(values):,.1f}-{max(values):,.1f})"
        lines.append(line)
    return lines


async def _saturation(offer: Any, ground: Ground, contestant: Contestant, scale: Scale) -> float:
    """Offer more than can be done and count what comes out, in applications a second.

    A burst alone is faster: all batches are full, and nobody sends or listens beside it.
    """
    count = scale.fast_applications if contestant.is_fast else scale.slow_applications
    too_much = (await burst(ground, contestant, count, seed=3)).rate
    done: float = (await offer(contestant, too_much, 0)).done
    return done


async def _curve(offer: Any, ground: Ground, contestant: Contestant, scale: Scale) -> list[Point]:
    """Climb up to what the contestant can do."""
    saturation = await _saturation(offer, ground, contestant, scale)
    rates = [_GENTLE, *(rate for share in _SHARES if (rate := share * saturation) > _GENTLE)]
    return [await offer(contestant, rate, number) for number, rate in enumerate(rates)]


async def _offer(  # noqa: PLR0917 - partially applied
    ground: Ground, seconds: float, say: Say, contestant: Contestant, rate: float, number: int
) -> Point:
    """Send at a fixed rate; an end is heard when it arrives at the last queue."""
    submissions = Submissions(seed=400 + number, count=max(50, int(rate * seconds)))
    ended: dict[str, float] = {}
    async with run(ground, contestant) as current:
        await _listen(current, ended)
        current.inputs.append(submissions)
        before = await current.read_cpu()
        intended = await _send(current, submissions, rate)
        await current.until_done()
        async with asyncio.timeout(120):
            while not intended.keys() <= ended.keys():  # noqa: ASYNC110 - it lies in a queue
                await asyncio.sleep(0.05)
        used = (await current.read_cpu()).since(before)
    waits = [(ended[application] - at) * 1000 for application, at in intended.items()]
    point = Point(
        offered=rate,
        done=submissions.count / (max(ended.values()) - min(intended.values())),
        p50=percentile(waits, 0.5),
        p90=percentile(waits, 0.9),
        p99=percentile(waits, 0.99),
        worst=max(waits),
        steal=used.steal,
    )
    cells = ", ".join(f"{name} {value}" for name, value in point.cells.items())
    say(f"round {number}: {contestant.title}: {cells}")
    return point


async def _listen(current: Run, ended: dict[str, float]) -> None:
    """Take what has come so far, then note the time of everything that comes."""

    async def hear(message: Any) -> None:
        at = clock.monotonic()
        ended.setdefault(application_in(message.body), at)
        current.heard.append(message)
        await message.channel.basic_ack(message.delivery_tag, wait=False)

    channel = await current.open_channel()
    await channel.basic_consume(current.contestant.out_queue, hear)


async def _send(current: Run, submissions: Submissions, rate: float) -> dict[str, float]:
    """Publish at the intended times without waiting for one another.

    The rate is that of applications; duplicates and poison come between them.
    """
    messages = submissions.messages()
    pace = submissions.count / len(messages) / rate
    intended: dict[str, float] = {}
    tasks: set[asyncio.Task[None]] = set()
    async with current.exchange() as exchange:
        start = clock.monotonic() + 0.1
        for number, sent in enumerate(messages):
            at = start + number * pace
            if sent.id not in submissions.poison:
                intended.setdefault(application_in(sent.body), at)
            await _until(at, is_punctual=pace > _ROOMY_SECONDS)
            task = asyncio.create_task(current.publish_one(exchange, sent))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
    return intended


async def _until(at: float, *, is_punctual: bool) -> None:
    """Wait; a timer comes a millisecond late, which would count against everybody alike.

    Spinning instead is for low rates only: at high ones it would take a core from everybody.
    """
    rest = at - clock.monotonic()
    await asyncio.sleep(max(0.0, rest - _TIMER_SECONDS if is_punctual else rest))
    while is_punctual and clock.monotonic() < at:  # noqa: ASYNC110 - no timer is as punctual
        await asyncio.sleep(0)

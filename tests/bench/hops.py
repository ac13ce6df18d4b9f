"""Legs 1 and 2: three durable hops, we against the floor and against the peers, interleaved."""

from functools import partial
from typing import Final

from tests.bench.audit import Mismatch
from tests.bench.burst import Figures, burst
from tests.bench.contestants import BY_NAME, FLOOR, MUSTER, Contestant
from tests.bench.findings import Findings, Target, over_rounds, short
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.meters import GROUPS, median
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale

_CPU: Final = Target(1.25, 1.0)
_RATES: Final = {
    "celery": Target(7, 12, is_least=True),
    "dramatiq": Target(3, 7, is_least=True),
    "taskiq": Target(3, 7, is_least=True),
    "faststream": Target(5, 10, is_least=True),
}

# Of ours, for an application's three hops. Message by message it is three and more; in batches it
# is a tenth of one, or a third on a very busy machine. So a build notices that batching is gone.
_MOST_COMMITS: Final = 2.0
_CRAWLS_SECONDS: Final = 60.0  # who takes longer commits for sweeps, and for being watched


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Let everybody run in turn, round after round."""
    contestants = [MUSTER, FLOOR, *(BY_NAME[name] for name in scale.peers)]
    runs = {c.name: partial(hop_run, ground, c, scale, say) for c in contestants}
    rounds: Rounds[Figures] = await in_turn(runs, scale.rounds, say, scale.extra_rounds)
    rows = [
        over_rounds(
            "CPU per hop against the floor", _CPU,
            rounds.ratios(MUSTER.name, FLOOR.name, lambda one: one.cpu_total),
        )
    ]  # fmt: skip
    rows += [
        over_rounds(
            f"applications/s against {BY_NAME[name].title}", _RATES[name],
            rounds.ratios(MUSTER.name, name, lambda one: one.rate),
            _beside(rounds, name),
        )
        for name in scale.peers
    ]  # fmt: skip
    return Findings(
        rows=rows,
        tables={"Three durable hops": [summary(rounds.of(c.name), c) for c in contestants]},
        plots={
            "cost": {
                c.title: {g: median(_per_hop(run, g) for run in rounds.of(c.name)) for g in GROUPS}
                for c in contestants
            }
        },
        remarks=[f"hops: {rounds.remark}"],
    )


async def hop_run(
    ground: Ground, contestant: Contestant, scale: Scale, say: Say, number: int
) -> Figures:
    """Let one run at full load, and say how it went."""
    count = scale.fast_applications if contestant.is_fast else scale.slow_applications
    figures = await burst(ground, contestant, count, seed=1_000 + number)
    if count / figures.rate < _CRAWLS_SECONDS:
        prove_batched(figures, contestant)
    say(
        f"round {number}: {contestant.title}: {figures.rate:,.0f} applications/s, "
        f"{figures.cpu_total / len(HOPS):,.0f} us of CPU per hop, ledger balanced"
    )
    return figures


def prove_batched(figures: Figures, contestant: Contestant) -> None:
    """Void a run of ours that commits message by message."""
    if contestant is MUSTER and figures.commits > _MOST_COMMITS:
        raise Mismatch(f"{contestant.title}: {figures.commits:.2f} commits for an application")


def _beside(rounds: Rounds[Figures], peer: str) -> str:
    """Say what the rate leaves out: how the CPU compares, and how the floor does."""
    cpu = median(rounds.ratios(peer, MUSTER.name, lambda one: one.cpu_total))
    floor = median(rounds.ratios(FLOOR.name, peer, lambda one: one.rate))
    return f"in CPU {short(cpu)} x; the floor's rate {short(floor)} x"


def _per_hop(run: Figures, group: str) -> float:
    return run.cpu[group] / len(HOPS)


def summary(runs: list[Figures], contestant: Contestant) -> dict[str, object]:
    """Sum one contestant's rounds up."""
    rates = [run.rate for run in runs]
    return {
        "system": contestant.title,
        "applications in a round": f"{runs[0].applications:,}",
        "applications/s": f"{median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})",
        **{f"{g}, µs/hop": f"{median(_per_hop(r, g) for r in runs):,.0f}" for g in GROUPS},
        "all, µs/hop": f"{median(run.cpu_total / len(HOPS) for run in runs):,.0f}",
        "driver, µs/hop": f"{median(run.driver_cpu / len(HOPS) for run in runs):,.0f}",
        "redelivered, at least": f"{min(run.redelivered for run in runs):,}",
        "commits/application": f"{median(run.commits for run in runs):.2f}",
        "WAL flushes/application": f"{median(run.flushes for run in runs):.2f}",
        "steal": f"{max(run.steal for run in runs):.1%}",
    }

"""Legs 1 and 2: three durable hops, we against the floor and against the peers, interleaved."""

from collections.abc import Callable
from typing import Final

from shared.logs import log
from tests.bench.burst import Figures, burst
from tests.bench.contestants import BY_NAME, FLOOR, MUSTER, Contestant
from tests.bench.findings import Findings, Row, Target
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.meters import GROUPS, median
from tests.bench.scale import Scale

_WORST_STEAL: Final = 0.10
_EXTRA_ROUNDS: Final = 3
_CPU: Final = Target(1.25, 1.0)
_RATES: Final = {
    "celery": Target(7, 12, is_least=True),
    "dramatiq": Target(3, 7, is_least=True),
    "taskiq": Target(3, 7, is_least=True),
    "faststream": Target(5, 10, is_least=True),
}

Round = dict[str, Figures]


async def measure(ground: Ground, scale: Scale, say: Callable[[str], None]) -> Findings:
    """Let everybody run in turn, round after round, in an order that rotates."""
    contestants = [MUSTER, FLOOR, *(BY_NAME[name] for name in scale.peers)]
    rounds: list[Round] = []
    discarded = 0
    while len(rounds) < scale.rounds and len(rounds) + discarded < scale.rounds + _EXTRA_ROUNDS:
        number = len(rounds) + discarded
        shift = number % len(contestants)
        order = contestants[shift:] + contestants[:shift]
        figures = {c.name: await _run(ground, c, scale, number, say) for c in order}
        worst = max(one.steal for one in figures.values())
        if worst > _WORST_STEAL:
            discarded += 1
            say(f"round {number} discarded: {worst:.0%} of the CPU was stolen by the host")
        else:
            rounds.append(figures)
    if not rounds:
        log.warning("every_round_discarded")
        return Findings(remarks=["hops: every round was discarded for steal"])
    findings = Findings(rows=_rows(rounds), remarks=[f"hops: {discarded} rounds discarded"])
    findings.tables["Three durable hops"] = [_summary(rounds, c) for c in contestants]
    findings.plots["cost"] = {
        c.title: {g: median(r[c.name].cpu[g] / len(HOPS) for r in rounds) for g in GROUPS}
        for c in contestants
    }
    return findings


async def _run(
    ground: Ground, contestant: Contestant, scale: Scale, number: int, say: Callable[[str], None]
) -> Figures:
    count = scale.fast_applications if contestant.is_fast else scale.slow_applications
    figures = await burst(ground, contestant, count, seed=1_000 + number)
    say(
        f"round {number}: {contestant.title}: {figures.rate:,.0f} applications/s, "
        f"{figures.cpu_total / len(HOPS):,.0f} us of CPU per hop, ledger balanced"
    )
    return figures


def _rows(rounds: list[Round]) -> list[Row]:
    ratios = [r[MUSTER.name].cpu_total / r[FLOOR.name].cpu_total for r in rounds]
    rows = [_row("CPU per hop against the floor", _CPU, ratios)]
    for name, target in _RATES.items():
        if name in rounds[0]:
            ratios = [r[MUSTER.name].rate / r[name].rate for r in rounds]
            rows.append(_row(f"applications/s against {BY_NAME[name].title}", target, ratios))
    return rows


def _row(what: str, target: Target, ratios: list[float]) -> Row:
    return Row(what, target, median(ratios), (min(ratios), max(ratios)))


def _summary(rounds: list[Round], contestant: Contestant) -> dict[str, object]:
    runs = [r[contestant.name] for r in rounds]
    rates = [run.rate for run in runs]
    parts = {f"{g} us/hop": round(median(r.cpu[g] / len(HOPS) for r in runs)) for g in GROUPS}
    return {
        "system": contestant.title,
        "applications": runs[0].applications,
        "applications/s": f"{median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})",
        **parts,
        "total us/hop": round(median(run.cpu_total / len(HOPS) for run in runs)),
        "commits/application": f"{median(run.commits for run in runs):.2f}",
        "flushes/application": f"{median(run.flushes for run in runs):.2f}",
        "redelivered": runs[0].redelivered,
        "steal": f"{max(run.steal for run in runs):.1%}",
    }

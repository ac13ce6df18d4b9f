"""Leg 6: what an application costs in an empty database, and in one with a long history."""

from collections.abc import Callable
from typing import Final

from tests.bench.burst import burst, run
from tests.bench.contestants import MUSTER
from tests.bench.findings import Findings, Row, Target
from tests.bench.ground import TEMPLATE, Ground
from tests.bench.growing import multiply
from tests.bench.job import HOPS
from tests.bench.meters import median
from tests.bench.scale import Scale
from tests.bench.submissions import Submissions

_COST: Final = Target(1.3, 1.1)
_SEED_ROWS: Final = 1_000


async def measure(ground: Ground, scale: Scale, say: Callable[[str], None]) -> Findings:
    """Alternate between an empty database and a full one."""
    templates = {0: TEMPLATE}
    for size in scale.history_sizes:
        templates[size] = f"bench_history_{size}"
        await _fill(ground, templates[size], size, say)
    costs: dict[int, list[float]] = {size: [] for size in templates}
    for number in range(scale.rounds):
        for size, template in templates.items():
            figures = await burst(
                ground, MUSTER, scale.history_applications, 20 + number, template=template
            )
            costs[size].append(figures.cpu_total)
            say(f"round {number}: {size:,} applications of history: {figures.cpu_total:,.0f} us")
    longest = max(templates)
    ratios = [long / empty for long, empty in zip(costs[longest], costs[0], strict=True)]
    return Findings(
        rows=[
            Row(
                f"cost with {longest:,} applications of history",
                _COST, median(ratios), (min(ratios), max(ratios)),
            )
        ],
        plots={"history": [(size, median(of)) for size, of in costs.items()]},
    )  # fmt: skip


async def _fill(ground: Ground, template: str, rows: int, say: Callable[[str], None]) -> None:
    """Let some applications through for real, then multiply them; keep that as a template."""
    seeds = min(_SEED_ROWS, rows)
    async with (
        run(ground, MUSTER, keep_as=template) as current,
        current.exchange() as exchange,
    ):
        submissions = Submissions(seed=9, count=seeds)
        current.inputs.append(submissions)
        await current.publish(exchange, submissions.messages())
        await current.until_done(120)
    sizes = await multiply(
        ground.database_url(template), [*HOPS, "messaging"], max(1, rows // seeds)
    )
    say(f"{template}: {sum(sizes.values()):,} rows in {len(sizes)} tables")

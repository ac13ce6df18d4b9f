"""Leg 6: what an application costs in an empty database, and in one with a long history."""

from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from services.console.workers import SERVICES, owners
from shared import clock
from tests.bench.findings import Findings, Row, Target, over_rounds
from tests.bench.ground import Ground
from tests.bench.growing import multiply
from tests.bench.meters import GROUPS, median
from tests.bench.papers import papers_of
from tests.bench.pipeline import Passage, pass_through
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale
from tests.bench.whole import TEMPLATE

_COST: Final = Target(1.3, 1.1)
_FILES: Final = 40  # few, so that inspecting them does not hide what the database costs
_GROWN: Final = (
    "all services' tables grown by SQL from {seeds} applications that had really passed from "
    "submission to acknowledgement, one vacancy for each copy; what later stages write (decisions,"
    " appointments) is not in it"
)
_SCHEMAS: Final = ("messaging", *(service.name for service in SERVICES))


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Alternate between an empty database and full ones, with the whole pipeline."""
    await ground.set_up(owners(), TEMPLATE)
    tables: list[dict[str, Any]] = []
    async with AsyncExitStack() as kept:
        databases = {0: ""}
        for size in scale.history_sizes:
            url = await kept.enter_async_context(ground.database(TEMPLATE))
            tables = await _fill(ground, url, scale.history_seeds, size, say)
            databases[size] = url
        rounds: Rounds[Passage] = await in_turn(
            {str(size): partial(_pass, ground, scale, url, say, size)
             for size, url in databases.items()},
            scale.history_rounds, say, scale.extra_rounds,
        )  # fmt: skip
    longest = max(databases)
    return Findings(
        rows=_rows(rounds, longest),
        tables={
            "An application against the length of the history, µs of CPU": [
                _summary(size, rounds.of(str(size))) for size in databases
            ],
            f"What {longest:,} applications of history are": [
                {"table": t["name"], "rows": f"{t['count']:,}", "MB": f"{t['mb']:,}"}
                for t in tables
            ],
        },
        plots={
            "history": {
                group: [[size, median(p.cpu[group] for p in rounds.of(str(size)))]
                        for size in databases]
                for group in GROUPS
            }
        },
        remarks=[f"history: {rounds.remark}; {_GROWN.format(seeds=scale.history_seeds)}"],
    )  # fmt: skip


def _rows(rounds: Rounds[Passage], longest: int) -> list[Row]:
    database = rounds.ratios(str(longest), "0", lambda passage: passage.cpu["postgres"])
    return [
        over_rounds(
            f"cost with {longest:,} applications of history", _COST,
            rounds.ratios(str(longest), "0", lambda passage: passage.cpu_total),
            f"PostgreSQL alone {median(database):.2f} x",
        )
    ]  # fmt: skip


def _summary(size: int, passages: list[Passage]) -> dict[str, str]:
    totals = [passage.cpu_total for passage in passages]
    return {
        "history": f"{size:,}",
        **{group: f"{median(p.cpu[group] for p in passages):,.0f}" for group in GROUPS},
        "all (range of the rounds)": f"{median(totals):,.0f} ({min(totals):,.0f}-"
        f"{max(totals):,.0f})",
    }


async def _pass(  # noqa: PLR0917 - partially applied
    ground: Ground, scale: Scale, url: str, say: Say, size: int, number: int
) -> Passage:
    passage = await pass_through(
        ground, scale.history_applications, _papers, label=f"round{number}", url=url
    )
    say(f"round {number}: {size:,} applications of history: {passage.cpu_total:,.0f} us")
    return passage


async def _fill(ground: Ground, url: str, seeds: int, size: int, say: Say) -> list[dict[str, Any]]:
    """Let some applications through for real, then multiply them."""
    began = clock.monotonic()
    await pass_through(ground, seeds, _papers, label="seed", url=url, warm_up=0, is_clean=True)
    tables = await multiply(url, _SCHEMAS, size // seeds)
    rows, mb = (sum(table[key] for table in tables) for key in ("count", "mb"))
    say(
        f"{size:,} applications of history: {rows:,} rows in {len(tables)} tables, {mb:,} MB, "
        f"grown in {clock.monotonic() - began:.0f} s"
    )
    return tables


def _papers(number: int) -> Any:
    return papers_of(number % _FILES)

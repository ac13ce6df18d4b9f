"""News for everybody of one vacancy costs what that vacancy costs, however much waits."""

import re
from typing import Any

import asyncpg
import pytest

from services.notifications import storage
from shared.contracts.notifications import MessageKind
from tests.support.builders import NOW

_MANY = """
insert into notifications.vacancy select 'v-' || v, 1 from generate_series(1, 100) as v;
insert into notifications.message
    (application, vacancy, kind, version, send_after, planned_at)
select 'v-' || v || '-' || a, 'v-' || v, kind, 1, now(), now()
from generate_series(1, 100) as v, generate_series(1, 50) as a,
    unnest(array['acknowledgement', 'closing_moved']) as kind;
"""


class Explained:
    """A transaction that explains each statement by its generic plan as it carries it out."""

    def __init__(self, tx: Any) -> None:
        self._tx = tx
        self.plans: list[str] = []

    async def execute(self, sql: str, *arguments: Any) -> None:
        quoted = ", ".join(f"'{_literal(argument)}'" for argument in arguments)
        await self._tx.execute(f"prepare explained as {sql}")
        rows = await self._tx.fetch(f"explain (analyze, timing off) execute explained({quoted})")
        await self._tx.execute("deallocate explained")
        self.plans.append("\n".join(line for (line,) in rows))


def _literal(argument: Any) -> str:
    return f"{{{','.join(map(str, argument))}}}" if isinstance(argument, list) else str(argument)


@pytest.mark.parametrize("is_analyzed", [True, False])
async def test_news_for_everybody_reads_only_what_waits_of_its_vacancy(
    database, notifications, is_analyzed
):
    """Not the 10,000 messages of others, although the plan knows no values."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(_MANY)
    if is_analyzed:
        await owner.execute("analyze notifications.message")
    async with notifications.transaction() as tx:
        explained = Explained(tx)
        await storage.record_for_everybody(
            explained, MessageKind.CLOSING_MOVED, {"v-7": 2}, send_after=NOW, now=NOW
        )
    await owner.close()
    for plan in explained.plans:
        removed = re.findall(r"Rows Removed by .*: (\d+)", plan)
        assert sum(map(int, removed)) <= 100, plan
        assert "Seq Scan" not in plan

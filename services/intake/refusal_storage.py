"""What intake keeps of refusals: who is too late, and whose verdict the newest limit changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.intake.decisions import Refused
from services.intake.rows import execute
from shared.postgres import Transaction


async def record_refusals(
    tx: Transaction, refused: Sequence[tuple[str, Refused]], *, was_accepted: bool
) -> None:
    """Write who is refused, by reference."""
    await execute(
        tx,
        """
        insert into intake.refusal (application, reason, last_accepted_at, was_accepted)
        select *, $4::boolean from unnest($1::text[], $2::text[], $3::timestamptz[])
        """,
        [(application, v.reason, v.last_accepted_at) for application, v in refused],
        was_accepted,
    )


# From the vacancy on, by index: what else was ever refused costs nothing. That is why each
# application is looked up by itself.
MISJUDGED: Final = """
select a.application, refusal.application is not null as is_refused
from intake.vacancy v
join intake.application a using (vacancy)
left join lateral (
    select r.application from intake.refusal r where r.application = a.application limit 1
) as refusal on true
where v.vacancy = any($1)
  and (refusal.application is null) <> (a.submitted_at <= v.last_accepted_at)
order by a.application for update of a
"""


async def lock_misjudged(tx: Transaction, vacancies: Collection[str]) -> dict[str, bool]:
    """Find whose verdict is not by the newest limit, and whether each of them is refused.

    Nobody else changes that until we commit.
    """
    rows = await tx.fetch(MISJUDGED, vacancies)
    return {row["application"]: row["is_refused"] for row in rows}


async def lift_refusals(tx: Transaction, applications: Collection[str], now: datetime) -> None:
    """Take refusals back; the history keeps that they were announced."""
    await tx.execute("delete from intake.refusal where application = any($1)", applications)
    await _mark_judged(tx, applications, now)


async def take_back(
    tx: Transaction, refused: Sequence[tuple[str, Refused]], now: datetime
) -> None:
    """Refuse applications that were accepted by an earlier timetable."""
    await record_refusals(tx, refused, was_accepted=True)
    await _mark_judged(tx, [application for application, _ in refused], now)


async def _mark_judged(tx: Transaction, applications: Collection[str], now: datetime) -> None:
    await tx.execute(
        "update intake.application set judged_at = $2 where application = any($1)",
        applications,
        now,
    )

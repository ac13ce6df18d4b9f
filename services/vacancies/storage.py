"""The vacancies that were published and amended, their timetables and their closings."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Final

from asyncpg import Record

from services.vacancies.decisions import Closing, Plan, Timetable
from shared.contracts.vacancies import VacancyAmended, VacancyPublished
from shared.postgres import Transaction

_TIMETABLE: Final = """
    closes_at, last_accepted_at, review_promised_on, review_opens_at, review_latest_on,
    interviews_promised_on, interviews_latest_on
"""
_RECORDS: Final = """
    jsonb_to_recordset($1::jsonb) as plan (
        vacancy text, version int, published jsonb, grace_seconds int,
        closes_at timestamptz, last_accepted_at timestamptz, review_promised_on date,
        review_opens_at timestamptz, review_latest_on date,
        interviews_promised_on date, interviews_latest_on date
    )
"""


async def record_vacancies(
    tx: Transaction, vacancies: Sequence[tuple[Plan, Timetable]], now: datetime
) -> set[str]:
    """Keep what is new and return its references; a known vacancy stays as it is."""
    rows = await tx.fetch(
        f"""
        insert into vacancies.vacancy
            (vacancy, version, published, grace_seconds, {_TIMETABLE}, timetabled_at)
        select vacancy, version, published, grace_seconds, {_TIMETABLE}, $2
        from {_RECORDS}
        order by vacancy
        on conflict (vacancy) do nothing
        returning vacancy
        """,
        _as_json(vacancies),
        now,
    )
    return {row["vacancy"] for row in rows}


async def record_timetables(
    tx: Transaction, vacancies: Sequence[tuple[Plan, Timetable]], now: datetime
) -> None:
    """Write the new timetables of locked vacancies; one whose closing moves is not closed."""
    await tx.execute(
        f"""
        update vacancies.vacancy as known
        set (version, {_TIMETABLE}) = (
                plan.version, plan.closes_at, plan.last_accepted_at, plan.review_promised_on,
                plan.review_opens_at, plan.review_latest_on, plan.interviews_promised_on,
                plan.interviews_latest_on
            ),
            timetabled_at = $2,
            closed_at = case
                when known.last_accepted_at = plan.last_accepted_at then closed_at
            end,
            closing_noticed_at = case
                when known.last_accepted_at = plan.last_accepted_at then closing_noticed_at
            end
        from {_RECORDS}
        where known.vacancy = plan.vacancy
        """,
        _as_json(vacancies),
        now,
    )


def _as_json(vacancies: Sequence[tuple[Plan, Timetable]]) -> str:
    records = [
        {
            "vacancy": plan.published.vacancy,
            "version": plan.version,
            "published": plan.published.model_dump(mode="json"),
            "grace_seconds": plan.grace_seconds,
            **asdict(timetable),
        }
        for plan, timetable in vacancies
    ]
    return json.dumps(records, default=_iso)


def _iso(value: date | datetime) -> str:
    return value.isoformat()


async def record_amendments(tx: Transaction, amendments: Sequence[VacancyAmended]) -> None:
    """Keep amendments as received."""
    await tx.execute(
        """
        insert into vacancies.amendment (vacancy, amended_at, amended)
        select * from unnest($1::text[], $2::timestamptz[], $3::jsonb[])
        """,
        [amendment.vacancy for amendment in amendments],
        [amendment.amended_at for amendment in amendments],
        [amendment.model_dump_json() for amendment in amendments],
    )


async def load_published(tx: Transaction, vacancies: Collection[str]) -> dict[str, Plan]:
    """Read the plans, as published, of those of `vacancies` that are known."""
    rows = await tx.fetch(
        """
        select vacancy, published, grace_seconds, version, is_opened from vacancies.vacancy
        where vacancy = any($1)
        """,
        list(vacancies),
    )
    return {row["vacancy"]: _plan(row) for row in rows}


async def lock_plans(tx: Transaction, vacancies: Collection[str]) -> dict[str, Plan]:
    """Read the plans of those of `vacancies` that are known, and keep others from amending."""
    rows = await tx.fetch(
        """
        select vacancy, published, grace_seconds, version, is_opened from vacancies.vacancy
        where vacancy = any($1) order by vacancy for update
        """,
        list(vacancies),
    )
    amendments: dict[str, list[VacancyAmended]] = {row["vacancy"]: [] for row in rows}
    for amended in await tx.fetch(
        "select amended from vacancies.amendment where vacancy = any($1)", list(vacancies)
    ):
        amendment = VacancyAmended.model_validate_json(amended["amended"])
        amendments[amendment.vacancy].append(amendment)
    return {
        row["vacancy"]: replace(_plan(row), amendments=tuple(amendments[row["vacancy"]]))
        for row in rows
    }


def _plan(row: Record) -> Plan:
    return Plan(
        VacancyPublished.model_validate_json(row["published"]),
        grace_seconds=row["grace_seconds"],
        version=row["version"],
        is_opened=row["is_opened"],
    )


async def load_timetables(tx: Transaction, vacancies: Collection[str]) -> dict[str, Timetable]:
    """Read the timetables announced last; the day of posting stands in the plan."""
    rows = await tx.fetch(
        f"select vacancy, {_TIMETABLE} from vacancies.vacancy where vacancy = any($1)",
        list(vacancies),
    )
    return {row.pop("vacancy"): Timetable(opens_at=None, **row) for row in map(dict, rows)}


async def find_unfinished(tx: Transaction, today: date, now: datetime) -> list[str]:
    """Name the vacancies whose review has not begun, or may still begin in time."""
    rows = await tx.fetch(
        """
        select vacancy from vacancies.vacancy
        where review_latest_on >= $1 or review_opens_at > $2
        order by vacancy
        """,
        today,
        now,
    )
    return [row["vacancy"] for row in rows]


async def lock_closings(tx: Transaction, vacancies: Collection[str]) -> dict[str, Closing]:
    """Read the closings of those of `vacancies` that are known, and keep others from closing."""
    rows = await tx.fetch(
        """
        select vacancy, last_accepted_at, closed_at is not null as is_closed
        from vacancies.vacancy
        where vacancy = any($1)
        order by vacancy
        for update
        """,
        list(vacancies),
    )
    return {row["vacancy"]: Closing(row["last_accepted_at"], row["is_closed"]) for row in rows}


async def mark_opened(tx: Transaction, vacancies: Collection[str]) -> None:
    """Remember that the opening was announced or planned."""
    await tx.execute(
        "update vacancies.vacancy set is_opened = true where vacancy = any($1)", list(vacancies)
    )


async def mark_closed(tx: Transaction, vacancies: Collection[str], now: datetime) -> None:
    """Remember that the closing was announced, and when we noticed it."""
    await tx.execute(
        """
        update vacancies.vacancy
        set closed_at = last_accepted_at, closing_noticed_at = $2
        where vacancy = any($1)
        """,
        list(vacancies),
        now,
    )

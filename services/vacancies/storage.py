"""The vacancies that were published, their timetables and their closings."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.vacancies.decisions import Closing, Timetable
from shared.contracts.vacancies import VacancyPublished
from shared.postgres import Transaction


async def record_vacancies(
    tx: Transaction, vacancies: Sequence[tuple[VacancyPublished, Timetable]], now: datetime
) -> set[str]:
    """Keep what is new and return its references; a known vacancy stays as it is."""
    timetables = [timetable for _, timetable in vacancies]
    rows = await tx.fetch(
        """
        insert into vacancies.vacancy (
            vacancy, published, closes_at, last_accepted_at, review_promised_on, review_opens_at,
            review_latest_on, interviews_promised_on, interviews_latest_on, timetabled_at
        )
        select vacancy, published::jsonb, closes_at, last_accepted_at, review_promised_on,
               review_opens_at, review_latest_on, interviews_promised_on, interviews_latest_on,
               $10
        from unnest(
            $1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::date[],
            $6::timestamptz[], $7::date[], $8::date[], $9::date[]
        ) as advert (
            vacancy, published, closes_at, last_accepted_at, review_promised_on, review_opens_at,
            review_latest_on, interviews_promised_on, interviews_latest_on
        )
        order by vacancy
        on conflict (vacancy) do nothing
        returning vacancy
        """,
        [published.vacancy for published, _ in vacancies],
        [published.model_dump_json() for published, _ in vacancies],
        [timetable.closes_at for timetable in timetables],
        [timetable.last_accepted_at for timetable in timetables],
        [timetable.review_promised_on for timetable in timetables],
        [timetable.review_opens_at for timetable in timetables],
        [timetable.review_latest_on for timetable in timetables],
        [timetable.interviews_promised_on for timetable in timetables],
        [timetable.interviews_latest_on for timetable in timetables],
        now,
    )
    return {row["vacancy"] for row in rows}


async def load_published(
    tx: Transaction, vacancies: Collection[str]
) -> dict[str, VacancyPublished]:
    """Read what was published about those of `vacancies` that are known."""
    rows = await tx.fetch(
        "select vacancy, published from vacancies.vacancy where vacancy = any($1)",
        list(vacancies),
    )
    return {row["vacancy"]: VacancyPublished.model_validate_json(row["published"]) for row in rows}


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

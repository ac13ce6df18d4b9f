"""The SQL of the schema `review`."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from asyncpg import Record

from services.review.decisions import IN_REVIEW, NOBODY, Candidate, Round, Scorecard, Tally
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.reviews import ManagerDecision
from shared.contracts.vacancies import VacancyTimetabled
from shared.postgres import Transaction


async def lock_rounds(tx: Transaction, vacancies: Collection[str]) -> dict[str, Round]:
    """Read rounds and keep others off them until the transaction ends.

    Without the lock two last decisions, in two transactions that do not see each other, would
    both find one more undecided, and the review would never complete.
    """
    rows = await tx.fetch(
        """
        select vacancy, version, opens_at, latest_on, opened_at, completed_at, overdue_at
        from review.round where vacancy = any($1) order by vacancy for update
        """,
        list(vacancies),
    )
    return {row["vacancy"]: Round(**row) for row in rows}


async def record_timetables(
    tx: Transaction, timetables: Sequence[VacancyTimetabled]
) -> frozenset[str]:
    """Keep timetables newer than what is known and return their vacancies.

    A review that was late by an earlier promise is not late yet by a new one.
    """
    rows = await tx.fetch(
        """
        insert into review.round (vacancy, version, opens_at, latest_on)
        select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::date[]) order by 1
        on conflict (vacancy) do update
        set version = excluded.version,
            opens_at = excluded.opens_at,
            latest_on = excluded.latest_on,
            overdue_at = case
                when round.latest_on = excluded.latest_on then round.overdue_at
            end
        where round.version < excluded.version
        returning vacancy
        """,
        [t.vacancy for t in timetables],
        [t.version for t in timetables],
        [t.review_opens_at for t in timetables],
        [t.review_latest_on for t in timetables],
    )
    return frozenset(row["vacancy"] for row in rows)


async def record_stages(tx: Transaction, changes: Sequence[ApplicationStageChanged]) -> None:
    """Keep each application's latest stage; an older one that comes late changes nothing."""
    await tx.execute(
        """
        insert into review.candidate (application, vacancy, sequence, stage)
        select * from unnest($1::text[], $2::text[], $3::int[], $4::text[]) order by 1
        on conflict (application) do update
        set sequence = excluded.sequence, stage = excluded.stage
        where candidate.sequence < excluded.sequence
        """,
        [c.application for c in changes],
        [c.vacancy for c in changes],
        [c.sequence for c in changes],
        [c.stage for c in changes],
    )


async def mark_opened(
    tx: Transaction, vacancies: Collection[str], now: datetime
) -> dict[str, int]:
    """Open rounds for everybody in review by now, and return how many that is in each."""
    await tx.execute(
        "update review.round set opened_at = $2 where vacancy = any($1)", list(vacancies), now
    )
    rows = await tx.fetch(
        """
        with counted as (
            update review.candidate set is_counted = true
            where vacancy = any($1) and stage = any($2)
            returning vacancy
        )
        select vacancy, count(counted) as candidates
        from unnest($1::text[]) as opened (vacancy) left join counted using (vacancy)
        group by vacancy
        """,
        list(vacancies),
        list(IN_REVIEW),
    )
    return {row["vacancy"]: row["candidates"] for row in rows}


async def load_tallies(tx: Transaction, vacancies: Collection[str]) -> dict[str, Tally]:
    """Count the candidates still in review by the decision that stands.

    Who was counted at the opening and is `received` again has only sent new documents: a machine
    looks at them, and puts the application back or before a person, who moves no date.
    """
    rows = await tx.fetch(
        """
        select vacancy,
            count(*) filter (
                where is_in_review and decision is null and (is_counted or opened_at is null)
            ) as undecided,
            count(*) filter (where is_in_review and decision = 'invite') as invited,
            count(*) filter (where is_in_review and decision = 'decline') as declined,
            count(decision) as decided
        from review.round
        join review.candidate using (vacancy)
        cross join lateral (
            select stage = any($2) or is_counted and stage = 'received'
        ) as place (is_in_review)
        left join lateral (
            select decision from review.decision
            where decision.application = candidate.application
            order by reviewed_at desc limit 1
        ) as standing on true
        where vacancy = any($1)
        group by vacancy
        """,
        list(vacancies),
        list(IN_REVIEW),
    )
    counted = {
        row["vacancy"]: Tally(row["undecided"], row["invited"], row["declined"], row["decided"])
        for row in rows
    }
    return {vacancy: counted.get(vacancy, NOBODY) for vacancy in vacancies}


async def load_candidates(tx: Transaction, applications: Sequence[str]) -> dict[str, Candidate]:
    """Read the known ones of these applications, each with the scorecard that stands."""
    rows = await tx.fetch(
        """
        select distinct on (application)
            application, vacancy, stage, is_counted,
            reviewer, decision, scores, reviewed_at, rationale
        from review.candidate left join review.decision using (application)
        where application = any($1)
        order by application, reviewed_at desc
        """,
        applications,
    )
    return {
        row["application"]: Candidate(
            row["vacancy"], Stage(row["stage"]), _scorecard(row), row["is_counted"]
        )
        for row in rows
    }


def _scorecard(row: Record) -> Scorecard | None:
    if row["decision"] is None:
        return None
    return Scorecard(
        reviewer=row["reviewer"],
        decision=ManagerDecision(row["decision"]),
        scores=json.loads(row["scores"]),
        reviewed_at=row["reviewed_at"],
        rationale=row["rationale"],
    )


async def record_decisions(tx: Transaction, accepted: Mapping[str, Scorecard]) -> None:
    """Add accepted scorecards, by application."""
    await tx.execute(
        """
        insert into review.decision
            (application, reviewed_at, reviewer, decision, scores, rationale)
        select * from unnest(
            $1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::jsonb[], $6::text[]
        )
        """,
        list(accepted),
        [card.reviewed_at for card in accepted.values()],
        [card.reviewer for card in accepted.values()],
        [card.decision for card in accepted.values()],
        [json.dumps(dict(card.scores)) for card in accepted.values()],
        [card.rationale for card in accepted.values()],
    )


async def mark_completed(tx: Transaction, vacancies: Collection[str], now: datetime) -> None:
    """Complete rounds."""
    await tx.execute(
        # Of two transactions the one that began first may come second.
        "update review.round set completed_at = greatest($2, opened_at) where vacancy = any($1)",
        list(vacancies),
        now,
    )


async def mark_overdue(tx: Transaction, vacancies: Collection[str], now: datetime) -> None:
    """Remember that we said they are late."""
    await tx.execute(
        "update review.round set overdue_at = $2 where vacancy = any($1)", list(vacancies), now
    )

"""Every SQL statement about messages: planning them and handing them out to be sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from services.notifications.decisions import Message, Standing
from services.notifications.letters import (
    Claim,
    Planned,
    State,
)
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import Employer, VacancyTimetabled
from shared.postgres import Transaction

# Longer than one letter may take, so that a sender at work never loses its message.
LEASE_SECONDS: Final = 120
# A server that puts a message off for this long is taken to refuse it.
GIVE_UP_AFTER: Final = "5 days"


async def record_vacancies(
    tx: Transaction, timetables: Sequence[VacancyTimetabled]
) -> dict[str, int]:
    """Keep timetables newer than what is known, and return the versions of their vacancies."""
    rows = await tx.fetch(
        """
        with newer as (
            insert into notifications.vacancy (vacancy, version)
            select * from unnest($1::text[], $2::int[]) order by 1
            on conflict (vacancy) do update set version = excluded.version
            where vacancy.version < excluded.version
            returning vacancy, version
        )
        insert into notifications.timetable (vacancy, version, timetable)
        select * from unnest($1::text[], $2::int[], $3::text[]) as t (vacancy, version, timetable)
        where (vacancy, version) in (select * from newer)
        returning vacancy, version
        """,
        [t.vacancy for t in timetables],
        [t.version for t in timetables],
        [t.model_dump_json() for t in timetables],
    )
    return {row["vacancy"]: row["version"] for row in rows}


async def load_employers(tx: Transaction, vacancies: Collection[str]) -> dict[str, Employer]:
    """Tell whose vacancies these are, of those that have a timetable."""
    rows = await tx.fetch(
        """
        select vacancy, timetable::json ->> 'employer' as employer
        from notifications.vacancy join notifications.timetable using (vacancy, version)
        where vacancy = any($1)
        """,
        list(vacancies),
    )
    return {row["vacancy"]: Employer(row["employer"]) for row in rows}


async def share_known_vacancies(tx: Transaction, vacancies: Collection[str]) -> set[str]:
    """Find which of these vacancies have a timetable, and let nobody change it until we commit.

    Without the lock somebody whose acknowledgement is planned at this moment would be told old
    dates, and would not be among those who are told the new ones.
    """
    rows = await tx.fetch(
        """
        select vacancy from notifications.vacancy where vacancy = any($1)
        order by vacancy for share
        """,
        list(vacancies),
    )
    return {row["vacancy"] for row in rows}


async def lock_standings(tx: Transaction, applications: Collection[str]) -> dict[str, Standing]:
    """Load what is known of each application, and keep others from planning for it."""
    await tx.execute(
        """
        insert into notifications.standing (application)
        select * from unnest($1::text[]) order by 1 on conflict do nothing
        """,
        list(applications),
    )
    rows = await tx.fetch(
        """
        select application, last_sequence, stage from notifications.standing
        where application = any($1) order by application for update
        """,
        list(applications),
    )
    planned: dict[str, list[Message]] = {row["application"]: [] for row in rows}
    overtaken: dict[str, list[Message]] = {row["application"]: [] for row in rows}
    for application, kind, version, state in await tx.fetch(
        """
        select application, kind, version, state from notifications.message
        where application = any($1) order by number
        """,
        list(applications),
    ):
        message = Message(MessageKind(kind), version)
        planned[application].append(message)
        if state == State.OVERTAKEN:
            overtaken[application].append(message)
    return {
        application: Standing(
            sequence,
            Stage(stage) if stage else None,
            tuple(planned[application]),
            frozenset(overtaken[application]),
        )
        for application, sequence, stage in rows
    }


async def record_stages(tx: Transaction, changes: Sequence[ApplicationStageChanged]) -> None:
    """Keep the latest stage of each application, whatever order its changes came in."""
    await tx.execute(
        """
        update notifications.standing set last_sequence = change.sequence, stage = change.stage
        from unnest($1::text[], $2::int[], $3::text[]) as change (application, sequence, stage)
        where standing.application = change.application
            and standing.last_sequence < change.sequence
        """,
        [change.application for change in changes],
        [change.sequence for change in changes],
        [change.stage for change in changes],
    )


async def record_messages(tx: Transaction, planned: Sequence[Planned], now: datetime) -> None:
    """Queue messages; one that is planned or sent already stays as it is (G12)."""
    interviews = [p.interview for p in planned]
    await tx.execute(
        """
        insert into notifications.message (
            application, vacancy, kind, version, send_after, starts_at, ends_at, location,
            planned_at
        )
        select *, $9 from unnest(
            $1::text[], $2::text[], $3::text[], $4::int[], $5::timestamptz[],
            $6::timestamptz[], $7::timestamptz[], $8::text[]
        )
        on conflict (application, kind, version) do nothing
        """,
        [p.application for p in planned],
        [p.vacancy for p in planned],
        [p.message.kind for p in planned],
        [p.message.version for p in planned],
        [p.send_after for p in planned],
        [i.starts_at if i else None for i in interviews],
        [i.ends_at if i else None for i in interviews],
        [i.location if i else None for i in interviews],
        now,
    )


async def record_for_everybody(
    tx: Transaction,
    kind: MessageKind,
    versions: Mapping[str, int],
    *,
    send_after: datetime,
    now: datetime,
) -> None:
    """Queue a message to everybody who is acknowledged, by vacancy and version.

    An earlier one of this kind that has not gone yet becomes needless: it is one mail, with the
    latest facts. `any($1)` repeats what the joins say, so that no plan reads other vacancies.
    """
    await tx.execute(
        """
        update notifications.message set state = 'overtaken', detail = 'a later one is queued'
        from unnest($1::text[], $2::int[]) as news (about, latest)
        where vacancy = any($1) and kind = $3 and state = 'queued'
            and vacancy = about and version < latest
        """,
        list(versions),
        list(versions.values()),
        kind,
    )
    await tx.execute(
        """
        insert into notifications.message
            (application, vacancy, kind, version, send_after, planned_at)
        select application, vacancy, $3, news.version, $4, $5
        from unnest($1::text[], $2::int[]) as news (vacancy, version)
        join notifications.message as acknowledgement using (vacancy)
        where acknowledgement.kind = 'acknowledgement' and vacancy = any($1) and not exists (
            select from notifications.message as later
            where later.application = acknowledgement.application
                and later.kind = $3 and later.version > news.version
        )
        order by application
        on conflict (application, kind, version) do nothing
        """,
        list(versions),
        list(versions.values()),
        kind,
        send_after,
        now,
    )


async def load_now(tx: Transaction) -> datetime:
    """Tell the present, moved by the virtual clock."""
    now: datetime = await tx.fetchval("select messaging.virtual_now()")
    return now


async def claim_next(tx: Transaction) -> tuple[Claim, datetime] | None:
    """Take the first message that is due, and tell when; once committed, nobody else sends it."""
    row = await tx.fetchrow(
        f"""
        update notifications.message
        set state = 'sending', claimed_at = now(), attempts = attempts + 1,
            timetable_version = (
                select vacancy.version from notifications.vacancy
                where vacancy.vacancy = message.vacancy
            )
        where (application, kind, version) = (
            select application, kind, version from notifications.message
            where state = 'queued' and send_after <= messaging.virtual_now()
                and (retry_at is null or retry_at <= now())
            order by send_after, number limit 1
            for update skip locked
        )
        returning application, vacancy, kind, version, attempts,
            first_queued_at < now() - interval '{GIVE_UP_AFTER}' as is_overdue,
            messaging.virtual_now() as now
        """
    )
    return (_claim(row), row["now"]) if row else None


async def record_end(
    tx: Transaction,
    claim: Claim,
    state: State,
    *,
    detail: str | None = None,
    retry_in_seconds: float = 0,
) -> datetime | None:
    """Record how a claim ended, and tell when; None if it was no longer ours to end.

    A sender that was given up on may still report: it alone knows what became of its message.
    """
    recorded_at: datetime | None = await tx.fetchval(
        """
        update notifications.message set
            state = $5, sent_at = case when $5 = 'sent' then messaging.virtual_now() end,
            detail = $6, retry_at = now() + $7::float8 * interval '1 second'
        where application = $1 and kind = $2 and version = $3 and attempts = $4
            and state in ('sending', 'unknown')
        returning messaging.virtual_now()
        """,
        claim.application,
        claim.kind,
        claim.version,
        claim.attempt,
        state,
        detail,
        retry_in_seconds,
    )
    return recorded_at


async def give_up_abandoned(tx: Transaction) -> list[Claim]:
    """Call the messages of dead senders unknown: perhaps sent, so never sent again blindly."""
    rows = await tx.fetch(
        f"""
        update notifications.message set state = 'unknown', detail = 'sender died'
        where state = 'sending' and claimed_at < now() - interval '{LEASE_SECONDS} seconds'
        returning application, vacancy, kind, version, attempts, true as is_overdue
        """
    )
    return [_claim(row) for row in rows]


def _claim(row: Record) -> Claim:
    return Claim(
        row["application"],
        row["vacancy"],
        MessageKind(row["kind"]),
        row["version"],
        row["attempts"],
        is_last_attempt=row["is_overdue"],
    )

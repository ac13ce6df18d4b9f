"""Every SQL statement: planning messages, handing them out to be sent, and what they say."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from services.notifications.decisions import Message, Standing
from services.notifications.letters import (
    Claim,
    Contact,
    Explanation,
    File,
    Interview,
    Letter,
    Planned,
    Problem,
    State,
)
from shared.contracts.applications import (
    ApplicationStageChanged,
    Stage,
)
from shared.contracts.checks import (
    FindingCode,
)
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import VacancyTimetabled
from shared.postgres import Transaction

# Longer than one letter may take, so that a sender at work never loses its message.
LEASE_SECONDS: Final = 120
# A server that puts a message off for this long is taken to refuse it.
GIVE_UP_AFTER: Final = "5 days"


async def record_vacancies(tx: Transaction, timetables: Sequence[VacancyTimetabled]) -> None:
    """Keep each vacancy's latest timetable."""
    await tx.execute(
        """
        insert into notifications.vacancy (vacancy, version, timetable)
        select * from unnest($1::text[], $2::int[], $3::text[])
        on conflict (vacancy) do update
        set version = excluded.version, timetable = excluded.timetable
        where vacancy.version < excluded.version
        """,
        [t.vacancy for t in timetables],
        [t.version for t in timetables],
        [t.model_dump_json() for t in timetables],
    )


async def find_known_vacancies(tx: Transaction, vacancies: Collection[str]) -> set[str]:
    """Find which of these vacancies have a timetable."""
    rows = await tx.fetch(
        "select vacancy from notifications.vacancy where vacancy = any($1)", list(vacancies)
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
    planned: dict[str, set[Message]] = {row["application"]: set() for row in rows}
    for row in await tx.fetch(
        "select application, kind, version from notifications.message where application = any($1)",
        list(applications),
    ):
        planned[row["application"]].add(Message(MessageKind(row["kind"]), row["version"]))
    return {
        row["application"]: Standing(
            row["last_sequence"],
            Stage(row["stage"]) if row["stage"] else None,
            frozenset(planned[row["application"]]),
        )
        for row in rows
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


async def load_now(tx: Transaction) -> datetime:
    """Tell the present, moved by the virtual clock."""
    now: datetime = await tx.fetchval("select messaging.virtual_now()")
    return now


async def claim_next(tx: Transaction) -> tuple[Claim, datetime] | None:
    """Take the first message that is due, and tell when; once committed, nobody else sends it."""
    row = await tx.fetchrow(
        f"""
        update notifications.message
        set state = 'sending', claimed_at = now(), attempts = attempts + 1
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


async def find_letter(tx: Transaction, claim: Claim) -> Letter | None:
    """Gather what a message says; None if its candidate is no longer known."""
    row = await tx.fetchrow(
        """
        select name, email, submitted_at, received_at, timetable, stage,
            starts_at, ends_at, location, kind = 'acknowledgement' and exists (
                select from notifications.message late where late.kind = 'submitted_late'
                    and late.application = message.application
                    and late.state in ('sending', 'sent', 'unknown')
            )
        from notifications.message
        join notifications.vacancy using (vacancy)
        join intake.contact using (application)
        left join notifications.standing using (application)
        where application = $1 and kind = $2 and message.version = $3
        """,
        claim.application,
        claim.kind,
        claim.version,
    )
    if row is None:
        return None
    name, email, submitted_at, received_at, timetable, stage, *rest = row
    starts_at, ends_at, location, was_told_late = rest
    files = await _load_files(tx, claim)
    return Letter(
        claim,
        Stage(stage) if stage else None,
        Contact(name, email, submitted_at, received_at),
        VacancyTimetabled.model_validate_json(timetable),
        files,
        await _load_problems(tx, claim, files),
        await _find_explanation(tx, claim),
        Interview(starts_at, ends_at, location) if starts_at else None,
        was_told_late,
    )


async def _load_files(tx: Transaction, claim: Claim) -> tuple[File, ...]:
    """Load the documents that an acknowledgement lists or a problem is about."""
    if claim.kind not in {MessageKind.ACKNOWLEDGEMENT, MessageKind.DOCUMENTS_PROBLEM}:
        return ()
    rows = await tx.fetch(
        """
        select name, size, sha256 from intake.received_files
        where application = $1 and documents_version = $2 order by position
        """,
        claim.application,
        claim.version,
    )
    return tuple(File(*row) for row in rows)


async def _load_problems(
    tx: Transaction, claim: Claim, files: Sequence[File]
) -> tuple[Problem, ...]:
    if claim.kind is not MessageKind.DOCUMENTS_PROBLEM:
        return ()
    rows = await tx.fetch(
        """
        select code, document from documents.findings
        where application = $1 and documents_version = $2 order by document nulls first, code
        """,
        claim.application,
        claim.version,
    )
    return tuple(
        Problem(FindingCode(code), None if document is None else files[document])
        for code, document in rows
    )


async def _find_explanation(tx: Transaction, claim: Claim) -> Explanation | None:
    if claim.kind is not MessageKind.NOT_ELIGIBLE:
        return None
    row = await tx.fetchrow(
        """
        select working, submitted_on, eligible_from from eligibility.explanations
        where application = $1
        """,
        claim.application,
    )
    return Explanation(*row) if row else None


def _claim(row: Record) -> Claim:
    return Claim(
        row["application"],
        row["vacancy"],
        MessageKind(row["kind"]),
        row["version"],
        row["attempts"],
        is_last_attempt=row["is_overdue"],
    )

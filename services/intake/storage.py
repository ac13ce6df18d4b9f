"""Everything intake reads and writes: vacancies' limits, applications, documents, conflicts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from services.intake.decisions import (
    Accepted,
    Application,
    Refused,
    Superseded,
    Superseding,
    Vacancy,
)
from shared.contracts.applications import (
    ApplicationDocumentsReplaced,
    ApplicationSubmitted,
    Document,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType, VacancyTimetabled
from shared.postgres import Transaction


async def record_vacancies(tx: Transaction, timetables: Sequence[VacancyTimetabled]) -> None:
    """Keep the newest version of each timetable."""
    await _execute(
        tx,
        """
        insert into intake.vacancy
            (vacancy, version, employer, role_type, engagement, posted_on, last_accepted_at)
        select * from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[],
                             $6::date[], $7::timestamptz[]) as v (vacancy)
        order by vacancy
        on conflict (vacancy) do update
        set version = excluded.version, employer = excluded.employer,
            role_type = excluded.role_type, engagement = excluded.engagement,
            posted_on = excluded.posted_on, last_accepted_at = excluded.last_accepted_at
        where vacancy.version < excluded.version
        """,
        [
            (t.vacancy, t.version, t.employer, t.role_type, t.engagement, t.posted_on,
             t.last_accepted_at)
            for t in timetables
        ],
    )  # fmt: skip


async def find_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, Vacancy]:
    """Find those vacancies whose timetable has come."""
    rows = await tx.fetch(
        """
        select vacancy, version, employer, role_type, engagement, posted_on, last_accepted_at
        from intake.vacancy where vacancy = any($1)
        """,
        set(vacancies),
    )
    return {
        row["vacancy"]: Vacancy(
            vacancy=row["vacancy"],
            version=row["version"],
            employer=Employer(row["employer"]),
            role_type=RoleType(row["role_type"]),
            engagement=Engagement(row["engagement"]),
            posted_on=row["posted_on"],
            last_accepted_at=row["last_accepted_at"],
        )
        for row in rows
    }


async def record_applications(
    tx: Transaction,
    judged: Sequence[tuple[ApplicationSubmitted, str, Accepted | Refused]],
    now: datetime,
) -> set[str]:
    """Write submissions (with content hash and verdict) whose reference is new; return those.

    In order of reference, so that two workers with the same references wait for each other
    instead of dead-locking.
    """
    rows = await _fetch(
        tx,
        """
        insert into intake.application
            (application, vacancy, submitted_at, content_sha256, name, email, phone, form,
             received_at)
        select application, vacancy, submitted_at, content, name, email, phone, form::jsonb,
               $9
        from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[],
                    $6::text[], $7::text[], $8::text[])
            as s (application, vacancy, submitted_at, content, name, email, phone, form)
        order by application
        on conflict do nothing
        returning application
        """,
        [
            (s.application, s.vacancy, s.submitted_at, content, s.candidate.name,
             s.candidate.email, s.candidate.phone, s.form.model_dump_json())
            for s, content, _ in judged
        ],
        now,
    )  # fmt: skip
    recorded = {row["application"] for row in rows}
    new = [j for j in judged if j[0].application in recorded]
    await _execute(
        tx,
        """
        insert into intake.refusal (application, reason, last_accepted_at)
        select * from unnest($1::text[], $2::text[], $3::timestamptz[])
        """,
        [
            (submission.application, verdict.reason, verdict.last_accepted_at)
            for submission, _, verdict in new
            if isinstance(verdict, Refused)
        ],
    )
    await _record_documents(
        tx,
        [(s.application, 1, s.submitted_at, content, None, s.documents) for s, content, _ in new],
        now,
    )
    return recorded


async def find_contents(tx: Transaction, applications: Collection[str]) -> dict[str, str]:
    """Find the content hashes of those submissions that are recorded."""
    if not applications:
        return {}
    rows = await tx.fetch(
        "select application, content_sha256 from intake.application where application = any($1)",
        applications,
    )
    return {row["application"]: row["content_sha256"] for row in rows}


async def record_conflicts(
    tx: Transaction, conflicts: Sequence[tuple[ApplicationSubmitted, str]], now: datetime
) -> set[str]:
    """Keep submissions (with content hash) that contradict a recorded one; return the new ones."""
    rows = await _fetch(
        tx,
        """
        insert into intake.conflict (application, content_sha256, body, received_at)
        select application, content, body::json, $4
        from unnest($1::text[], $2::text[], $3::text[]) as c (application, content, body)
        order by application
        on conflict do nothing
        returning application
        """,
        [(s.application, content, s.model_dump_json()) for s, content in conflicts],
        now,
    )
    return {row["application"] for row in rows}


async def lock_applications(
    tx: Transaction, applications: Collection[str]
) -> dict[str, Application]:
    """Find applications with the versions of their documents; nobody adds one until we commit."""
    # Locked by a statement of its own: the next one then sees what we had to wait for.
    await tx.execute(
        """
        select from intake.application where application = any($1)
        order by application for update
        """,
        applications,
    )
    rows = await tx.fetch(
        """
        select a.application, a.vacancy, v.last_accepted_at,
            exists (select from intake.refusal r where r.application = a.application)
                as is_refused,
            max(d.replaced_at) filter (where d.set_aside_because is null) as current_since,
            array_agg(d.replaced_at order by d.documents_version) as moments,
            array_agg(d.content_sha256 order by d.documents_version) as contents
        from intake.application a
        join intake.vacancy v using (vacancy)
        join intake.document_set d using (application)
        where a.application = any($1)
        group by a.application, v.vacancy
        """,
        applications,
    )
    return {
        row["application"]: Application(
            vacancy=row["vacancy"],
            is_refused=row["is_refused"],
            last_accepted_at=row["last_accepted_at"],
            current_since=row["current_since"],
            contents=dict(zip(row["moments"], row["contents"], strict=True)),
        )
        for row in rows
    }


async def record_replacements(
    tx: Transaction,
    judged: Sequence[tuple[ApplicationDocumentsReplaced, str, Superseding | Superseded]],
    now: datetime,
) -> None:
    """Write new versions of documents (with content hash and verdict)."""
    await _record_documents(
        tx,
        [
            (r.application, verdict.version, r.replaced_at, content,
             verdict.reason if isinstance(verdict, Superseded) else None, r.documents)
            for r, content, verdict in judged
        ],
        now,
    )  # fmt: skip


async def _record_documents(
    tx: Transaction,
    sets: Sequence[tuple[str, int, datetime, str, str | None, Sequence[Document]]],
    now: datetime,
) -> None:
    await _execute(
        tx,
        """
        insert into intake.document_set
            (application, documents_version, replaced_at, content_sha256, set_aside_because,
             received_at)
        select *, $6::timestamptz
        from unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[])
        """,
        [row[:-1] for row in sets],
        now,
    )
    await _execute(
        tx,
        """
        insert into intake.document
            (application, documents_version, position, key, sha256, size, role, name)
        select * from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[],
                             $6::bigint[], $7::text[], $8::text[])
        """,
        [
            (application, version, position, d.key, d.sha256, d.size, d.role, _storable(d.name))
            for application, version, *_, documents in sets
            for position, d in enumerate(documents)
        ],
    )


def _storable(file_name: str) -> str:
    """Replace NUL, which a file name may contain but PostgreSQL cannot store."""
    return file_name.replace("\0", "\N{REPLACEMENT CHARACTER}")


async def _fetch(
    tx: Transaction, sql: str, rows: Sequence[tuple[Any, ...]], *others: object
) -> list[Any]:
    """Run one statement on all rows, passed as one array per column, unless there are none."""
    if not rows:
        return []
    return await tx.fetch(sql, *(list(column) for column in zip(*rows, strict=True)), *others)


async def _execute(
    tx: Transaction, sql: str, rows: Sequence[tuple[Any, ...]], *others: object
) -> None:
    await _fetch(tx, sql, rows, *others)

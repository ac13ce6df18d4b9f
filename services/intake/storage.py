"""What intake keeps of vacancies and applications: limits, refusals, conflicts, withdrawals."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from services.intake.decisions import Accepted, Refused, Vacancy
from services.intake.document_storage import DocumentSet, record_document_sets
from services.intake.refusal_storage import record_refusals
from services.intake.rows import execute, fetch
from services.intake.sameness import marks
from shared.contracts.applications import (
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Candidate,
    Document,
    Form,
    Role,
)
from shared.contracts.referrals import ReferralResolved
from shared.contracts.vacancies import Employer, Engagement, RoleType, VacancyTimetabled
from shared.postgres import Transaction


async def record_vacancies(tx: Transaction, timetables: Sequence[VacancyTimetabled]) -> None:
    """Keep the newest version of each timetable."""
    await execute(
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


async def share_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, Vacancy]:
    """Find those vacancies whose timetable has come; nobody changes one until we commit."""
    rows = await tx.fetch(
        """
        select vacancy, version, employer, role_type, engagement, posted_on, last_accepted_at
        from intake.vacancy where vacancy = any($1) order by vacancy for share
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


# Who is recorded has arrived: since when we have it moves from one table to the other.
_RECORD: Final = """
with submission as materialized (
    select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[],
                         $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
                         $10::bytea[])
        as s (application, vacancy, submitted_at, content_sha256, name, email, phone,
              form, email_mark, person_mark)
), arrived as (
    delete from intake.arrival using submission s
    where (arrival.application, arrival.content_sha256)
        = (s.application, s.content_sha256)
    returning arrival.application, arrival.received_at
)
insert into intake.application
    (application, vacancy, submitted_at, content_sha256, name, email, phone, form,
     email_mark, person_mark, received_at, judged_at)
select application, vacancy, submitted_at, content_sha256, name, email, phone,
       form::jsonb, email_mark, person_mark, coalesce(received_at, $11), $11
from submission left join arrived using (application)
order by application
on conflict do nothing
returning application, received_at
"""


async def record_applications(
    tx: Transaction,
    judged: Sequence[tuple[ApplicationSubmitted, str, Accepted | Refused]],
    now: datetime,
) -> dict[str, datetime]:
    """Write submissions (with content hash and verdict) whose reference is new.

    Returns those, each with when it first reached us. In order of reference, so that two workers
    with the same references wait for each other instead of dead-locking.
    """
    people = [marks(s.candidate) for s, _, _ in judged]
    rows = await fetch(
        tx,
        _RECORD,
        [
            (s.application, s.vacancy, s.submitted_at, content, s.candidate.name,
             s.candidate.email, s.candidate.phone, s.form.model_dump_json(), person.email,
             person.person)
            for (s, content, _), person in zip(judged, people, strict=True)
        ],
        now,
    )  # fmt: skip
    recorded = {row["application"]: row["received_at"] for row in rows}
    new = [j for j in judged if j[0].application in recorded]
    refused = [(s.application, v) for s, _, v in new if isinstance(v, Refused)]
    await record_refusals(tx, refused, was_accepted=False)
    await record_document_sets(
        tx,
        [
            DocumentSet(s.application, 1, s.submitted_at, content, None, s.documents)
            for s, content, _ in new
        ],
        now,
    )
    return recorded


async def record_arrivals(
    tx: Transaction, waiting: Sequence[tuple[ApplicationSubmitted, str]], now: datetime
) -> None:
    """Remember since when we have submissions (with content hash) that cannot be judged yet."""
    await execute(
        tx,
        """
        insert into intake.arrival (application, content_sha256, received_at)
        select *, $3::timestamptz from unnest($1::text[], $2::text[]) order by 1
        on conflict do nothing
        """,
        [(s.application, content) for s, content in waiting],
        now,
    )


async def find_contents(tx: Transaction, applications: Collection[str]) -> dict[str, str]:
    """Find the content hashes of those submissions that are recorded."""
    if not applications:
        return {}
    rows = await tx.fetch(
        "select application, content_sha256 from intake.application where application = any($1)",
        applications,
    )
    return {row["application"]: row["content_sha256"] for row in rows}


async def load_submissions(
    tx: Transaction, applications: Collection[str]
) -> dict[str, tuple[ApplicationSubmitted, datetime]]:
    """Load recorded submissions as they came, each with when it first reached us."""
    rows = await tx.fetch(
        """
        select application, vacancy, submitted_at, received_at, name, email, phone, form::text,
            (
                select json_agg(d order by position)::text
                from intake.document_set s
                join intake.document d using (application, documents_version)
                where s.application = a.application and s.replaced_at = a.submitted_at
            ) as documents
        from intake.application a where application = any($1)
        """,
        applications,
    )
    return {row["application"]: (_submission(row), row["received_at"]) for row in rows}


def _submission(row: Record) -> ApplicationSubmitted:
    """Build a submission again; only its form is held to the contract as it is by now."""
    documents = tuple(
        Document.model_construct(
            key=file["key"], sha256=file["sha256"], size=file["size"], role=Role(file["role"]),
            name=file["name"],
        )
        for file in json.loads(row["documents"] or "[]")
    )  # fmt: skip
    return ApplicationSubmitted.model_construct(
        application=row["application"],
        vacancy=row["vacancy"],
        submitted_at=row["submitted_at"],
        candidate=Candidate.model_construct(
            name=row["name"], email=row["email"], phone=row["phone"]
        ),
        form=Form.model_validate_json(row["form"]),
        documents=documents,
    )


async def record_conflicts(
    tx: Transaction,
    conflicts: Sequence[tuple[ApplicationSubmitted, str, Sequence[str]]],
    now: datetime,
) -> set[str]:
    """Keep submissions that contradict a recorded one; return those that are new.

    Each comes with its content hash and the names of the fields in which it differs.
    """
    rows = await fetch(
        tx,
        """
        insert into intake.conflict (application, content_sha256, body, differs_in, received_at)
        select application, content, body::json, string_to_array(differs_in, ' '), $5
        from unnest($1::text[], $2::text[], $3::text[], $4::text[])
            as c (application, content, body, differs_in)
        order by application
        on conflict do nothing
        returning application
        """,
        [
            (s.application, content, s.model_dump_json(), " ".join(fields))
            for s, content, fields in conflicts
        ],
        now,
    )
    return {row["application"] for row in rows}


async def record_answers(tx: Transaction, resolved: Sequence[ReferralResolved]) -> None:
    """Keep what people answered about conflicts (F2); of several answers the first one stands."""
    await execute(
        tx,
        """
        update intake.conflict c
        set answer = r.answer, answered_by = r.answered_by, decided_at = r.decided_at,
            rationale = r.rationale
        from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::timestamptz[],
                    $6::text[])
            as r (application, received_at, answer, answered_by, decided_at, rationale)
        where (c.application, c.received_at) = (r.application, r.received_at)
          and (c.decided_at is null or c.decided_at > r.decided_at)
        """,
        [(r.application, r.asked_at, r.answer, r.by, r.decided_at, r.rationale) for r in resolved],
    )


async def record_withdrawals(
    tx: Transaction, withdrawals: Sequence[ApplicationWithdrawn], now: datetime
) -> None:
    """Write withdrawals, the earliest of each."""
    await execute(
        tx,
        """
        insert into intake.withdrawal (application, withdrawn_at, received_at)
        select *, $3::timestamptz from unnest($1::text[], $2::timestamptz[])
        on conflict (application) do update set withdrawn_at = excluded.withdrawn_at
        where excluded.withdrawn_at < withdrawal.withdrawn_at
        """,
        [(w.application, w.withdrawn_at) for w in withdrawals],
        now,
    )

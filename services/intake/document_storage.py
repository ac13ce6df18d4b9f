"""What intake keeps of documents: every version, which of them count, and why others do not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.decisions import Application, SetAside, Version
from services.intake.recounting import Recounted
from services.intake.rows import execute
from services.intake.sameness import storable
from shared.contracts.applications import Document
from shared.postgres import Transaction


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """One version of an application's documents, to be written."""

    application: str
    version: int
    sent_at: datetime
    content_sha256: str
    set_aside: SetAside | None
    documents: Sequence[Document]


async def record_document_sets(
    tx: Transaction, sets: Sequence[DocumentSet], now: datetime
) -> None:
    """Write versions of documents."""
    await execute(
        tx,
        """
        insert into intake.document_set
            (application, documents_version, replaced_at, content_sha256, set_aside_because,
             received_at)
        select *, $6::timestamptz
        from unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[])
        """,
        [(s.application, s.version, s.sent_at, s.content_sha256, s.set_aside) for s in sets],
        now,
    )
    await execute(
        tx,
        """
        insert into intake.document
            (application, documents_version, position, key, sha256, size, role, name)
        select * from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[],
                             $6::bigint[], $7::text[], $8::text[])
        """,
        [
            (s.application, s.version, position, d.key, d.sha256, d.size, d.role,
             storable(d.name))
            for s in sets
            for position, d in enumerate(s.documents)
        ],
    )  # fmt: skip


async def lock_applications(
    tx: Transaction, applications: Collection[str]
) -> dict[str, Application]:
    """Find applications with the versions of their documents; nobody changes one until we commit.

    Their vacancies are locked too, and first, as everywhere: a closing that is just being moved
    is either known here or meets what we write.
    """
    rows = await tx.fetch(
        """
        select application from intake.vacancy join intake.application using (vacancy)
        where application = any($1)
        order by vacancy for share of vacancy
        """,
        applications,
    )
    known = [row["application"] for row in rows]  # one that is only now written has no lock yet
    # Locked by statements of their own: the next one then sees what we had to wait for.
    await tx.execute(
        """
        select from intake.application where application = any($1)
        order by application for update
        """,
        known,
    )
    rows = await tx.fetch(
        """
        select a.application, a.vacancy, a.submitted_at, v.last_accepted_at, w.withdrawn_at,
            exists (select from intake.refusal r where r.application = a.application)
                as is_refused,
            array_agg(d.documents_version) as numbers, array_agg(d.replaced_at) as moments,
            array_agg(d.content_sha256) as contents, array_agg(d.set_aside_because) as aside
        from intake.application a
        join intake.vacancy v using (vacancy)
        join intake.document_set d using (application)
        left join intake.withdrawal w using (application)
        where a.application = any($1)
        group by a.application, v.vacancy, w.application
        """,
        known,
    )
    return {
        row["application"]: Application(
            vacancy=row["vacancy"],
            submitted_at=row["submitted_at"],
            last_accepted_at=row["last_accepted_at"],
            versions=tuple(
                Version(number, sent_at, content, SetAside(aside) if aside else None)
                for number, sent_at, content, aside in zip(
                    row["numbers"], row["moments"], row["contents"], row["aside"], strict=True
                )
            ),
            is_refused=row["is_refused"],
            withdrawn_at=row["withdrawn_at"],
        )
        for row in rows
    }


# From the vacancy on, by index, and each application by itself: see refusal_storage.MISJUDGED.
AFFECTED: Final = """
select a.application
from intake.vacancy v
join intake.application a using (vacancy)
cross join lateral (
    select from intake.document_set d
    where d.application = a.application
      and (d.set_aside_because is not null
           or d.replaced_at > v.last_accepted_at and d.replaced_at <> a.submitted_at)
    limit 1
) as one
where v.vacancy = any($1)
"""


async def find_affected(tx: Transaction, vacancies: Collection[str]) -> list[str]:
    """Find the applications some of whose documents do not count, or not by the newest limit."""
    return [row["application"] for row in await tx.fetch(AFFECTED, vacancies)]


async def record_recounts(tx: Transaction, recounts: Mapping[str, Sequence[Recounted]]) -> None:
    """Write, by application, which versions of documents count now, and under which number."""
    await execute(
        tx,
        """
        update intake.document_set d
        set documents_version = c.number, set_aside_because = c.set_aside
        from unnest($1::text[], $2::int[], $3::int[], $4::text[])
            as c (application, documents_version, number, set_aside)
        where (d.application, d.documents_version) = (c.application, c.documents_version)
        """,
        [
            (application, r.number, r.becomes.number, r.becomes.set_aside)
            for application, recounted in recounts.items()
            for r in recounted
        ],
    )

"""Everything progress reads and writes: facts of vacancies and applications, and stages."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from services.progress.decisions import (
    Application,
    ApplicationFacts,
    EligibilityVerdict,
    Review,
    VacancyFacts,
)
from services.progress.versions import Documents, Verdict, Versions, counting
from shared.contracts.applications import Stage
from shared.contracts.checks import DocumentsOutcome, EligibilityOutcome
from shared.contracts.reviews import ManagerDecision
from shared.postgres import Transaction

_VACANCIES: Final = """
select vacancy, closed_at, timetable_version, last_accepted_at,
    is_review_opened, is_review_completed
from progress.vacancy where vacancy = any($1) order by vacancy
"""

_APPLICATIONS: Final = """
select application, vacancy, accepted_by, refused_by, is_withdrawn,
    eligibility, eligibility_checked_at, eligibility_revision,
    versions::text,
    decision, reviewed_at, booked_sequence, cancelled_sequence, stage, sequence
from progress.application
"""


async def share_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, VacancyFacts]:
    """Load vacancies, creating those that are new; nobody adds a fact to them until we commit."""
    return await _load_vacancies(tx, vacancies, "for share")


async def lock_vacancies(tx: Transaction, vacancies: Collection[str]) -> dict[str, VacancyFacts]:
    """Load vacancies to add facts; nobody computes a stage from them until we commit."""
    return await _load_vacancies(tx, vacancies, "for update")


async def _load_vacancies(
    tx: Transaction, vacancies: Collection[str], lock: str
) -> dict[str, VacancyFacts]:
    await tx.execute(
        """
        insert into progress.vacancy (vacancy)
        select vacancy from unnest($1::text[]) as v (vacancy) order by vacancy
        on conflict do nothing
        """,
        vacancies,
    )
    rows = await tx.fetch(_VACANCIES + lock, vacancies)
    return {
        row["vacancy"]: VacancyFacts(
            closed_at=row["closed_at"],
            timetable_version=row["timetable_version"],
            last_accepted_at=row["last_accepted_at"],
            is_review_opened=row["is_review_opened"],
            is_review_completed=row["is_review_completed"],
        )
        for row in rows
    }


async def record_vacancies(tx: Transaction, vacancies: Mapping[str, VacancyFacts]) -> None:
    """Write the facts of vacancies that are locked."""
    await tx.execute(
        """
        update progress.vacancy v
        set closed_at = f.closed_at, timetable_version = f.timetable_version,
            last_accepted_at = f.last_accepted_at, is_review_opened = f.is_review_opened,
            is_review_completed = f.is_review_completed
        from unnest($1::text[], $2::timestamptz[], $3::int[], $4::timestamptz[], $5::bool[],
                    $6::bool[])
            as f (vacancy, closed_at, timetable_version, last_accepted_at, is_review_opened,
                  is_review_completed)
        where v.vacancy = f.vacancy
        """,
        vacancies.keys(),
        [facts.closed_at for facts in vacancies.values()],
        [facts.timetable_version for facts in vacancies.values()],
        [facts.last_accepted_at for facts in vacancies.values()],
        [facts.is_review_opened for facts in vacancies.values()],
        [facts.is_review_completed for facts in vacancies.values()],
    )


async def lock_applications(
    tx: Transaction, applications: Collection[str]
) -> dict[str, Application]:
    """Load applications to add facts, creating those of which this is the first."""
    if not applications:
        return {}
    await tx.execute(
        """
        insert into progress.application (application)
        select application from unnest($1::text[]) as a (application) order by application
        on conflict do nothing
        """,
        applications,
    )
    rows = await tx.fetch(
        _APPLICATIONS + "where application = any($1) order by application for update",
        applications,
    )
    return {row["application"]: _application(row) for row in rows}


async def lock_applications_of(
    tx: Transaction, vacancies: Collection[str]
) -> dict[str, Application]:
    """Load all applications of vacancies."""
    if not vacancies:
        return {}
    rows = await tx.fetch(
        _APPLICATIONS + "where vacancy = any($1) order by application for update", vacancies
    )
    return {row["application"]: _application(row) for row in rows}


def _application(row: Record) -> Application:
    facts = ApplicationFacts(
        vacancy=row["vacancy"],
        accepted_by=row["accepted_by"],
        refused_by=row["refused_by"],
        is_withdrawn=row["is_withdrawn"],
        documents=_versions(row["versions"]),
        booked_sequence=row["booked_sequence"],
        cancelled_sequence=row["cancelled_sequence"],
        eligibility=EligibilityVerdict(
            row["eligibility_revision"],
            row["eligibility_checked_at"],
            EligibilityOutcome(row["eligibility"]),
        )
        if row["eligibility"]
        else None,
        review=Review(row["reviewed_at"], ManagerDecision(row["decision"]))
        if row["decision"]
        else None,
    )
    stage = Stage(row["stage"]) if row["stage"] else None
    return Application(row["application"], facts, stage, row["sequence"])


async def record_applications(tx: Transaction, applications: Sequence[Application]) -> None:
    """Write the facts and stages of applications that are locked."""
    if not applications:
        return
    rows = [
        (
            a.application, a.facts.vacancy,
            a.facts.accepted_by, a.facts.refused_by, a.facts.is_withdrawn,
            a.facts.eligibility and a.facts.eligibility.outcome,
            a.facts.eligibility and a.facts.eligibility.checked_at,
            a.facts.eligibility.revision if a.facts.eligibility else 0,
            _written(a.facts.documents), *_in_short(a.facts.documents),
            a.facts.review and a.facts.review.decision,
            a.facts.review and a.facts.review.reviewed_at,
            a.facts.booked_sequence, a.facts.cancelled_sequence,
            a.stage, a.sequence,
        )
        for a in applications
    ]  # fmt: skip
    await tx.execute(
        """
        update progress.application a
        set (vacancy, accepted_by, refused_by, is_withdrawn, eligibility, eligibility_checked_at,
             eligibility_revision, versions, documents_version, documents, complete_version,
             decision, reviewed_at, booked_sequence, cancelled_sequence, stage, sequence)
          = (f.vacancy, f.accepted_by, f.refused_by, f.is_withdrawn, f.eligibility,
             f.eligibility_checked_at, f.eligibility_revision, f.versions::jsonb,
             f.documents_version, f.documents, f.complete_version, f.decision, f.reviewed_at,
             f.booked_sequence, f.cancelled_sequence, f.stage, f.sequence)
        from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bool[], $6::text[],
                    $7::timestamptz[], $8::int[], $9::text[], $10::int[], $11::text[],
                    $12::int[], $13::text[], $14::timestamptz[], $15::int[], $16::int[],
                    $17::text[], $18::int[])
            as f (application, vacancy, accepted_by, refused_by, is_withdrawn, eligibility,
                  eligibility_checked_at, eligibility_revision, versions, documents_version,
                  documents, complete_version, decision, reviewed_at, booked_sequence,
                  cancelled_sequence, stage, sequence)
        where a.application = f.application
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )


def _written(versions: Versions) -> str:
    return json.dumps(
        [
            {
                "number": one.number,
                "sent_at": one.sent_at and one.sent_at.isoformat(),
                "outcome": one.outcome,
                "is_by_person": one.verdict is not None and one.verdict.is_by_person,
                "revision": one.verdict.revision if one.verdict else 0,
                "is_set_aside": one.is_set_aside,
            }
            for one in versions
        ]
    )


def _versions(written: str) -> Versions:
    return tuple(
        Documents(
            one["number"],
            datetime.fromisoformat(one["sent_at"]) if one["sent_at"] else None,
            Verdict(one["is_by_person"], one["revision"], DocumentsOutcome(one["outcome"]))
            if one["outcome"]
            else None,
            one["is_set_aside"],
        )
        for one in json.loads(written)
    )


def _in_short(versions: Versions) -> tuple[int, str | None, int | None]:
    """Say for whoever asks in SQL: the last version, what was found in it, the last complete."""
    sent = counting(versions)
    complete = [one.number for one in sent if one.outcome is DocumentsOutcome.COMPLETE]
    last = sent[-1] if sent else Documents(0)
    return last.number, last.outcome, complete[-1] if complete else None


async def record_stage_changes(
    tx: Transaction, applications: Sequence[Application], now: datetime
) -> None:
    """Add the stages that applications have just reached to their history."""
    if not applications:
        return
    await tx.execute(
        """
        insert into progress.stage_change (application, sequence, stage, at)
        select *, $4::timestamptz from unnest($1::text[], $2::int[], $3::text[])
        """,
        [a.application for a in applications],
        [a.sequence for a in applications],
        [a.stage for a in applications],
        now,
    )

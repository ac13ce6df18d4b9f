"""What is kept about checked documents, and the lent list of what was submitted."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from services.documents.answers import Question
from services.documents.decisions import Document, Verdict, label, may_be_opened
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding
from shared.contracts.referrals import ReferralAnswer, ReferralResolved
from shared.contracts.vacancies import Employer
from shared.employers import EmployerTerms
from shared.postgres import Transaction

_TERMS: Final = {"combined_document", "near_copy_percent"}

Version: TypeAlias = tuple[str, int]
"""An application and the number of its documents' version."""


@dataclass(frozen=True, slots=True)
class File:
    """One submitted file as the careers site described it."""

    key: str
    sha256: str
    size: int
    role: Role
    name: str = field(repr=False)  # personal data: file names carry people's names


@dataclass(frozen=True, slots=True)
class Checked:
    """One version of an application's documents, with what was seen and judged by which terms."""

    application: str
    vacancy: str
    version: int
    documents: Sequence[Document]
    terms: EmployerTerms
    verdict: Verdict


async def load_files(tx: Transaction, versions: Sequence[Version]) -> dict[Version, list[File]]:
    """Load the files of each version that intake knows, in the order of submission, or none."""
    rows = await tx.fetch(
        """
        select application, documents_version, key, sha256, size, role, name
        from unnest($1::text[], $2::int[]) as wanted (application, documents_version)
        join intake.document_versions using (application, documents_version)
        left join intake.files using (application, documents_version)
        order by position
        """,
        [application for application, _ in versions],
        [version for _, version in versions],
    )
    files: dict[Version, list[File]] = {}
    for application, version, key, sha256, size, role, name in rows:
        of_version = files.setdefault((application, version), [])
        if key is not None:
            of_version.append(File(key, sha256, size, Role(role), name))
    return files


async def read_real_time(tx: Transaction) -> datetime:
    """Read the database's own clock, by which the world outside is judged in a demo as well."""
    now: datetime = await tx.fetchval("select now()")
    return now


async def record_missing(
    tx: Transaction, versions: Collection[Version], most_looks: int
) -> list[Version]:
    """Count one more look that did not find a document; return those it may still come for."""
    rows = await tx.fetch(
        """
        insert into documents.missing as known (application, documents_version)
        select * from unnest($1::text[], $2::int[]) as m (application, documents_version)
        order by application, documents_version
        on conflict (application, documents_version) do update set looks = known.looks + 1
        returning application, documents_version, looks < $3 as may_still_come
        """,
        [application for application, _ in versions],
        [version for _, version in versions],
        most_looks,
    )
    return [(application, version) for application, version, is_awaited in rows if is_awaited]


async def record_employers(tx: Transaction, employers: Mapping[str, Employer]) -> None:
    """Keep whose application each is: documents that replace others do not say it."""
    await tx.execute(
        """
        insert into documents.application (application, employer)
        select * from unnest($1::text[], $2::text[]) as a (application, employer)
        order by application
        on conflict do nothing
        """,
        employers.keys(),
        employers.values(),
    )


async def find_employers(tx: Transaction, applications: Sequence[str]) -> dict[str, Employer]:
    """Find the employers of those applications that are known already."""
    rows = await tx.fetch(
        "select application, employer from documents.application where application = any($1)",
        applications,
    )
    return {application: Employer(employer) for application, employer in rows}


async def record_verdicts(
    tx: Transaction, checked: Sequence[Checked], now: datetime
) -> set[Version]:
    """Record each verdict with its working; return the versions not judged before."""
    rows = await tx.fetch(
        """
        insert into documents.verdict
            (application, documents_version, vacancy, outcome, findings, terms, checked_at)
        select *, $7
        from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[])
        on conflict do nothing
        returning application, documents_version
        """,
        [one.application for one in checked],
        [one.version for one in checked],
        [one.vacancy for one in checked],
        [one.verdict.outcome for one in checked],
        [_findings(one.verdict) for one in checked],
        [one.terms.model_dump_json(include=_TERMS) for one in checked],
        now,
    )
    new = {(application, version) for application, version in rows}
    await _record_inspections(
        tx, [one for one in checked if (one.application, one.version) in new]
    )
    return new


async def _record_inspections(tx: Transaction, checked: Sequence[Checked]) -> None:
    documents = [
        (one.application, one.version, position, document)
        for one in checked
        for position, document in enumerate(one.documents)
    ]
    await tx.execute(
        """
        insert into documents.inspection
            (application, documents_version, position, sha256, label, kind, problem, detail,
             scan, may_be_opened)
        select * from unnest(
            $1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::bool[]
        )
        """,
        [application for application, _, _, _ in documents],
        [version for _, version, _, _ in documents],
        [position for _, _, position, _ in documents],
        [document.sha256 for _, _, _, document in documents],
        [label(document) for _, _, _, document in documents],
        [document.inspection.kind for _, _, _, document in documents],
        [document.inspection.problem for _, _, _, document in documents],
        [document.inspection.detail for _, _, _, document in documents],
        [document.scan for _, _, _, document in documents],
        [may_be_opened(document) for _, _, _, document in documents],
    )


async def lock_questions(
    tx: Transaction, resolved: Sequence[ReferralResolved]
) -> dict[str, Question]:
    """Load what each of these is about, by application, and keep others from answering it."""
    rows = await tx.fetch(
        """
        select application, documents_version, outcome, findings from documents.verdict
        join unnest($1::text[], $2::int[]) as asked (application, documents_version)
            using (application, documents_version)
        order by application for update of verdict
        """,
        [one.application for one in resolved],
        [one.documents_version for one in resolved],
    )
    given = await tx.fetch(
        """
        select application, answer, decided_at from documents.answer
        join unnest($1::text[], $2::int[]) as asked (application, documents_version)
            using (application, documents_version)
        """,
        [row["application"] for row in rows],
        [row["documents_version"] for row in rows],
    )
    return {
        row["application"]: Question(
            DocumentsOutcome(row["outcome"]),
            tuple(
                Finding.model_validate(one, strict=False) for one in json.loads(row["findings"])
            ),
            {
                ReferralAnswer(one["answer"]): one["decided_at"]
                for one in given
                if one["application"] == row["application"]
            },
        )
        for row in rows
    }


async def record_answers(tx: Transaction, answered: Sequence[ReferralResolved]) -> None:
    """Keep answers with their rationale (F2); an earlier one takes the place of the same."""
    await tx.execute(
        """
        insert into documents.answer
            (application, documents_version, answer, answered_by, decided_at, rationale)
        select * from unnest(
            $1::text[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]
        )
        on conflict (application, documents_version, answer) do update
        set answered_by = excluded.answered_by, decided_at = excluded.decided_at,
            rationale = excluded.rationale
        """,
        [one.application for one in answered],
        [one.documents_version for one in answered],
        [one.answer for one in answered],
        [one.by for one in answered],
        [one.decided_at for one in answered],
        [one.rationale for one in answered],
    )


def _findings(verdict: Verdict) -> str:
    return json.dumps([finding.model_dump(mode="json") for finding in verdict.findings])

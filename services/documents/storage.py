"""What is kept about checked documents, and the lent list of what was submitted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from services.documents.decisions import Document, Verdict, label
from shared.contracts.applications import Role
from shared.postgres import Transaction

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
    """One version of an application's documents, with what was seen and judged."""

    application: str
    vacancy: str
    version: int
    documents: Sequence[Document]
    verdict: Verdict


async def load_files(tx: Transaction, versions: Sequence[Version]) -> dict[Version, list[File]]:
    """Load the files of each version in the order of submission; a version may have none."""
    rows = await tx.fetch(
        """
        select application, documents_version, key, sha256, size, role, name
        from unnest($1::text[], $2::int[]) as wanted (application, documents_version)
        join intake.files using (application, documents_version)
        order by position
        """,
        [application for application, _ in versions],
        [version for _, version in versions],
    )
    files: dict[Version, list[File]] = {version: [] for version in versions}
    for application, version, key, sha256, size, role, name in rows:
        files[application, version].append(File(key, sha256, size, Role(role), name))
    return files


async def record_verdicts(
    tx: Transaction, checked: Sequence[Checked], now: datetime
) -> set[Version]:
    """Record each verdict with its working; return the versions not judged before."""
    rows = await tx.fetch(
        """
        insert into documents.verdict
            (application, documents_version, vacancy, outcome, findings, checked_at)
        select *, $6 from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::jsonb[])
        on conflict do nothing
        returning application, documents_version
        """,
        [one.application for one in checked],
        [one.version for one in checked],
        [one.vacancy for one in checked],
        [one.verdict.outcome for one in checked],
        [_findings(one.verdict) for one in checked],
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
            (application, documents_version, position, sha256, label, kind, problem, detail)
        select * from unnest(
            $1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[]
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
    )


def _findings(verdict: Verdict) -> str:
    return json.dumps([finding.model_dump(mode="json") for finding in verdict.findings])

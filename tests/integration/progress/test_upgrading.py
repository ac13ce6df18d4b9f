"""What was known of documents before versions were ordered by moment is known afterwards (D8)."""

import shutil
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from services.progress import storage
from services.progress.decisions import VacancyFacts, documents_that_count
from shared.contracts import Payload
from shared.contracts.checks import DocumentsOutcome
from shared.postgres import Database
from shared.postgres.migrate import migrate
from shared.users import url_of
from tests.support.builders import (
    APPLICATION,
    NOW,
    application_accepted,
    documents_accepted,
    event,
    vacancy_closed,
)
from tests.support.databases import SECRET, created, owners

FOLDER = owners()["progress"]
CLOSED = VacancyFacts().after(event(vacancy_closed()))
# Version 3 was sent last and is faulty; 2 was complete, and so was 4, which no longer counts.
OLD_ROW = """
insert into progress.application
    (application, vacancy, accepted_by, documents_version, documents, documents_checked_version,
     documents_by_person, documents_revision, complete_versions, set_aside)
values ($1, 'met-000', 1, 3, 'faulty', 3, true, 2, '{2,4}', '{4}')
"""
# Judged ahead of its acceptance; the last not judged yet; the last judged is set aside; nothing.
ROWS_IN_BETWEEN = """
insert into progress.application
    (application, vacancy, accepted_by, documents_version, documents, documents_checked_version,
     complete_versions, set_aside)
values
    ('app-overtaken', null, null, 0, 'faulty', 1, '{}', '{}'),
    ('app-not-judged', 'met-000', 1, 2, 'complete', 1, '{1}', '{}'),
    ('app-set-aside', 'met-000', 1, 1, 'faulty', 2, '{}', '{2}'),
    ('app-only-accepted', 'met-000', 1, 1, null, null, '{}', '{}')
"""


async def announce(owner: asyncpg.Connection, payload: Payload) -> None:
    said = event(payload)
    await owner.execute(
        "insert into messaging.history (id, type, subject, body) values ($1, $2, $3, $4)",
        said.id,
        payload.type,
        payload.subject,
        f'{{"data": {payload.model_dump_json()}}}'.encode(),
    )


@pytest.mark.parametrize("has_history", [True, False])
async def test_D8_an_upgrade_keeps_which_documents_count(
    database_url: str, tmp_path: Path, has_history: bool
):
    for path in FOLDER.glob("000[1-5]_*.sql"):
        shutil.copy(path, tmp_path)
    async with created(database_url) as url:
        await migrate(url, {"progress": tmp_path}, SECRET)
        owner = await asyncpg.connect(url)
        await owner.execute(OLD_ROW, APPLICATION)
        sent = {number: NOW + timedelta(minutes=number) for number in (2, 3)}
        if has_history:
            await announce(owner, application_accepted())
            for number, sent_at in sent.items():
                replaced = documents_accepted(documents_version=number, replaced_at=sent_at)
                await announce(owner, replaced)
        await owner.close()
        await migrate(url, {"progress": FOLDER}, SECRET)

        progress = await Database.connect(url_of("progress", url, SECRET), "progress")
        async with progress.transaction() as tx:
            known = (await storage.lock_applications(tx, [APPLICATION]))[APPLICATION].facts
            [(last, found, complete)] = await tx.fetch(
                "select documents_version, documents, complete_version from progress.application"
            )
        await progress.close()

    assert documents_that_count(known, VacancyFacts()) == (3, DocumentsOutcome.FAULTY)
    assert documents_that_count(known, CLOSED) == (2, DocumentsOutcome.COMPLETE)
    assert (last, found, complete) == (3, "faulty", 2)
    if has_history:
        older = known.after(event(documents_accepted(documents_version=5, replaced_at=NOW)))
        assert documents_that_count(older, VacancyFacts()) == (3, DocumentsOutcome.FAULTY)


async def test_D8_an_upgrade_takes_verdicts_on_other_versions_than_the_last(
    database_url: str, tmp_path: Path
):
    for path in FOLDER.glob("000[1-5]_*.sql"):
        shutil.copy(path, tmp_path)
    async with created(database_url) as url:
        await migrate(url, {"progress": tmp_path}, SECRET)
        owner = await asyncpg.connect(url)
        await owner.execute(ROWS_IN_BETWEEN)
        await migrate(url, {"progress": FOLDER}, SECRET)
        rows = await owner.fetch("select * from progress.application")
        await owner.close()
    found = {row["application"]: (row["documents"], row["complete_version"]) for row in rows}
    assert found == {
        "app-overtaken": (None, None),
        "app-not-judged": (None, 1),
        "app-set-aside": (None, None),
        "app-only-accepted": (None, None),
    }

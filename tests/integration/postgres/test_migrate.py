"""Migrations are applied once, in order, whoever comes first; each service has its own role."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from shared.postgres import Database
from shared.postgres.migrate import MigrationError, migrate
from shared.users import url_of
from tests.support.databases import SECRET, TestDatabase, created


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[str]:
    async with created(database_url) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("create table paper (sheet int);")
    (tmp_path / "0002_second.sql").write_text("alter table paper add column colour text;")
    return tmp_path


async def test_four_that_start_together_apply_each_file_once(owner: str, folder: Path) -> None:
    counts = await asyncio.gather(*(migrate(owner, {"ledger": folder}, SECRET) for _ in range(4)))
    assert sorted(counts) == [0, 0, 0, 4]


async def test_a_file_that_was_changed_after_it_was_applied_is_refused(
    owner: str, folder: Path
) -> None:
    await migrate(owner, {"ledger": folder}, SECRET)
    (folder / "0001_first.sql").write_text("create table paper (sheet bigint);")
    with pytest.raises(MigrationError, match=r"ledger/0001_first\.sql was changed"):
        await migrate(owner, {"ledger": folder}, SECRET)


async def test_a_file_that_does_not_run_leaves_nothing_behind(owner: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("create table half (a int); select 1 / 0;")
    with pytest.raises(MigrationError, match=r"ledger/0003_third\.sql: division by zero"):
        await migrate(owner, {"ledger": folder}, SECRET)
    (folder / "0003_third.sql").unlink()
    assert await migrate(owner, {"ledger": folder}, SECRET) == 4


async def test_a_migration_that_people_stand_in_the_way_of_quotes_none_of_them(
    owner: str, folder: Path
) -> None:
    (folder / "0003_third.sql").write_text(
        "insert into paper values (1, 'ada@example.org'), (2, 'ada@example.org');"
        "create unique index on paper (colour);"
    )
    with pytest.raises(MigrationError, match=r"0003_third\.sql: could not create") as raised:
        await migrate(owner, {"ledger": folder}, SECRET)
    assert "ada" not in str(raised.value)


async def test_a_name_that_is_no_identifier_is_refused(owner: str, folder: Path) -> None:
    with pytest.raises(MigrationError, match="not a name"):
        await migrate(owner, {"ledger; drop": folder}, SECRET)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from intake.application",
        "select email from intake.contact",
        "update eligibility.verdict set outcome = 'rejected'",
        "insert into progress.inbox (id, sha256, subject) values (gen_random_uuid(), '', '')",
        "update messaging.history set body = ''",
        "delete from messaging.history",
        "update messaging.clock set clock_offset = interval '1 day'",
        "create table review.mine (a int)",
        "set role muster_intake",
    ],
)
async def test_G23_a_worker_can_do_nothing_beyond_its_job(
    database: TestDatabase, statement: str
) -> None:
    review = await database.service("review")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with review.transaction() as tx:
            await tx.execute(statement)


async def test_a_password_derives_from_the_secret_and_the_service(database: TestDatabase) -> None:
    wrong = url_of("review", database.owner, "another secret")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await Database.connect(wrong, "review")

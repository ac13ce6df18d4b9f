"""What is stored of hostile words, and who may read what."""

import asyncpg
import pytest

from shared.contracts.applications import (
    ApplicationConflicted,
    Role,
)
from tests.support.builders import (
    NOW,
    application_submitted,
    document,
)
from tests.support.hearing import Hearing


async def test_B29_B30_a_hostile_file_name_is_kept_as_text(rows, open_intake: Hearing):
    names = ["../../etc/passwd", "cv\0.exe", "cv\u202efdp.exe", "x" * 4000]
    files = tuple(document(Role.CV, name=name) for name in names)
    await open_intake.hear(application_submitted(documents=files), now=NOW)
    stored = await rows("documents", "select name from intake.files order by position")
    assert [name for (name,) in stored] == [name.replace("\0", "\ufffd") for name in names]


async def test_B29_a_conflict_with_a_hostile_file_name_is_kept_too(rows, open_intake: Hearing):
    hostile = application_submitted(documents=(document(Role.CV, name="cv\0.exe"),))
    announced = await open_intake.hear(application_submitted(), hostile, now=NOW)
    assert isinstance(announced[-1], ApplicationConflicted)
    assert len(await rows("intake", "select body from intake.conflict")) == 1


@pytest.mark.parametrize(
    ("service", "relation"),
    [
        ("documents", "contact"),
        ("documents", "received_files"),
        ("documents", "application"),
        ("notifications", "files"),
        ("notifications", "application"),
        ("eligibility", "contact"),
        ("review", "files"),
    ],
)
async def test_only_what_is_lent_can_be_read(rows, service, relation):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows(service, f"select * from intake.{relation}")

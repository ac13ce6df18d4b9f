"""Whose statement is nearly the CV is advised, once a version, while it can be changed (D2)."""

import json
from datetime import timedelta

import pytest

from services.simulator.mailbox import Fault
from shared.contracts.applications import Stage
from tests.support.builders import LAST_ACCEPTED_AT, NOW, VACANCY, stage_changed
from tests.support.way import kinds, text

READY = stage_changed("app-1", Stage.READY_FOR_REVIEW, sequence=2)


@pytest.fixture
async def office(post_office):
    """A post office at NOW, with one application."""
    await set_clock(post_office, NOW)
    await post_office.receive("app-1")
    return post_office


async def set_clock(office, at) -> None:
    await office.owner.execute("update messaging.clock set clock_offset = $1 - now()", at)


async def judge(office, version: int, *codes: str) -> None:
    """Enter a verdict, as documents does."""
    await office.owner.execute(
        "insert into documents.verdict values ('app-1', $1, $2, 'complete', $3, $4)",
        version,
        VACANCY,
        json.dumps([{"code": code, "document": 1} for code in codes]),
        NOW,
    )


async def told(office) -> list[str]:
    rows = await office.owner.fetch(
        "select kind, state from notifications.message order by number"
    )
    return [f"{kind} {state}" for kind, state in rows]


async def test_D2_whose_statement_is_nearly_the_cv_is_advised_once(office, mailbox):
    await judge(office, 1, "near_copy_of_cv")
    for _ in range(2):
        await office.hearing.hear(stage_changed("app-1"), READY, now=NOW)
        await office.send_all()
    assert await told(office) == ["acknowledgement sent", "documents_advice sent"]
    assert "is the same as your CV. You may keep it." in text(mailbox)


async def test_D2_documents_sent_later_are_advised_of_by_themselves(office):
    again = {"sequence": 4, "documents_version": 2}
    await judge(office, 1, "near_copy_of_cv")
    await judge(office, 2, "near_copy_of_cv")
    await office.hearing.hear(stage_changed("app-1"), READY, now=NOW)
    await office.send_all()
    await office.hearing.hear(stage_changed("app-1", Stage.READY_FOR_REVIEW, **again), now=NOW)
    await office.send_all()
    assert await told(office) == ["acknowledgement sent", *2 * ["documents_advice sent"]]


async def test_D2_whose_documents_have_no_such_finding_is_not_advised(office):
    await judge(office, 1)
    await judge(office, 2, "near_copy_of_cv")
    await office.hearing.hear(stage_changed("app-1"), READY, now=NOW)
    assert await kinds(office) == ["acknowledgement"]


async def test_D2_nobody_is_advised_after_the_closing(office):
    await judge(office, 1, "near_copy_of_cv")
    await office.hearing.hear(stage_changed("app-1"), READY, now=NOW)
    await set_clock(office, LAST_ACCEPTED_AT + timedelta(minutes=1))
    await office.send_all()
    assert await told(office) == ["acknowledgement sent", "documents_advice overtaken"]


async def test_D2_who_has_sent_other_documents_since_is_not_advised_of_the_first(office, mailbox):
    await judge(office, 1, "near_copy_of_cv")
    await judge(office, 2)
    mailbox._choose = lambda _: Fault.BUSY_451
    await office.hearing.hear(stage_changed("app-1"), READY, now=NOW)
    await office.send_all()
    mailbox._choose = lambda _: None
    again = {"sequence": 3, "documents_version": 2}
    await office.hearing.hear(stage_changed("app-1", Stage.READY_FOR_REVIEW, **again), now=NOW)
    await office.pass_time(minutes=10)
    await office.send_all()
    assert await told(office) == ["acknowledgement sent", "documents_advice overtaken"]


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.WITH_A_PERSON])
async def test_D2_who_is_no_longer_ready_is_not_advised_in_any_order(office, stage):
    later = stage_changed("app-1", stage, sequence=3)
    await judge(office, 1, "near_copy_of_cv")
    await office.hearing.hear(stage_changed("app-1"), later, READY, now=NOW)
    await office.send_all()
    assert "documents_advice overtaken" in await told(office)

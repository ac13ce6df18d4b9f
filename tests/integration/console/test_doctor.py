"""Every impossible state is found when it is planted, and none where all is well."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
import structlog

from services.console import __main__ as console
from services.console import doctor
from services.console.detectors import DETECTORS
from services.console.doctor import diagnose
from services.notifications import sender
from services.notifications.letters import Claim, State
from shared import logs
from shared.contracts.notifications import MessageKind
from shared.settings import settings
from tests.support.builders import NOW
from tests.support.databases import TestDatabase

Owner = "asyncpg.Connection[asyncpg.Record]"

# What is found, and how it comes about.
PLANTED = {
    "reviewed_without_pass": (
        "a",
        """
        insert into progress.application (application, stage, sequence)
        values ('a', 'invited', 1);
        insert into progress.stage_change values ('a', 1, 'invited', now());
        insert into eligibility.verdict
        values ('a', 'v', 'referred', '{doubt}', 'w', now(), null, 'r', null, '{}',
                now() - interval '11 min');
        """,
    ),
    "not_acknowledged": (
        "a",
        """
        insert into intake.vacancy
        values ('v', 1, 'met', 'police_staff', 'permanent', null, now());
        insert into intake.application (application, vacancy, submitted_at, received_at,
            judged_at, content_sha256, name, email, email_mark, form)
        values ('a', 'v', now(), now(), now() - interval '11 min', 'hash', 'n', 'e', '', '{}');
        """,
    ),
    "timer_overdue": (
        "review k",
        """
        insert into review.outbox (id, type, created_at, due_at, key, body)
        select gen_random_uuid(), 't', six_minutes_ago, six_minutes_ago, 'k', ''
        from (select now() - interval '6 min' as six_minutes_ago) as past;
        """,
    ),
    "slot_held_twice": (
        "a and b",
        """
        alter table interviews.appointment drop constraint one_person_per_slot;
        insert into interviews.vacancy values ('v', 1, 'met', 'here', 1, 1);
        insert into interviews.candidate values ('a', 1), ('b', 1);
        insert into interviews.appointment
        select person, 'v', '[2025-11-04 09:00+00, 2025-11-04 09:45+00)', 'here', 0, 'booked'
        from unnest(array['a', 'b']) as person;
        """,
    ),
    "outbox_stuck": (
        "intake t s",
        """
        insert into messaging.history (id, type, subject, body, recorded_at)
        values ('00000000-0000-0000-0000-000000000001', 't', 's', '', now() - interval '61 s');
        insert into intake.outbox (id, type) select id, type from messaging.history;
        """,
    ),
    "sent_twice": (
        "a acknowledgement",
        """
        insert into messaging.history (id, type, subject, body)
        select gen_random_uuid(), 'candidate.notified.v1', 'a',
            '{"data": {"kind": "acknowledgement", "version": 1}}'::bytea
        from generate_series(1, 2);
        """,
    ),
    "retrying_too_long": (
        "documents-1",
        """
        insert into documents.held (message, sha256, status, routing_key, body, reason, detail,
                                    first_error, first_held_at)
        values ('m', '', 'retrying', 'k', '', 'r', 'd', 'e', now() - interval '61 min');
        """,
    ),
    "stage_without_history": (
        "a",
        """
        insert into progress.application (application, stage, sequence)
        values ('a', 'received', 1);
        """,
    ),
    "suspect_left": (
        "intake m",
        "insert into intake.suspect values ('m', 1, 0, now() - interval '61 min')",
    ),
}


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[Owner]:
    connection = await asyncpg.connect(database.owner)
    yield connection
    await connection.close()


async def plant(owner: Owner, name: str) -> str:
    subject, statements = PLANTED[name]
    await owner.execute(statements)
    return subject


def test_every_detector_has_its_planted_state():
    assert [detector.name for detector in DETECTORS] == list(PLANTED)


async def test_where_all_is_well_nothing_is_found(owner):
    assert await diagnose(owner) == []


@pytest.mark.parametrize("name", PLANTED)
async def test_each_impossible_state_is_found_by_its_detector_alone(owner, name):
    subject = await plant(owner, name)
    [finding] = await diagnose(owner)
    assert (finding.detector.name, finding.subjects) == (name, [subject])


async def test_what_is_younger_than_its_limit_is_no_finding(owner):
    await plant(owner, "timer_overdue")
    await owner.execute("update review.outbox set created_at = now() - interval '4 min'")
    await plant(owner, "reviewed_without_pass")
    await owner.execute("update eligibility.verdict set checked_at = now() - interval '9 min'")
    await plant(owner, "retrying_too_long")
    await owner.execute("update documents.held set first_held_at = now() - interval '59 min'")
    await plant(owner, "suspect_left")
    await owner.execute("update intake.suspect set first_seen_at = now() - interval '59 min'")
    assert await diagnose(owner) == []


async def test_G12_a_letter_that_a_second_attempt_sends_again_is_found(database, owner):
    """Not hidden as the same event again."""
    first = Claim("a", "v", MessageKind.ACKNOWLEDGEMENT, 1, attempt=1)
    notifications = await database.service("notifications")
    async with notifications.transaction() as tx:
        for claim in (first, replace(first, attempt=2)):
            await sender._announce(tx, [(claim, State.SENT)], NOW)
    [finding] = await diagnose(owner)
    assert (finding.detector.name, finding.subjects) == ("sent_twice", ["a acknowledgement"])


async def test_the_hourly_look_logs_each_finding_with_owner_and_repair(
    database, owner, monkeypatch
):
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            await plant(owner, "suspect_left")
        if len(pauses) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(doctor.clock, "pause", pause)
    with structlog.testing.capture_logs() as logged, pytest.raises(asyncio.CancelledError):
        await doctor.look_hourly(database.owner)
    assert pauses == [600, 3600, 3600]
    assert [line["event"] for line in logged] == [
        "doctor_looked",
        "impossible_state",
        "doctor_looked",
    ]
    assert logged[1]["reason"] == "suspect_left"
    assert {"owner", "repair"} <= logged[1].keys() <= logs._ALLOWED | {"log_level"}


@pytest.mark.parametrize("error", [ConnectionRefusedError, asyncpg.InternalClientError])
async def test_a_doctor_who_finds_the_database_away_comes_again(error, monkeypatch):
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    async def connect(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(doctor.clock, "pause", pause)
    monkeypatch.setattr(doctor.asyncpg, "connect", connect)
    with structlog.testing.capture_logs() as logged, pytest.raises(asyncio.CancelledError):
        await doctor.look_hourly("postgresql://nobody@127.0.0.1:1/nothing")
    assert [line["event"] for line in logged] == ["doctor_failed"] * 2


async def test_what_takes_a_doctor_too_long_keeps_no_other_state_from_being_found(
    database, owner, monkeypatch
):
    await plant(owner, "suspect_left")
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(doctor.clock, "pause", pause)
    monkeypatch.setattr(doctor, "_PATIENCE_SECONDS", 0.2)
    async with asyncio.timeout(20), owner.transaction():
        await owner.execute("lock table progress.application")
        with structlog.testing.capture_logs() as logged, pytest.raises(asyncio.CancelledError):
            await doctor.look_hourly(database.owner)
    [found] = [line["reason"] for line in logged if line["event"] == "impossible_state"]
    assert found == "suspect_left"
    assert any(line["event"] == "doctor_failed" and line["reason"] for line in logged)


def test_the_command_says_what_to_do_and_exits_with_1(database, monkeypatch, capsys):
    async def fall_ill() -> None:
        owner = await asyncpg.connect(database.owner)
        await plant(owner, "suspect_left")
        await owner.close()

    monkeypatch.setenv("DATABASE_URL", database.owner)
    settings.cache_clear()
    assert console.main(["doctor"]) == 0
    assert "9 impossible states looked for, 0 found" in capsys.readouterr().out
    asyncio.run(fall_ill())
    assert console.main(["doctor", "--json"]) == 1
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["suspect_left"]
    assert console.main(["doctor"]) == 1
    assert "repair" in capsys.readouterr().out
    settings.cache_clear()

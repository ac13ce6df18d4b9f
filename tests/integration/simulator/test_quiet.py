"""When the pipeline counts as quiet: nothing of any service may be under way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from services.console.workers import SERVICES
from services.simulator.quiet import Pipeline
from shared.contracts import Event, Payload, event_id
from shared.contracts.vacancies import (
    VacancyClosed,
    VacancyClosingDatePassed,
    VacancyClosingDue,
    VacancyTimetabled,
)
from tests.support.builders import vacancy_timetabled
from tests.support.databases import TestDatabase

HEARERS = [
    service.name
    for service in SERVICES
    if any(s.event is VacancyTimetabled for s in service.subscriptions)
]


def about(payload: Payload) -> Event[Payload]:
    return Event(
        id=event_id("test", payload),
        source="muster/test",
        type=payload.type,
        subject=payload.subject,
        time=datetime(2025, 6, 7, tzinfo=UTC),
        data=payload,
    )


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner)
    yield connection
    await connection.close()


async def announce(owner: asyncpg.Connection, event: Event[Payload]) -> None:
    await owner.execute(
        "insert into messaging.history (id, type, subject, body) values ($1, $2, $3, $4)",
        event.id, event.type, event.subject, event.to_json(),
    )  # fmt: skip


async def settle(
    owner: asyncpg.Connection, service: str, event: Event[Payload], sha256: bytes = b"1"
) -> None:
    await owner.execute(
        f"insert into {service}.inbox (id, sha256, subject) values ($1, $2, $3)",
        event.id, sha256, event.subject,
    )  # fmt: skip


async def hold(
    owner: asyncpg.Connection, service: str, event: Event[Payload], status: str, sha256: bytes
) -> None:
    await owner.execute(
        f"insert into {service}.held (message, sha256, status, routing_key, body, reason, detail,"
        " first_error, due_at) values ($1, $2, $3, $4, '', '', '', '',"
        " case when $3 <> 'quarantined' then now() + interval '5 s' end)",
        str(event.id), sha256, status, event.type,
    )  # fmt: skip


async def send(owner: asyncpg.Connection, event: Event[Payload], sha256: bytes) -> None:
    await owner.execute(
        "insert into simulator.sent (id, sha256, type) values ($1, $2, $3)",
        event.id, sha256, event.type,
    )  # fmt: skip


async def test_an_event_is_settled_when_everybody_who_hears_it_has_handled_it(owner):
    pipeline, event = Pipeline(SERVICES), about(vacancy_timetabled())
    assert await pipeline.unsettled(owner) == []
    await announce(owner, event)
    for number, service in enumerate(HEARERS):
        assert len(await pipeline.unsettled(owner)) == len(HEARERS) - number
        await settle(owner, service, event)
    assert await pipeline.unsettled(owner) == []


async def test_an_event_that_is_being_handled_is_not_settled(owner, database):
    pipeline, event = Pipeline(SERVICES), about(vacancy_timetabled())
    await announce(owner, event)
    worker = await asyncpg.connect(database.owner)
    handling = worker.transaction()
    await handling.start()
    for service in HEARERS:
        await settle(worker, service, event)
    assert await pipeline.unsettled(owner)
    await handling.commit()
    assert await pipeline.unsettled(owner) == []
    await worker.close()


@pytest.mark.parametrize(
    ("status", "is_settled"), [("quarantined", True), ("parked", True), ("retrying", False)]
)
async def test_what_waits_for_a_person_or_a_parent_is_settled(owner, status, is_settled):
    pipeline, event = Pipeline(SERVICES), about(VacancyClosingDatePassed(vacancy="000"))
    await send(owner, event, b"1")
    assert await pipeline.unsettled(owner)
    await hold(owner, "vacancies", event, status, b"1")
    assert (await pipeline.unsettled(owner) == []) is is_settled


async def test_what_is_due_for_a_second_look_is_not_settled(owner):
    pipeline, event = Pipeline(SERVICES), about(VacancyClosingDatePassed(vacancy="000"))
    await send(owner, event, b"1")
    await hold(owner, "vacancies", event, "quarantined", b"1")
    await owner.execute("update vacancies.held set due_at = now()")
    assert await pipeline.unsettled(owner)
    await owner.execute("update vacancies.held set due_at = now() + interval '60 s'")
    assert await pipeline.unsettled(owner) == []


async def test_what_may_have_missed_its_parent_is_not_settled_before_its_second_look(owner):
    """Who handles the parent at the very moment at which another parks does not see that one."""
    pipeline, parent = Pipeline(SERVICES), about(vacancy_timetabled())
    await hold(owner, "vacancies", about(VacancyClosingDatePassed(vacancy="000")), "parked", b"1")
    await owner.execute(
        "update vacancies.held set waiting_for = $1", f"{parent.type} {parent.subject}"
    )
    assert await pipeline.unsettled(owner) == []
    await announce(owner, parent)
    for service in HEARERS:
        await settle(owner, service, parent)
    assert await pipeline.unsettled(owner) == [
        "vacancies: vacancy.closing_date_passed.v1 may go on"
    ]
    await owner.execute("update vacancies.held set last_held_at = now() + interval '5 s'")
    assert await pipeline.unsettled(owner) == []


async def test_what_has_been_called_is_not_settled_however_long_ago_it_was_parked(owner):
    pipeline, event = Pipeline(SERVICES), about(VacancyClosingDatePassed(vacancy="000"))
    await send(owner, event, b"1")
    await hold(owner, "vacancies", event, "parked", b"1")
    assert await pipeline.unsettled(owner) == []
    await owner.execute("update vacancies.held set due_at = now()")
    assert await pipeline.unsettled(owner) == [
        "vacancies: vacancy.closing_date_passed.v1 may go on"
    ]


async def test_another_body_under_a_known_id_is_settled_only_once_it_is_held(owner):
    pipeline, event = Pipeline(SERVICES), about(VacancyClosingDatePassed(vacancy="000"))
    await send(owner, event, b"1")
    await settle(owner, "vacancies", event, b"1")
    await send(owner, event, b"2")
    assert await pipeline.unsettled(owner)
    await hold(owner, "vacancies", event, "quarantined", b"2")
    assert await pipeline.unsettled(owner) == []


async def test_a_timer_keeps_nobody_waiting_until_it_is_due(owner):
    pipeline, timer = Pipeline(SERVICES), about(VacancyClosingDue(vacancy="000"))
    due_at = datetime(2040, 1, 1, tzinfo=UTC)
    await owner.execute(
        "insert into vacancies.outbox (id, type, due_at, key, body) values ($1, $2, $3, 'k', $4)",
        timer.id, timer.type, due_at, timer.to_json(),
    )  # fmt: skip
    assert await pipeline.unsettled(owner) == []
    assert await pipeline.next_timer(owner) == due_at
    await owner.execute(
        "update messaging.clock set clock_offset = $1 - now()", due_at + timedelta(seconds=1)
    )
    assert await pipeline.unsettled(owner) == ["vacancies: vacancy.closing_due.v1 is due"]


async def test_what_is_settled_is_not_asked_about_again(owner):
    pipeline, event = Pipeline(SERVICES), about(vacancy_timetabled())
    await announce(owner, event)
    for service in HEARERS:
        await settle(owner, service, event)
    assert await pipeline.unsettled(owner) == []
    await owner.execute(f"delete from {HEARERS[0]}.inbox")
    assert await pipeline.unsettled(owner) == []
    await announce(owner, about(VacancyClosed(vacancy="000", closed_at=event.time)))
    assert all("vacancy.closed" in what for what in await pipeline.unsettled(owner))

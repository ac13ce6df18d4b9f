"""The history as a feed: nothing missed and nothing twice, however commits interleave."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from services.console.changes import Cursor, read_changes
from shared.contracts import Event, event_id
from shared.contracts.applications import ApplicationStageChanged, Stage
from tests.support.databases import TestDatabase


def stage_changed(number: int) -> Event[ApplicationStageChanged]:
    payload = ApplicationStageChanged(
        application=f"000-{number:03}",
        vacancy="000",
        stage=Stage.RECEIVED,
        previous=None,
        sequence=1,
    )
    return Event(
        id=event_id("test", payload),
        source="muster/progress",
        type=payload.type,
        subject=payload.subject,
        time=datetime(2025, 10, 21, 22, tzinfo=UTC),
        data=payload,
    )


async def record(connection: asyncpg.Connection, number: int) -> UUID:
    event = stage_changed(number)
    await connection.execute(
        "insert into messaging.history (id, type, subject, body) values ($1, $2, $3, $4)",
        event.id, event.type, event.subject, event.to_json(),
    )  # fmt: skip
    return event.id


async def test_a_transaction_that_commits_late_is_not_missed(database: TestDatabase):
    reader, early, late = [await asyncpg.connect(database.owner) for _ in range(3)]
    slow = late.transaction()
    await slow.start()
    first = await record(late, 1)
    second = await record(early, 2)

    before = await read_changes(reader, Cursor())
    await slow.commit()
    after = await read_changes(reader, before[-1].cursor if before else Cursor())

    assert [change.event.id for change in (*before, *after)] == [first, second]
    for connection in (reader, early, late):
        await connection.close()


async def test_every_line_can_be_resumed_from_exactly(database: TestDatabase):
    connection = await asyncpg.connect(database.owner)
    ids = [await record(connection, number) for number in range(1, 121)]
    cursor, read = Cursor(), []
    while changes := await read_changes(connection, cursor, ApplicationStageChanged, limit=7):
        read += [change.event.id for change in changes]
        cursor = Cursor.read(str(changes[-1].cursor))
    assert read == ids
    await connection.close()

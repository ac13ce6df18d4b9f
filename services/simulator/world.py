"""The virtual world: its clock, and the careers site's ways of writing to the pipeline."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

import asyncpg
import obstore
from obstore.store import ObjectStore, from_url

from services.simulator.deeds import Deed, Entry
from services.simulator.files import File
from services.simulator.managers import OpenReview
from services.simulator.quiet import Pipeline
from services.simulator.recruiters import Question
from shared import clock
from shared.contracts import EVENTS, Event, Exchange
from shared.contracts.applications import Document
from shared.messaging import Service
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.postgres import Transaction

SOURCE: Final = "careers.example"
POLL_SECONDS: Final = 0.015
CALL_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 180.0

_OPEN_REVIEWS: Final = """
with latest as (
    select distinct on (subject) subject as application, data ->> 'vacancy' as vacancy,
           data ->> 'stage' as stage
    from messaging.history, lateral (select convert_from(body, 'UTF8')::jsonb -> 'data') as e(data)
    where type = 'application.stage_changed.v1'
    order by subject, (data ->> 'sequence')::int desc
)
select opened.subject as vacancy,
       (convert_from(body, 'UTF8')::jsonb #>> '{data,opened_at}')::timestamptz as opened_at,
       array(select application from latest
             where latest.vacancy = opened.subject and stage = 'under_review') as applications
from messaging.history opened where type = 'review.opened.v1'
"""


QUESTIONS: Final = """
select subject as application, (event ->> 'time')::timestamptz as asked_at,
       (event #>> '{data,documents_version}')::int as documents_version
from messaging.history, lateral (select convert_from(body, 'UTF8')::jsonb) as e(event)
where type in ('eligibility.checked.v1', 'documents.checked.v1') and subject = any($1)
    and event #>> '{data,outcome}' in ('referred', 'unclear')
"""


class Stalled(Exception):  # noqa: N818 - it names what happened
    """The pipeline did not become quiet; says who has not done what."""


class World:
    """Everything a director needs to do to the pipeline from outside."""

    def __init__(
        self,
        connection: Transaction,
        publisher: Publisher,
        store: ObjectStore,
        services: Iterable[Service],
    ) -> None:
        self._connection, self._publisher, self._store = connection, publisher, store
        self._pipeline = Pipeline(services)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, amqp_url: str, database_url: str, object_store_url: str, services: Iterable[Service]
    ) -> AsyncIterator[Self]:
        """Connect as the owner of the database and as the careers site."""
        connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
        publisher = Publisher(amqp_url)
        try:
            store = from_url(object_store_url, mkdir=True)
            yield cls(connection, publisher, store, services)
        finally:
            await publisher.close()
            await connection.close()

    async def now(self) -> datetime:
        """Read the virtual clock."""
        now: datetime = await self._connection.fetchval("select messaging.virtual_now()")
        return now

    async def jump(self, to: datetime) -> None:
        """Move the clock forward to that instant; it has gone on by itself if that is past."""
        async with self._connection.transaction():
            await self._connection.execute(
                "update messaging.clock set clock_offset = greatest(clock_offset, $1 - now())", to
            )
            await self._connection.execute("update simulator.run set virtual_now = $1", to)
        clock.jump()

    async def settle(self) -> None:
        """Wait until the pipeline is quiet.

        Raises Stalled after three minutes in which nothing was new.
        """
        moved_at = called_at = clock.monotonic()
        heard: set[tuple[str, ...]] = set()
        while unsettled := await self._pipeline.unsettled(self._connection):
            now = clock.monotonic()
            if tuple(unsettled) not in heard:
                heard.add(tuple(unsettled))
                moved_at = now
            elif now - moved_at > PATIENCE_SECONDS:
                raise Stalled("the pipeline does not come to rest:\n" + "\n".join(unsettled))
            elif now - called_at > CALL_SECONDS:
                clock.jump()  # nothing moves: somebody who was busy at the jump may be asleep now
                called_at = now
            await asyncio.sleep(POLL_SECONDS)

    async def next_timer(self) -> datetime | None:
        """Find the next instant for which a service has planned something."""
        return await self._pipeline.next_timer(self._connection)

    async def open_reviews(self) -> list[OpenReview]:
        """Find every review that has opened, with whom it is about now."""
        return [
            OpenReview(row["vacancy"], row["opened_at"], frozenset(row["applications"]))
            for row in await self._connection.fetch(_OPEN_REVIEWS)
        ]

    async def questions(self, applications: Collection[str]) -> list[Question]:
        """Find what has been left to a person about these applications."""
        rows = await self._connection.fetch(QUESTIONS, list(applications))
        return [Question(**row) for row in rows]

    async def published_entries(self) -> set[str]:
        """Name the entries of the script that need not be published again."""
        rows = await self._connection.fetch("select name from simulator.published_entry")
        return {row["name"] for row in rows}

    async def publish(self, entry: Entry, seed: int) -> None:
        """Store the files, then publish the events; after a kill in between, do it all again."""
        messages = [await self._message(deed, entry.at, seed) for deed in entry.deeds]
        await self._connection.executemany(
            "insert into simulator.sent (id, sha256, type) values ($1, $2, $3)"
            " on conflict do nothing",
            [(m.id, sha256(m.body).digest(), m.routing_key) for m in messages],
        )
        for exchange in Exchange:
            await self._publish(
                [m for m in messages if EVENTS[m.routing_key].exchange is exchange], exchange
            )
        await self._connection.execute(
            "insert into simulator.published_entry values ($1) on conflict do nothing", entry.name
        )

    async def _publish(self, messages: list[Outgoing], exchange: Exchange) -> None:
        while messages:
            confirmed = set(await self._publisher.publish(messages, exchange))
            messages = [message for message in messages if message.id not in confirmed]
            if messages:
                await asyncio.sleep(1)

    async def _message(self, deed: Deed, at: datetime, seed: int) -> Outgoing:
        payload = deed.write(tuple([await self._store_file(file) for file in deed.files]))
        event = Event(
            id=deed.event_id(seed),
            source=SOURCE,
            type=payload.type,
            subject=payload.subject,
            time=at,
            data=payload,
        )
        return Outgoing(event.id, event.type, event.to_json())

    async def _store_file(self, file: File) -> Document:
        content = await asyncio.to_thread(file.content)
        await obstore.put_async(self._store, file.key, content)
        return file.document(content)

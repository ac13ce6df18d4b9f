"""Notifications at work against a mail server: fill the tables, send, look what became of it."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg

from services.notifications import sender, sending_storage, storage
from services.notifications.decisions import Message
from services.notifications.letters import Planned
from services.notifications.provider import MailServer
from services.notifications.sender import End
from shared.contracts.notifications import MessageKind
from shared.postgres import Database
from tests.support.builders import CLOSES_AT, NOW, VACANCY
from tests.support.hearing import Hearing


class PostOffice:
    """`owner` writes what other services would have; the rest goes the service's own way."""

    def __init__(
        self,
        database: Database,
        owner: "asyncpg.Connection[asyncpg.Record]",
        hearing: Hearing,
        server: MailServer,
    ) -> None:
        self.database, self.owner, self.hearing, self.server = database, owner, hearing, server

    async def receive(self, application: str, email: str = "", name: str = "Ada O'Neill") -> None:
        """Enter an application with two files, as intake does."""
        await self.owner.execute(
            """
            insert into intake.vacancy
            values ($1, 1, 'met', 'police_staff', 'permanent', null, $2) on conflict do nothing
            """,
            VACANCY,
            CLOSES_AT,
        )
        await self.owner.execute(
            """
            insert into intake.application (application, vacancy, submitted_at, received_at,
                judged_at, content_sha256, name, email, email_mark, form)
            values ($1, $2, $3, $3, $3, 'hash', $4, $5, '', '{}')
            """,
            application,
            VACANCY,
            NOW,
            name,
            email or f"{application}@example.org",
        )
        await self.owner.execute(
            "insert into intake.document_set values ($1, 1, $2, $2, 'hash')", application, NOW
        )
        for position, file in enumerate(("My CV.pdf", "Personal Statement.docx")):
            await self.owner.execute(
                "insert into intake.document values ($1, 1, $2, 'key', $3, 20000, 'cv', $4)",
                application,
                position,
                "a" * 64,
                file,
            )

    async def date(self, application: str, submitted_at: datetime) -> None:
        """Let an application have been submitted then, as intake has it."""
        await self.owner.execute(
            "update intake.application set submitted_at = $2 where application = $1",
            application,
            submitted_at,
        )

    async def queue(
        self,
        *applications: str,
        kind: MessageKind = MessageKind.ACKNOWLEDGEMENT,
        after: timedelta = timedelta(),
    ) -> None:
        """Receive applications and plan a message to each, `after` from now."""
        for application in applications:
            await self.receive(application)
        async with self.database.transaction() as tx:
            now = await sending_storage.load_now(tx)
            planned = [
                Planned(application, VACANCY, Message(kind), now + after, None)
                for application in applications
            ]
            await storage.record_messages(tx, planned, now)

    async def send_next(self) -> End | None:
        await sender.give_up_abandoned(self.database)
        return await sender.send_next(self.database, self.server)

    async def send_all(self) -> list[End]:
        ends = []
        while (end := await self.send_next()) is not None:
            ends.append(end)
        return ends

    async def messages(self) -> list[tuple[str, str, int]]:
        rows = await self.owner.fetch(
            "select application, kind, version from notifications.message order by number"
        )
        return [tuple(row) for row in rows]

    async def states(self) -> dict[str, str]:
        """The state of each application's message, by application."""
        return dict(
            await self.owner.fetch(  # type: ignore[arg-type]
                "select application, state from notifications.message"
            )
        )

    async def announced(self) -> list[tuple[str, str]]:
        rows = await self.owner.fetch(
            "select type, subject from messaging.history order by position"
        )
        return [tuple(row) for row in rows]

    async def put_off_for(self, **time: Any) -> None:
        """Let the mail server have put off for so long what it puts off, which is due again."""
        await self.owner.execute(
            """
            update notifications.message set
                first_put_off_at = now() - $1::interval, retry_at = now()
            where retry_at > now()
            """,
            timedelta(**time),
        )

    async def pass_time(self, **time: Any) -> None:
        """Let leases and back-offs grow older."""
        await self.owner.execute(
            """
            update notifications.message set
                claimed_at = claimed_at - $1::interval,
                retry_at = retry_at - $1::interval,
                first_put_off_at = first_put_off_at - $1::interval
            """,
            timedelta(**time),
        )

"""Several services on one real database, without a broker: what one announces, the others hear."""

from collections import deque
from datetime import datetime
from typing import Any, Final

from services.documents.worker import SERVICE as DOCUMENTS
from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.interviews.worker import SERVICE as INTERVIEWS
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.progress.worker import SERVICE as PROGRESS
from services.review.worker import SERVICE as REVIEW
from shared.contracts import Payload
from shared.contracts.applications import ApplicationAccepted, ApplicationDocumentsAccepted
from shared.contracts.vacancies import VacancyPublished
from tests.support.builders import APPLICATION, NOW, event
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing
from tests.support.publishing import publish

SERVICES: Final = (ELIGIBILITY, DOCUMENTS, PROGRESS, REVIEW, INTERVIEWS, NOTIFICATIONS)
# Documents opens no files here: a test says what it found.
_NOT_HEARD: Final = {
    (DOCUMENTS.name, ApplicationAccepted),
    (DOCUMENTS.name, ApplicationDocumentsAccepted),
}


class Workplace:
    def __init__(self, hearings: dict[str, Hearing], database: TestDatabase) -> None:
        self._hearings, self._database = hearings, database

    @classmethod
    async def open(cls, database: TestDatabase) -> "Workplace":
        hearings = {s.name: Hearing(s, await database.service(s.name)) for s in SERVICES}
        return cls(hearings, database)

    async def hear(self, *payloads: Payload, now: datetime = NOW) -> None:
        """Let everybody hear these, and whatever they say about it, until all is quiet."""
        waiting = deque(payloads)
        while waiting:
            payload = waiting.popleft()
            if isinstance(payload, VacancyPublished):
                await publish(self._database, payload, now=now)  # a test says what it announces
            for service in SERVICES:
                hears = any(s.event is type(payload) for s in service.subscriptions)
                if hears and (service.name, type(payload)) not in _NOT_HEARD:
                    hearing = self._hearings[service.name]
                    waiting += await hearing.hear(event(payload, time=now), now=now)

    async def ring(self, timer: type[Payload], *, now: datetime) -> None:
        """Let the timers of one kind fire."""
        for hearing in self._hearings.values():
            due = [one for one in hearing.timers.values() if isinstance(one.event.data, timer)]
            await self.hear(*(one.event.data for one in due), now=now)

    async def ask(self, service: str, sql: str, *arguments: Any) -> list[Any]:
        """Read one column with the rights of a service."""
        connected = await self._database.service(service)
        async with connected.transaction() as tx:
            return [row[0] for row in await tx.fetch(sql, *arguments)]

    async def stages(self, application: str = APPLICATION) -> list[str]:
        return await self.ask(
            "progress",
            "select stage from progress.stage_change where application = $1 order by sequence",
            application,
        )

    async def letters(self, application: str = APPLICATION) -> list[str]:
        return await self.ask(
            "notifications",
            "select kind from notifications.message where application = $1 order by number",
            application,
        )

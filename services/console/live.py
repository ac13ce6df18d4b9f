"""Watching a demo: a table that follows the stages, or plain lines where there is no terminal."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, Self

import asyncpg
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from services.console import words
from services.console.changes import Cursor, read_changes
from services.console.picture import Picture
from shared import clock
from shared.contracts import Event, Payload
from shared.contracts.applications import Stage
from shared.contracts.reviews import ReviewCompleted, ReviewOpened
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled

REFRESH_SECONDS: Final = 0.2

# Narrow enough for a terminal of 80 columns.
_COLUMNS: Final[dict[str, frozenset[Stage]]] = {
    "new": frozenset({Stage.RECEIVED}),
    "papers\nneeded": frozenset({Stage.DOCUMENTS_NEEDED}),
    "ready": frozenset({Stage.READY_FOR_REVIEW}),
    "under\nreview": frozenset({Stage.UNDER_REVIEW}),
    "invited": frozenset({Stage.INVITED, Stage.INTERVIEW_BOOKED}),
    "not this\ntime": frozenset({Stage.NOT_SUCCESSFUL}),
    "with a\nperson": frozenset({Stage.WITH_A_PERSON}),
    "not\neligible": frozenset({Stage.NOT_ELIGIBLE}),
    "refused": frozenset({Stage.REFUSED}),
    "with-\ndrawn": frozenset({Stage.WITHDRAWN}),
}


class Dashboard:
    """Follows the history and shows how far everything is."""

    def __init__(self, console: Console, database_url: str) -> None:
        self._console, self._database_url = console, database_url
        self._picture, self._cursor = Picture(), Cursor()
        self._events, self._started_at = 0, clock.monotonic()
        self._now: datetime | None = None

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[Self]:
        """Show it while the block runs."""
        following = asyncio.create_task(self._follow())
        try:
            if self._console.is_terminal:
                with Live(console=self._console, get_renderable=self.table, transient=True):
                    yield self
            else:
                yield self
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    def clock_moved(self, to: datetime) -> None:
        """Take note of the virtual date."""
        self._now = to

    def table(self) -> Table:
        """Draw vacancies by stage."""
        seconds = max(clock.monotonic() - self._started_at, 0.1)
        table = Table(
            box=SIMPLE_HEAD,
            padding=0,
            pad_edge=False,
            title=words.minute(self._now) if self._now else "starting",
            caption=(
                f"{self._events} events, {self._events / seconds:.0f} a second, "
                f"{self._picture.mails.total()} letters"
            ),
        )
        table.add_column("vacancy")
        for heading in _COLUMNS:
            table.add_column(heading, justify="right")
        for vacancy in self._picture.vacancies.values():
            at = Counter(stage for _, stage in vacancy.stages.values())
            counts = (sum(at[stage] for stage in stages) for stages in _COLUMNS.values())
            table.add_row(vacancy.vacancy, *(str(count or "") for count in counts))
        return table

    async def _follow(self) -> None:
        connection = await asyncpg.connect(self._database_url)
        try:
            while True:
                for change in await read_changes(connection, self._cursor):
                    self._cursor = change.cursor
                    self._take(change.event)
                await asyncio.sleep(REFRESH_SECONDS)
        finally:
            connection.terminate()

    def _take(self, event: Event[Payload]) -> None:
        self._events += 1
        self._picture.add(event)
        if not self._console.is_terminal and (milestone := _milestone(event)):
            self._console.print(f"{words.minute(event.time)}  {milestone}", soft_wrap=True)


def _milestone(event: Event[Payload]) -> str | None:
    match event.data:
        case VacancyTimetabled(vacancy=vacancy, version=version, title=title):
            return f"{vacancy} {'published' if version == 1 else 'planned anew'}: {title}"
        case VacancyClosed(vacancy=vacancy):
            return f"{vacancy} closed"
        case ReviewOpened(vacancy=vacancy, applications=applications):
            return f"{vacancy} under review: {applications} applications"
        case ReviewCompleted(vacancy=vacancy, invited=invited, declined=declined):
            return f"{vacancy} reviewed: {invited} invited, {declined} declined"
        case _:
            return None

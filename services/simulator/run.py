"""The director: publishes what is due, waits for quiet, and jumps to whatever comes next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from services.simulator import candidates, managers, recruiters
from services.simulator.adverts import ADVERTS
from services.simulator.candidates import Case
from services.simulator.script import script
from services.simulator.world import World

BEFORE_EVERYTHING: Final = timedelta(hours=1)
Progress = Callable[[datetime], None]

# All workers have died with the director, so nobody needs to wait for their leases to end.
_NOBODY_IS_SENDING: Final = """
update notifications.message set claimed_at = '-infinity' where state = 'sending'
"""


class NotFresh(Exception):  # noqa: N818 - it names what is the matter
    """The virtual clock must not be moved under somebody's real vacancies."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one seed makes of the three vacancies; the same seed makes the same of them."""

    seed: int
    applications: int

    def cases(self) -> list[Case]:
        """Invent the candidates."""
        return candidates.cases(self.seed, ADVERTS, self.applications)


async def begin(database_url: str, plan: Plan, *, is_resuming: bool) -> Plan:
    """Set the clock to the beginning or back to where a killed run was, before workers start.

    Returns the plan to carry out: a resumed run keeps its own.
    """
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction():
            row = await connection.fetchrow("select * from simulator.run for update")
            if row is None or not is_resuming:
                if await connection.fetchval("select exists (select from messaging.history)"):
                    raise NotFresh("this database has a history already; a run wants a fresh one")
                start = min(advert.published_at for advert in ADVERTS) - BEFORE_EVERYTHING
                row = await connection.fetchrow(
                    "insert into simulator.run (seed, applications, virtual_now)"
                    " values ($1, $2, $3) returning *",
                    plan.seed, plan.applications, start,
                )  # fmt: skip
            assert row is not None
            await connection.execute(
                "update messaging.clock set clock_offset = $1 - now()", row["virtual_now"]
            )
            await connection.execute(_NOBODY_IS_SENDING)
            return Plan(row["seed"], row["applications"])
    finally:
        await connection.close()


async def run(
    world: World, seed: int, cases: Sequence[Case], progress: Progress = lambda _: None
) -> None:
    """Play the whole script to its end: until nothing is due at any time any more."""
    await _Director(world, seed, cases, progress).run()


class _Director:
    def __init__(self, world: World, seed: int, cases: Sequence[Case], progress: Progress) -> None:
        self._world, self._seed, self._progress = world, seed, progress
        self._cases: Mapping[str, Case] = {case.application: case for case in cases}
        self._entries = script(ADVERTS, cases)
        self._undecided = {case.application for case in cases if case.decision}
        self._unanswered = {case.application for case in cases if case.story.answer}
        self._published: set[str] = set()

    async def run(self) -> None:
        self._published = await self._world.published_entries()
        await self._plan()
        was_idle = False
        while True:
            await self._publish_due()
            await self._world.settle()
            await self._plan()
            next_at = await self._next()
            if next_at is not None:
                await self._world.jump(next_at)
                self._progress(next_at)
            elif was_idle:
                return  # asked twice: a timer that fires between two questions is in neither
            was_idle = next_at is None

    async def _plan(self) -> None:
        """Let managers decide whoever has come under review, and recruiters what was left open."""
        if self._undecided:
            for review in await self._world.open_reviews():
                new = replace(review, applications=review.applications & self._undecided)
                self._undecided -= new.applications
                self._entries += managers.decide(new, self._cases)
        if self._unanswered:
            questions = await self._world.questions(self._unanswered)
            self._unanswered -= {question.application for question in questions}
            self._entries += recruiters.answer(questions, self._cases)
        self._entries = sorted(
            (entry for entry in self._entries if entry.name not in self._published),
            key=lambda entry: entry.at,
        )

    async def _publish_due(self) -> None:
        now = await self._world.now()
        while self._entries and self._entries[0].at <= now:
            entry = self._entries.pop(0)
            await self._world.publish(entry, self._seed)
            self._published.add(entry.name)

    async def _next(self) -> datetime | None:
        coming: list[datetime] = [entry.at for entry in self._entries[:1]]
        timer = await self._world.next_timer()
        return min([*coming, timer] if timer else coming, default=None)

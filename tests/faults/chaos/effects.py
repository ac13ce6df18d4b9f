"""How long after the end of a fault the pipeline has its first new effect (G16)."""

import asyncio
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import asyncpg

from services.console.workers import SERVICES
from shared import clock
from shared.postgres import LOST

_LOOK_SECONDS = 0.05
_RECENT: Final = 1000
_GIVE_UP_SECONDS: Final = 600.0
# Work that came shortly before we give up says nothing: a jump of the clock may bring some.
_STUCK_SECONDS: Final = 30.0
NEVER: Final = math.inf
"""After how many seconds an effect came that did not come, although there was work."""

AWAY = (OSError, asyncpg.PostgresError, *LOST)
"""How it shows that the database is away."""

# What was announced or confirmed lately, and is neither handled nor held yet by who hears it.
_WAITING: Final = """
with heard as (
    select id, type from messaging.history where position > $1
    union select * from unnest($2::uuid[], $3::text[])
)
""" + " union all ".join(
    f"""
select '{service.name} ' || heard.id from heard
where heard.type = any('{{{",".join(s.event.type for s in service.subscriptions)}}}')
  and not exists (select from {service.name}.inbox where inbox.id = heard.id)
  and not exists (select from {service.name}.held where held.message = heard.id::text)
"""
    for service in SERVICES
)


@dataclass(frozen=True)
class Look:
    """What there was at one moment: announcements so far, and messages waiting for a worker."""

    at: float
    count: int
    waiting: frozenset[str]


class Effects:
    """Watches from outside the proxies: the history, and the careers site's log of confirms."""

    def __init__(self, owner_url: str, confirmed: Path) -> None:
        self._owner_url, self._confirmed_log = owner_url, confirmed
        self.count = 0
        self._looks: list[asyncio.Queue[Look]] = []
        self._confirmed: dict[str, str] = {}
        self._since_position = 0

    async def watch(self) -> None:
        """Look twenty times a second until cancelled."""
        with self._confirmed_log.open() as log:
            while True:
                try:
                    async with asyncio.timeout(5):
                        connection = await asyncpg.connect(self._owner_url)
                    try:
                        while True:
                            await self._look(connection, log)
                            await asyncio.sleep(_LOOK_SECONDS)
                    finally:
                        connection.terminate()
                except AWAY:
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, connection: "asyncpg.Connection[asyncpg.Record]", log: IO[str]) -> None:
        at = clock.monotonic()
        self._read(log)
        self.count = await connection.fetchval(
            "select coalesce(max(position), 0) from messaging.history", timeout=120
        )
        if not self._looks:
            # Somebody who measures sees what is recent now, and all that comes after it.
            self._since_position = self.count - _RECENT
            for old in [*self._confirmed][:-_RECENT]:
                del self._confirmed[old]
            return
        rows = await connection.fetch(
            _WAITING, self._since_position, [*self._confirmed], [*self._confirmed.values()],
            timeout=120,
        )  # fmt: skip
        for looks in self._looks:
            looks.put_nowait(Look(at, self.count, frozenset(row[0] for row in rows)))

    def _read(self, log: IO[str]) -> None:
        """Take in what has been confirmed since the last look; a line may still be written."""
        while True:
            start = log.tell()
            line = log.readline()
            if not line.endswith("\n"):
                log.seek(start)
                return
            event = json.loads(line)
            self._confirmed[event["id"]] = event["type"]

    async def first_after(self, moment: float) -> float | None:
        """Wait for an effect after that moment, and say how many seconds after it came.

        As long as nothing waits for a worker, the seconds do not count: nobody could have had one.
        Who waits in vain learns whether there was work: NEVER, or None if nothing was left to do.
        """
        before, since = None, moment
        try:
            async with asyncio.timeout(_GIVE_UP_SECONDS):
                with self._looking() as looks:
                    before = await _look_after(looks, moment)
                    while True:
                        look = await looks.get()
                        if not before.waiting:
                            since = before.at
                        if look.count > before.count or before.waiting - look.waiting:
                            return clock.monotonic() - since
                        before = Look(look.at, before.count, before.waiting | look.waiting)
        except TimeoutError:
            is_stuck = clock.monotonic() - since > _STUCK_SECONDS
            # Not even a look: the database never came back.
            return NEVER if is_stuck and (before is None or before.waiting) else None

    async def caught_up(self, at_most_seconds: float) -> None:
        """Wait until nothing waits for a worker any more, but no longer than that."""
        with suppress(TimeoutError), self._looking() as looks:
            async with asyncio.timeout(at_most_seconds):
                while (await looks.get()).waiting:
                    pass

    async def has_new_work(self, within_seconds: float) -> bool:
        """Wait until something new waits for a worker, but no longer; tell whether it does.

        What was there before may be claimed by somebody who is dead.
        """
        with suppress(TimeoutError), self._looking() as looks:
            async with asyncio.timeout(within_seconds):
                known = (await looks.get()).waiting
                while (await looks.get()).waiting <= known:
                    pass
                return True
        return False

    @contextmanager
    def _looking(self) -> Iterator[asyncio.Queue[Look]]:
        """Have all looks put into a queue while the block runs."""
        looks: asyncio.Queue[Look] = asyncio.Queue()
        self._looks.append(looks)
        try:
            yield looks
        finally:
            self._looks.remove(looks)


def in_words(seconds: float | None) -> str:
    """Say after how long there was an effect."""
    if seconds is None:
        return "nothing left to do"
    return "never" if seconds == NEVER else f"{seconds:.1f} s"


async def _look_after(looks: asyncio.Queue[Look], moment: float) -> Look:
    while (look := await looks.get()).at < moment:
        pass
    return look

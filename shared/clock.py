"""The only module that reads the clock.

Decisions take `now` as an argument, and what `now` is the database says (`batch.now`); here is
only what waits, and what measures how long something took.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Final

monotonic: Final = time.monotonic

_sleepers: Final[set[asyncio.Event]] = set()


def utc_now() -> datetime:
    """Return the wall-clock time in UTC, for log lines and the edge of the system."""
    return datetime.now(UTC)


async def pause(seconds: float, woken: asyncio.Event | None = None) -> None:
    """Sleep, but wake at once when the virtual clock jumps, or `woken` is set: work may be due."""
    woken = woken or asyncio.Event()
    _sleepers.add(woken)
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        pass
    finally:
        _sleepers.discard(woken)


def jump() -> None:
    """Wake everything that pauses in this process, after the clock's offset was moved."""
    for woken in _sleepers:
        woken.set()

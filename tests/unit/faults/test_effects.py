"""G16: what counts as recovering, and that idle time does not."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.chaos import effects
from tests.faults.chaos.effects import Effects, Look


def look(at: float, count: int, *waiting: str) -> Look:
    return Look(at, count, frozenset(waiting))


@pytest.mark.parametrize(
    ("looks", "seconds"),
    [
        # Something waits from the beginning; an announcement ends it, or that it is settled.
        ([look(9, 5, "a"), look(10, 5, "a"), look(12, 6, "a")], 2),
        ([look(10, 5, "a"), look(11, 5, "a", "b"), look(13, 5, "b")], 3),
        # What comes while another is stuck counts as an effect when it is settled.
        ([look(10, 5, "a"), look(11, 5, "a", "b"), look(14, 5, "a")], 4),
        # Nothing to do for twenty seconds: they are nobody's.
        ([look(10, 5), look(20, 5), look(30, 5), look(31, 5, "a"), look(33, 6)], 3),
        ([look(10, 5), look(30, 5), look(30.5, 6)], 0.5),
    ],
)
async def test_G16_recovery_is_counted_while_there_is_work(looks, seconds, monkeypatch):
    watched = Effects("", Path())
    monkeypatch.setattr(effects.clock, "monotonic", lambda: looks[-1].at)
    measuring = asyncio.create_task(watched.first_after(10))
    await asyncio.sleep(0)
    [queue] = watched._looks
    for one in looks:
        queue.put_nowait(one)
    assert await measuring == seconds

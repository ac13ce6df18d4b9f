"""G16: what counts as recovering, and that idle time does not."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.chaos import effects
from tests.faults.chaos.effects import Effects, Look


def look(at: float, count: int, *waiting: str) -> Look:
    return Look(at, count, frozenset(waiting))


async def first_after(moment: float, looks: list[Look]) -> float | None:
    watched = Effects("", Path())
    measuring = asyncio.create_task(watched.first_after(moment))
    await asyncio.sleep(0)
    [queue] = watched._looks
    for one in looks:
        queue.put_nowait(one)
    return await measuring


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
    monkeypatch.setattr(effects.clock, "monotonic", lambda: looks[-1].at)
    assert await first_after(10, looks) == seconds


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([look(10, 5, "a"), look(50, 5, "a")], "never"),
        ([look(10, 5), look(15, 5, "a"), look(50, 5, "a")], "never"),
        ([look(9, 5)], "never"),  # the database never came back
        ([look(10, 5), look(50, 5)], "nothing left to do"),
        ([look(10, 5), look(49, 5), look(50, 5, "a")], "nothing left to do"),
    ],
)
async def test_G16_no_effect_at_all_is_a_fault_only_where_there_was_work(looks, said, monkeypatch):
    monkeypatch.setattr(effects.clock, "monotonic", lambda: 50)
    monkeypatch.setattr(effects, "_GIVE_UP_SECONDS", 0.2)
    assert effects.in_words(await first_after(10, looks)) == said


@pytest.mark.parametrize(
    ("looks", "is_over"),
    [([look(1, 5, "a"), look(2, 6)], True), ([look(1, 5, "a"), look(2, 6, "b")], False)],
)
async def test_G29_the_next_fault_waits_until_nothing_waits_but_not_for_ever(looks, is_over):
    watched = Effects("", Path())
    catching_up = asyncio.create_task(watched.caught_up(60))
    await asyncio.sleep(0)
    for one in looks:
        watched._looks[0].put_nowait(one)
    done, _ = await asyncio.wait({catching_up}, timeout=0.1)
    assert bool(done) is is_over
    catching_up.cancel()
    await watched.caught_up(0.01)


@pytest.mark.parametrize(
    ("looks", "is_met"),
    [
        ([look(1, 5), look(2, 6, "a")], True),
        ([look(1, 5, "a"), look(2, 6), look(3, 6, "b")], True),
        ([look(1, 5), look(2, 6)], False),
        # Somebody who is dead has claimed it.
        ([look(1, 5, "a", "b"), look(2, 5, "a"), look(3, 6, "a")], False),
    ],
)
async def test_G29_the_next_fault_waits_for_new_work_but_not_for_ever(looks, is_met):
    watched = Effects("", Path())
    waiting = asyncio.create_task(watched.has_new_work(60 if is_met else 0.05))
    await asyncio.sleep(0)
    for one in looks:
        watched._looks[0].put_nowait(one)
    assert await waiting is is_met

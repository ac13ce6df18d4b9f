"""G29: a chaos run can fail over itself: idle workers, deaths not ours, late recoveries."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.faults.chaos import supervisor as supervising
from tests.faults.chaos.effects import Effects
from tests.faults.chaos.nemesis import Nemesis, Suffered
from tests.faults.chaos.plan import Pace
from tests.faults.chaos.replay import changes
from tests.faults.chaos.supervisor import CLOCK_OFFSETS, Supervisor
from tests.support.honest_run import DAWN, HONEST
from tests.support.rig import until


def nemesis(scale: float = 0.3, supervisor: Supervisor | None = None) -> Nemesis:
    return Nemesis(cast(Any, None), Effects("", Path()), cast(Any, supervisor), scale, print)


def shares(lengths: list[float], seconds: float) -> list[float]:
    """Say how much of virtual time is over at the end of each fault that takes so long."""
    pace, at, ends = Pace(seconds), 0.0, []
    for number, length in enumerate(lengths, start=1):
        before = 0.0
        for _ in range(round(length)):
            at += 1
            share = pace.go_on(at, number / (len(lengths) + 1))
            assert share > before, "virtual time stands still"
            before = share
        ends.append(before)
    return ends


@pytest.mark.parametrize("length", [7, 12, 25])
def test_G29_each_fault_has_its_share_of_virtual_time_however_long_they_take(length: int) -> None:
    ends = shares([length] * 16, seconds=120)
    assert all(abs(end - number / 16) < 0.09 for number, end in enumerate(ends, start=1))


def test_G29_virtual_time_never_stands_still_and_is_never_over_before_the_last_fault() -> None:
    ends = shares([7, 7, 120, 7, 7, 90, 7, 7], seconds=60)
    assert ends[-2] < 0.97


@pytest.mark.parametrize(("witnessed", "is_enough"), [(297, False), (3000, True)])
def test_G29_faults_that_struck_idle_workers_are_an_error(witnessed: int, is_enough: bool) -> None:
    run = nemesis()
    run.witnessed, run.effects.count = witnessed, 4116
    assert (run.unwitnessed == []) is is_enough


@pytest.mark.parametrize(
    ("scale", "seconds", "is_named"), [(1, 31.0, True), (1, 29.0, False), (0.3, 31.0, False)]
)
def test_G16_in_a_full_run_what_goes_on_far_too_late_is_an_error(
    scale: float, seconds: float, is_named: bool
) -> None:
    run = nemesis(scale)
    run.suffered.append(Suffered("broker killed", DAWN, 5, 10, seconds))
    assert run.unrecovered == ["first effect after broker killed: 31.0 s"] * is_named


def test_G11_a_replay_that_changes_anything_is_an_error() -> None:
    held = {"service": "intake", "message": "1", "sha256": "aa", "status": "quarantined",
            "reason": "id_conflict", "attempts": 1, "detail": ""}  # fmt: skip
    before = replace(HONEST, held=[held])
    assert [*changes(before, replace(HONEST, held=[held | {"attempts": 0}]))] == []
    assert [*changes(before, replace(HONEST, held=[held | {"reason": "failed"}]))]
    assert [*changes(before, replace(before, messages=HONEST.messages[1:]))]


class Process:
    """A worker that is at work at once, and ends when it is told to."""

    def __init__(self) -> None:
        self.returncode: int | None = None
        self.stdout = self
        self._ended = asyncio.Event()

    async def readline(self) -> bytes:
        return b"at work"

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def end(self, code: int) -> None:
        if self.returncode is None:
            self.returncode = code
        self._ended.set()

    def kill(self) -> None:
        self.end(-9)


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        (lambda supervisor, process: supervisor._kill(process), Counter()),
        (lambda supervisor, process: process.end(-9), Counter({-9: 1})),
        (lambda supervisor, process: process.end(1), Counter({1: 1})),
    ],
    ids=["killed by us", "killed by its watchdog", "failed"],
)
async def test_G29_a_worker_that_ends_unless_we_kill_it_is_an_error_and_explains_no_letter(
    end: Callable[[Supervisor, Process], None], ended: Counter[int], monkeypatch
) -> None:
    started: list[Process] = []

    async def start(*_: str, **__: object) -> Process:
        started.append(Process())
        return started[-1]

    monkeypatch.setattr(supervising, "start", start)
    monkeypatch.setattr(supervising, "_RESTART_SECONDS", 0)
    supervisor = Supervisor({}, Path(), 1)
    async with supervisor.supervised():
        await until(lambda: has(started, 3), "all have started")
        end(supervisor, started[0])
        await until(lambda: has(started, 4), "another has been started")
    assert supervisor.other_ends == ended
    assert bool(supervisor.unexplained) is bool(ended)
    assert len(nemesis(supervisor=supervisor).struck.deaths) == 1 - ended.total()


async def has(started: list[Process], count: int) -> bool:
    return len(started) == count


async def test_G16_the_last_worker_that_is_at_work_is_not_killed(monkeypatch) -> None:
    monkeypatch.setattr(supervising, "KILL_SECONDS", 0)
    supervisor = Supervisor({}, Path(), 1)
    supervisor._at_work = cast(Any, {offset: Process() for offset in CLOCK_OFFSETS})
    killed: list[float] = []
    killing = asyncio.create_task(supervisor.kill_now_and_then(killed.append))
    await until(lambda: has(cast(Any, killed), 2), "all but one are killed")
    for _ in range(10):
        await asyncio.sleep(0)
    killing.cancel()
    assert len(killed) == 2

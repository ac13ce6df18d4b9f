"""G29: a chaos run can fail over itself: idle workers, deaths not ours, late recoveries."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.faults.chaos import supervisor as supervising
from tests.faults.chaos.effects import NEVER, Effects
from tests.faults.chaos.nemesis import Fault, Nemesis, Suffered
from tests.faults.chaos.plan import Pace
from tests.faults.chaos.replay import changes
from tests.faults.chaos.supervisor import CLOCK_OFFSETS, Supervisor
from tests.support.honest_run import DAWN, HONEST
from tests.support.rig import until


def nemesis(
    scale: float = 0.3, supervisor: Supervisor | None = None, effects: Effects | None = None
) -> Nemesis:
    effects = effects or Effects("", Path())
    return Nemesis(cast(Any, None), effects, cast(Any, supervisor), scale, print)


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


def suffered(seconds: float | None = 0.1, *, met_work: bool = True) -> Suffered:
    return Suffered("broker killed", DAWN, 5, met_work, 0, seconds)


@pytest.mark.parametrize(("before_quiet", "is_enough"), [(297, False), (3000, True)])
def test_G29_effects_that_all_come_in_the_quiet_are_an_error(
    before_quiet: int, is_enough: bool
) -> None:
    run = nemesis()
    run.kill_recoveries = [0.2]
    run.before_quiet, run.effects.count = before_quiet, 4116
    assert (run.unwitnessed == []) is is_enough


def test_G29_a_run_in_which_no_death_of_a_worker_was_measured_is_an_error() -> None:
    run = nemesis()
    assert run.unwitnessed == ["no death of a worker was measured"]
    run.kill_recoveries = [0.2]
    assert run.unwitnessed == []


@pytest.mark.parametrize("idle", [suffered(met_work=False), suffered(None)])
def test_G29_more_than_a_few_faults_that_struck_idle_workers_are_an_error(idle: Suffered) -> None:
    run = nemesis()
    run.kill_recoveries = [0.2]
    run.suffered = [idle] * 3 + [suffered()] * 13
    assert run.unwitnessed == []
    run.suffered = [idle] * 4 + [suffered()] * 12
    [line] = run.unwitnessed
    assert line.startswith("nothing to disturb for 4 faults: broker killed, ")


@pytest.mark.parametrize(
    ("scale", "seconds", "is_named"),
    [(1, 31.0, True), (1, 29.0, False), (0.3, 110.0, False), (0.3, NEVER, True)],
)
def test_G16_in_a_full_run_what_goes_on_far_too_late_is_an_error(
    scale: float, seconds: float, is_named: bool
) -> None:
    run = nemesis(scale)
    run.suffered = [suffered(seconds), suffered(), suffered()]
    run.kill_recoveries = [seconds / 2, 0.1, 0.1]
    named = ("broker killed", "a worker killed") if is_named else ()
    assert [line.partition(": ")[0] for line in run.unrecovered] == [
        f"first effect after {name}" for name in named
    ]


@pytest.mark.parametrize(
    ("seconds", "is_named"),
    [([0.2, 10.1, 10.1], True), ([0.2, 9.9, 110], False), ([None, None, 9.9], False)],
)
def test_G16_in_a_run_of_any_length_half_go_on_as_soon_as_wanted(
    seconds: list[float | None], is_named: bool
) -> None:
    servers, workers = nemesis(), nemesis()
    servers.suffered = [suffered(one) for one in seconds]
    workers.kill_recoveries = [one / 2 for one in seconds if one is not None]
    assert bool(servers.unrecovered) is bool(workers.unrecovered) is is_named


KILLED_AT = -1.0


class Pipeline(Effects):
    """Goes on when a test says so, and has work at once, or never."""

    def __init__(self, *, has_work: bool = True) -> None:
        super().__init__("", Path())
        self.goes_on: dict[str, asyncio.Future[float | None]] = {}
        self.has_work = has_work

    async def first_after(self, moment: float) -> float | None:
        name = "killed" if moment == KILLED_AT else "fault"
        return await self.goes_on.setdefault(name, asyncio.Future())

    async def has_new_work(self, *_: object, **__: object) -> bool:
        return self.has_work


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seconds", [0.2, 20.0, NEVER, None])
async def test_G16_how_late_work_goes_on_after_a_death_is_measured_before_the_next_fault(
    seconds: float | None,
) -> None:
    pipeline, happened = Pipeline(), asyncio.Event()
    run = nemesis(effects=pipeline)

    async def happen() -> None:
        happened.set()

    run.worker_killed(KILLED_AT)
    suffering = asyncio.create_task(run._suffer(Fault("broker killed", happen)))
    await turns()
    assert not happened.is_set()
    pipeline.goes_on["killed"].set_result(seconds)
    await turns()
    assert happened.is_set()
    pipeline.goes_on["fault"].set_result(0.1)
    await suffering
    assert run.kill_recoveries == [seconds] * (seconds is not None)


async def test_G16_a_death_just_before_a_fault_is_not_blamed_for_it(monkeypatch) -> None:
    pipeline = Pipeline()
    run = nemesis(effects=pipeline)

    async def somebody_dies(*_: object, **__: object) -> bool:
        run.worker_killed(KILLED_AT)
        await turns()
        return True

    monkeypatch.setattr(pipeline, "has_new_work", somebody_dies)
    pipeline.goes_on["fault"] = asyncio.Future()
    pipeline.goes_on["fault"].set_result(0.1)
    await run._suffer(Fault("broker killed", turns))
    killed = pipeline.goes_on["killed"]
    assert killed.cancelled()
    assert run.kill_recoveries == []


@pytest.mark.parametrize("has_work", [True, False])
async def test_G29_a_fault_knows_whether_it_met_work_and_how_much_came_while_it_lasted(
    has_work: bool,
) -> None:
    pipeline = Pipeline(has_work=has_work)
    run = nemesis(effects=pipeline)
    pipeline.count = 100

    async def happen() -> None:
        pipeline.count = 107

    suffering = asyncio.create_task(run._suffer(Fault("broker slow", happen)))
    await turns()
    pipeline.count = 110
    pipeline.goes_on["fault"].set_result(0.1)
    await suffering
    [one] = run.suffered
    assert (one.met_work, one.effects, one.recovered_seconds) == (has_work, 7, 0.1)


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

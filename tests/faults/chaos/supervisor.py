"""Three processes of all workers, kept alive as systemd would, one of them killed every 5 s."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from services.console.workers import SERVICES
from shared import clock
from tests.faults.chaos.processes import kill, start

CLOCK_OFFSETS = (-3600, 0, 3600)
KILL_SECONDS = 5.0
_RESTART_SECONDS = 0.5


class Supervisor:
    """Starts a process again half a second after it ended, whatever ended it."""

    def __init__(self, environment: Mapping[str, str], logs: Path, seed: int) -> None:
        self._environment, self._logs = environment, logs
        self._random = random.Random(f"{seed} killer")
        self._alive: dict[int, asyncio.subprocess.Process] = {}
        self._at_work: dict[int, asyncio.subprocess.Process] = {}
        self._killed: dict[asyncio.subprocess.Process, datetime] = {}
        self.freezes = 0
        self.other_ends: Counter[int] = Counter()

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """Keep the processes alive while the block runs."""
        async with asyncio.TaskGroup() as tasks:
            keeping = [tasks.create_task(self._keep(offset)) for offset in CLOCK_OFFSETS]
            try:
                yield
            finally:
                for task in keeping:
                    task.cancel()

    async def kill_now_and_then(self, killed: Callable[[float], None]) -> None:
        """Kill one of them every 5 s until cancelled, and tell when.

        One that has had a message, as has another, which can go on: on a slow machine the others
        would die before they have begun.
        """
        while True:
            await asyncio.sleep(KILL_SECONDS)
            if len(self._at_work) < 2:
                continue
            if self._kill(self._at_work.pop(self._random.choice([*self._at_work]))):
                killed(clock.monotonic())

    def kill_all(self) -> None:
        """Kill all at once, as a power cut does; none of them has anything in hand any more."""
        for process in self._alive.values():
            self._kill(process)

    def _kill(self, process: asyncio.subprocess.Process) -> bool:
        if process.returncode is not None:
            return False  # it has just ended by itself
        self._killed[process] = clock.utc_now()
        process.kill()
        return True

    @property
    def kills(self) -> int:
        """How many we have killed."""
        return len(self._killed)

    @property
    def deaths(self) -> tuple[datetime, ...]:
        """When we killed each."""
        return tuple(self._killed.values())

    @property
    def unexplained(self) -> list[str]:
        """Name the ends that were not ours: what a watchdog kills has stood still by a fault."""
        return [
            f"{number} workers ended by themselves with code {code}"
            for code, number in self.other_ends.items()
        ]

    async def freeze_one(self, seconds: float) -> None:
        """Stop one of them dead for a while; it wakes up with work that others have done (F8)."""
        while not self._at_work:  # noqa: ASYNC110 - one takes a moment to start
            await asyncio.sleep(0.1)
        victim = self._random.choice([*self._at_work])
        process = self._at_work.pop(victim)  # so that nobody kills it meanwhile
        process.send_signal(signal.SIGSTOP)
        self.freezes += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            process.send_signal(signal.SIGCONT)
            if process.returncode is None:
                self._at_work[victim] = process

    async def _keep(self, offset: int) -> None:
        log = self._logs / f"workers{offset:+}s.log"
        while True:
            process = await start(
                "worker", str(offset), *(service.name for service in SERVICES),
                log=log, environment=self._environment,
            )  # fmt: skip
            self._alive[offset] = process
            try:
                assert process.stdout is not None
                if await process.stdout.readline():  # it has had its first message
                    self._at_work[offset] = process
                code = await process.wait()
                if process not in self._killed:
                    self.other_ends[code] += 1
            finally:
                del self._alive[offset]
                self._at_work.pop(offset, None)
                await kill(process)
            await asyncio.sleep(_RESTART_SECONDS)

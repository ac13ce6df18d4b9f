"""Three processes of all workers, kept alive as systemd would, one of them killed every 5 s."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from services.console.workers import SERVICES
from shared import clock
from tests.faults.chaos.processes import kill, start

CLOCK_OFFSETS = (-3600, 0, 3600)
KILL_SECONDS = 5.0
_RESTART_SECONDS = 0.5
_KILLED = -9


class Supervisor:
    """Starts a process again half a second after it ended, whatever ended it."""

    def __init__(self, environment: Mapping[str, str], logs: Path, seed: int) -> None:
        self._environment, self._logs = environment, logs
        self._random = random.Random(f"{seed} killer")
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self.kills = self.freezes = 0
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
        """Kill one of them every 5 s until cancelled, and tell when."""
        while True:
            await asyncio.sleep(KILL_SECONDS)
            if self._running:
                victim = self._random.choice([*self._running])
                process = self._running.pop(victim)
                if process.returncode is not None:
                    continue  # it has just ended by itself
                process.kill()
                self.kills += 1
                killed(clock.monotonic())

    async def freeze_one(self, seconds: float) -> None:
        """Stop one of them dead for a while; it wakes up with work that others have done (F8)."""
        while not self._running:  # noqa: ASYNC110 - one takes a moment to start
            await asyncio.sleep(0.1)
        victim = self._random.choice([*self._running])
        process = self._running.pop(victim)  # so that nobody kills it meanwhile
        process.send_signal(signal.SIGSTOP)
        self.freezes += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            process.send_signal(signal.SIGCONT)
            if process.returncode is None:
                self._running[victim] = process

    async def _keep(self, offset: int) -> None:
        log = self._logs / f"workers{offset:+}s.log"
        while True:
            process = await start(
                "worker", str(offset), *(service.name for service in SERVICES),
                log=log, environment=self._environment,
            )  # fmt: skip
            self._running[offset] = process
            try:
                code = await process.wait()
                if code != _KILLED:
                    self.other_ends[code] += 1
            finally:
                self._running.pop(offset, None)
                await kill(process)
            await asyncio.sleep(_RESTART_SECONDS)

"""Everything that goes wrong in a run, in an order drawn from the seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from shared import clock
from shared.embedded.private_server import PrivateServer
from tests.faults.chaos.book import Struck
from tests.faults.chaos.effects import NEVER, Effects, in_words
from tests.faults.chaos.proxy import Proxy, Weather
from tests.faults.chaos.scene import Scene
from tests.faults.chaos.supervisor import Supervisor

# After how long work goes on at the latest (G16): after a worker's death, and after other faults.
KILL_ALLOWED_SECONDS = 5.0
ALLOWED_SECONDS = 10.0
_TOLERANCE = 3.0
# A slow machine may catch up so long before the next fault: what is left undone, no fault strikes.
_BREATH_SECONDS = 15.0
# Some virtual days pass without work for anybody: so long the next fault waits for some.
_WORK_SECONDS = 120.0
# So many faults may meet no work all the same.
_IDLE_FAULTS = 3
# Of all effects, how many have to come before the quiet: else the faults struck next to nothing.
_SHARE_BEFORE_QUIET = 0.25


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong and is over when `happen` returns."""

    name: str
    happen: Callable[[], Awaitable[None]]


@dataclass
class Suffered:
    """A fault that has happened, and after how long things went on, as `first_after` says it.

    `met_work` says whether new work waited for a worker when it began, `effects` how many came
    while it lasted.
    """

    name: str
    began_at: datetime
    lasted_seconds: float
    met_work: bool
    effects: int
    recovered_seconds: float | None = None

    @property
    def over_at(self) -> datetime:
        """When it was over, by the clock on the wall like `began_at`."""
        return self.began_at + timedelta(seconds=self.lasted_seconds)

    @property
    def was_idle(self) -> bool:
        """Whether there was nothing to disturb."""
        return not self.met_work or self.recovered_seconds is None


@dataclass
class Nemesis:
    """Lets the faults happen one after another, with pauses that fill the run."""

    scene: Scene
    effects: Effects
    supervisor: Supervisor
    scale: float
    tell: Callable[[str], None]
    now: str = ""
    share: float = 0.0
    before_quiet: int = 0
    suffered: list[Suffered] = field(default_factory=list)
    kill_recoveries: list[float] = field(default_factory=list)
    _measuring: set["asyncio.Task[None]"] = field(default_factory=set)

    def faults(self, seed: int) -> list[Fault]:
        """List the faults of a run in this seed's order."""
        rabbit, postgres = self.scene.rabbit, self.scene.postgres
        faults = [
            Fault("broker application restarted", self._restart_application),
            Fault("broker restarted", lambda: _in_thread(rabbit.restart)),
            Fault("broker killed", lambda: _kill_and_start(rabbit)),
            Fault("broker frozen", lambda: self._freeze(rabbit, 40)),
            Fault("PostgreSQL restarted", lambda: _in_thread(postgres.restart)),
            Fault("PostgreSQL killed", lambda: _kill_and_start(postgres)),
            Fault("PostgreSQL frozen", lambda: self._freeze(postgres, 20)),
            Fault("a worker frozen", lambda: self.supervisor.freeze_one(90 * self.scale)),
        ]
        for proxy in (self.scene.to_rabbit, self.scene.to_postgres):
            faults += [
                self._cut(proxy, "cut off with RST", Weather.CUT, 15),
                self._cut(proxy, "behind a black hole", Weather.BLACK_HOLE, 25),
                self._cut(proxy, "unable to answer", Weather.DEAF, 15),
                self._cut(proxy, "2 s away", Weather.SLOW, 15),
            ]
        random.Random(f"{seed} nemesis").shuffle(faults)
        return faults

    async def run(self, seed: int, seconds: float) -> None:
        """Let everything happen once within about so many seconds."""
        faults = self.faults(seed)
        self.share = 1 / (len(faults) + 1)
        started_at = clock.monotonic()
        if await self.effects.first_after(started_at) in {None, NEVER}:
            raise TimeoutError("nothing ever began")
        for number, fault in enumerate(faults):
            # As much time for what is left as there is, but never without a breath in between.
            slot = (seconds - (clock.monotonic() - started_at)) / (len(faults) - number)
            began_at = clock.monotonic()
            await self._suffer(fault)
            await asyncio.sleep(max(slot - (clock.monotonic() - began_at), 1))
            await self.effects.caught_up(_BREATH_SECONDS)
            self.share = (number + 2) / (len(faults) + 1)
        self.before_quiet = self.effects.count

    async def _suffer(self, fault: Fault) -> None:
        met_work = await self._find_work()
        self.now = fault.name
        self.tell(f"{fault.name} ...")
        date, began_at, before = clock.utc_now(), clock.monotonic(), self.effects.count
        await fault.happen()
        over_at, effects = clock.monotonic(), self.effects.count - before
        suffered = Suffered(fault.name, date, over_at - began_at, met_work, effects)
        self.suffered.append(suffered)
        suffered.recovered_seconds = await self.effects.first_after(over_at)
        self.now = ""
        self.tell(f"{fault.name}: {recovery_in_words(suffered)}")

    async def _find_work(self) -> bool:
        """Wait for how work goes on after the last death, then for work; tell whether there is.

        How it goes on after one who dies just then, the fault decides: that is not measured.
        """
        if self._measuring:
            await asyncio.wait(self._measuring)
        has_work = await self.effects.has_new_work(_WORK_SECONDS)
        for measuring in self._measuring:
            measuring.cancel()
        return has_work

    def worker_killed(self, at: float) -> None:
        """Measure how the others go on, unless a server is in trouble as well."""
        if not self.now:
            task = asyncio.create_task(self._measure_kill(at))
            self._measuring.add(task)
            task.add_done_callback(self._measuring.discard)

    async def _measure_kill(self, at: float) -> None:
        seconds = await self.effects.first_after(at)
        if seconds is None:
            return
        self.kill_recoveries.append(seconds)
        if seconds > KILL_ALLOWED_SECONDS:
            self.tell(f"a worker killed: first new effect after {in_words(seconds)}")

    @property
    def unrecovered(self) -> list[str]:
        """Name every fault after which nothing went on although there was work (G16).

        Half of them go on as soon as is wanted. In a run of full length none goes on much later
        either; in a short one, on two cores that other builds use as well, that is only said.
        """
        factor = _TOLERANCE if self.scale == 1 else NEVER
        faults = [(one.name, one.recovered_seconds) for one in self.suffered]
        kills = [("a worker killed", seconds) for seconds in self.kill_recoveries]
        return [
            *_late(faults, ALLOWED_SECONDS, factor),
            *_late(kills, KILL_ALLOWED_SECONDS, factor),
        ]

    @property
    def unwitnessed(self) -> list[str]:
        """Say so if the faults had too little to disturb."""
        found = []
        idle = [one.name for one in self.suffered if one.was_idle]
        if len(idle) > _IDLE_FAULTS:
            found.append(f"nothing to disturb for {len(idle)} faults: {', '.join(idle)}")
        if self.before_quiet < _SHARE_BEFORE_QUIET * self.effects.count:
            count = f"{self.before_quiet} of {self.effects.count} effects"
            found.append(f"left to the quiet: only {count} came before")
        if not self.kill_recoveries:
            found.append("no death of a worker was measured")
        return found

    @property
    def struck(self) -> Struck:
        """Say when what struck the workers."""
        faults = tuple((one.began_at, one.over_at) for one in self.suffered)
        return Struck(self.supervisor.deaths, faults, self.supervisor.freezes)

    def _cut(self, proxy: Proxy, how: str, weather: Weather, seconds: float) -> Fault:
        async def happen() -> None:
            async with proxy.weather(weather):
                await asyncio.sleep(seconds * self.scale)

        return Fault(f"{proxy.name} {how}", happen)

    async def _freeze(self, server: PrivateServer, seconds: float) -> None:
        server.freeze()
        try:
            await asyncio.sleep(seconds * self.scale)
        finally:
            server.resume()

    async def _restart_application(self) -> None:
        await _in_thread(self.scene.rabbit.stop_app)
        await _in_thread(self.scene.rabbit.start_app)


def recovery_in_words(suffered: Suffered) -> str:
    """Say how long it lasted and when work went on."""
    idle = "" if suffered.met_work else ", met no work"
    return (
        f"lasted {suffered.lasted_seconds:.1f} s{idle}, first new effect after its end: "
        f"{in_words(suffered.recovered_seconds)}"
    )


def _late(
    ends: list[tuple[str, float | None]], allowed_seconds: float, factor: float
) -> Iterator[str]:
    """Name what went on later than that times the factor, and say so if half was just late."""
    known = [(name, seconds) for name, seconds in ends if seconds is not None]
    for name, seconds in known:
        if seconds >= factor * allowed_seconds:
            yield f"first effect after {name}: {in_words(seconds)}"
    if known and (middle := median(seconds for _, seconds in known)) > allowed_seconds:
        yield f"first effect after {len(known)} faults: {in_words(middle)} (median)"


async def _in_thread(work: Callable[[], object]) -> None:
    """Do what blocks; a server that is half restarted cannot be left, even when cancelled."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise


async def _kill_and_start(server: PrivateServer) -> None:
    await _in_thread(server.kill)
    await _in_thread(server.start)

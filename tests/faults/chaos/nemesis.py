"""Everything that goes wrong in a run, in an order drawn from the seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared import clock
from shared.embedded.private_server import PrivateServer
from tests.faults.chaos.book import Struck
from tests.faults.chaos.effects import NEVER, Effects, in_words
from tests.faults.chaos.proxy import Proxy, Weather
from tests.faults.chaos.scene import Scene
from tests.faults.chaos.supervisor import Supervisor

KILL_ALLOWED_SECONDS = 5.0
_TOLERANCE = 3.0
# A slow machine may catch up so long before the next fault: what is left undone, no fault strikes.
_BREATH_SECONDS = 15.0
# Of all effects, how many have to come while things go wrong: else the faults struck idle workers.
_WITNESSED_SHARE = 0.25


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong and is over when `happen` returns; what G16 allows afterwards."""

    name: str
    happen: Callable[[], Awaitable[None]]
    allowed_seconds: float = 10.0


@dataclass
class Suffered:
    """A fault that has happened, and after how long things went on, as `first_after` says it."""

    name: str
    began_at: datetime
    lasted_seconds: float
    allowed_seconds: float
    recovered_seconds: float | None = None

    @property
    def over_at(self) -> datetime:
        """When it was over, by the clock on the wall like `began_at`."""
        return self.began_at + timedelta(seconds=self.lasted_seconds)


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
    witnessed: int = 0
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
        self.witnessed = self.effects.count

    async def _suffer(self, fault: Fault) -> None:
        self.now = fault.name
        self.tell(f"{fault.name} ...")
        date, began_at = clock.utc_now(), clock.monotonic()
        await fault.happen()
        over_at = clock.monotonic()
        suffered = Suffered(fault.name, date, over_at - began_at, fault.allowed_seconds)
        self.suffered.append(suffered)
        suffered.recovered_seconds = await self.effects.first_after(over_at)
        self.now = ""
        self.tell(f"{fault.name}: {recovery_in_words(suffered)}")

    def worker_killed(self, at: float) -> None:
        """Measure how the others go on, unless a server is in trouble as well."""
        if not self.now:
            task = asyncio.create_task(self._measure_kill(at))
            self._measuring.add(task)
            task.add_done_callback(self._measuring.discard)

    async def _measure_kill(self, at: float) -> None:
        seconds = await self.effects.first_after(at)
        if seconds is None or (self.now and seconds != NEVER):
            return
        self.kill_recoveries.append(seconds)
        if seconds > KILL_ALLOWED_SECONDS:
            self.tell(f"a worker killed: first new effect after {in_words(seconds)}")

    @property
    def unrecovered(self) -> list[str]:
        """Name every fault after which nothing went on although there was work (G16).

        In a run of full length nothing may go on much later than wanted either; in a short one,
        on two cores that other builds use as well, that is only said.
        """
        ends = [(one.name, one.recovered_seconds, one.allowed_seconds) for one in self.suffered]
        ends += [("a worker killed", s, KILL_ALLOWED_SECONDS) for s in self.kill_recoveries]
        factor = _TOLERANCE if self.scale == 1 else NEVER
        return [
            f"first effect after {name}: {in_words(seconds)}"
            for name, seconds, allowed in ends
            if seconds is not None and seconds >= factor * allowed
        ]

    @property
    def unwitnessed(self) -> list[str]:
        """Say so if too few of a run's effects came while things went wrong."""
        if self.witnessed >= _WITNESSED_SHARE * self.effects.count:
            return []
        return [f"idle when faults struck: {self.witnessed} of {self.effects.count} effects"]

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
    return (
        f"lasted {suffered.lasted_seconds:.1f} s, first new effect after its end: "
        f"{in_words(suffered.recovered_seconds)}"
    )


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

"""Worker processes for the tests of the guarantee, to be killed, frozen and starved.

Each is forked from a server that has imported everything: a process of one's own in milliseconds
instead of a second of CPU, so that a point can be killed at a hundred times.
"""

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.notifications.worker import SERVICE as NOTIFICATIONS
from shared.logs import configure
from shared.messaging import consumer, faultpoints, held
from shared.messaging.topology import routed_types
from shared.messaging.watchdog import Watchdog
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.users import url_of
from tests.support.databases import SECRET
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER

SERVICES: Final = {
    "ledger": LEDGER,
    "preparing": PREPARING_LEDGER,
    "echo": ECHO,
    "notifications": NOTIFICATIONS,
}
_forking: Final = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["pytest", __name__])


@dataclass(frozen=True)
class Order:
    """What a process works for, and what is to happen to it.

    `spare_memory_bytes` is how much more than at its start it may ever have.
    """

    amqp_url: str
    owner: str
    services: tuple[str, ...]
    kill_at: str = ""
    kill_after: int = 0
    blocked_seconds: float = 20
    handle_seconds: float = 5
    heartbeat_seconds: int = 10
    spare_memory_bytes: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """One such process, as its supervisor sees it."""

    def __init__(self, order: Order) -> None:
        self._process = _forking.Process(target=_work, args=(order,), daemon=True)
        self._process.start()

    async def wait(self) -> int:
        """Wait for its end and return its exit code: -9 if it was killed."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it, whatever state it is in, and wait until it is gone."""
        self._process.kill()
        self._process.join()


def _work(order: Order) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(order.environment)
    configure()
    if order.spare_memory_bytes:
        _starve(order.spare_memory_bytes)
    if order.kill_at:
        faultpoints.install(_killer(order.kill_at, order.kill_after))
    consumer._HEARTBEAT_SECONDS = order.heartbeat_seconds  # type: ignore[misc]
    held._BACKOFF_SECONDS = (0.1, 0.1, 0.1, 0.1)  # keep the attempts, not the minutes between
    asyncio.run(_main(order))


def _end_with_parent() -> None:
    """Leave nothing running, however the tests end."""
    tests = multiprocessing.parent_process()
    assert tests is not None
    tests.join()
    os._exit(1)


def _starve(spare_bytes: int) -> None:
    """Let nothing more than this be allocated, as a container's limit does."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + spare_bytes, used + spare_bytes))


def _killer(kill_at: str, left: int) -> Callable[[str], None]:
    def kill_here(point: str) -> None:
        nonlocal left
        if point == kill_at:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return kill_here


async def _main(order: Order) -> None:
    services = [SERVICES[name] for name in order.services]
    routed = routed_types([LEDGER, ECHO, NOTIFICATIONS])
    taking_turns = asyncio.Lock()
    with Watchdog(order.blocked_seconds):
        async with asyncio.TaskGroup() as tasks:
            for service in services:
                url = url_of(service.name, order.owner, SECRET)
                database = await Database.connect(url, service.name)
                worker = Worker(
                    service,
                    database,
                    order.amqp_url,
                    routed,
                    handle_seconds=order.handle_seconds,
                    taking_turns=taking_turns,
                )
                tasks.create_task(worker.run())

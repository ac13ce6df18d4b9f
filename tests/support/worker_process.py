"""A worker process for the tests of the guarantee; it kills itself where it is told to."""

import asyncio
import json
import os
import signal
import sys

from shared.logs import configure
from shared.messaging import faultpoints, held
from shared.messaging.topology import routed_types
from shared.messaging.watchdog import Watchdog
from shared.messaging.worker import Worker
from shared.postgres import Database
from shared.postgres.migrate import url_of
from tests.support.databases import SECRET
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER

SERVICES = {"ledger": LEDGER, "preparing": PREPARING_LEDGER, "echo": ECHO}


async def main(order: dict[str, object]) -> None:
    left = int(str(order["kill_after"]))

    def kill_here(point: str) -> None:
        nonlocal left
        if point == order["kill_at"]:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    held._BACKOFF_SECONDS = (0.1, 0.1, 0.1, 0.1)  # keep the attempts, not the minutes between
    if order["kill_at"]:
        faultpoints.install(kill_here)
    taking_turns = asyncio.Lock()
    with Watchdog(float(str(order["blocked_seconds"]))):
        async with asyncio.TaskGroup() as tasks:
            for name in order["services"]:  # type: ignore[attr-defined]
                service = SERVICES[name]
                url = url_of(service.name, str(order["owner"]), SECRET)
                database = await Database.connect(url, service.name)
                routed = routed_types([LEDGER, ECHO])
                worker = Worker(
                    service,
                    database,
                    str(order["amqp_url"]),
                    routed,
                    handle_seconds=5,
                    taking_turns=taking_turns,
                )
                tasks.create_task(worker.run())


if __name__ == "__main__":
    configure()
    asyncio.run(main(json.loads(sys.argv[1])))

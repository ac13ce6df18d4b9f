"""Muster: all three services of chain.py in one process, as `./muster work` runs them."""

import asyncio
import os

import uvloop

from shared.logs import configure
from shared.messaging.watchdog import Watchdog
from shared.messaging.worker import Worker
from shared.postgres import Database
from tests.bench.chain import ROUTED, SERVICES


async def main() -> None:
    amqp_url, database_url = os.environ["BENCH_AMQP"], os.environ["BENCH_DATABASE"]
    taking_turns = asyncio.Lock()
    with Watchdog():
        async with asyncio.TaskGroup() as tasks:
            for service in SERVICES:
                database = await Database.connect(database_url, service.name)
                worker = Worker(service, database, amqp_url, ROUTED, taking_turns=taking_turns)
                tasks.create_task(worker.run())


if __name__ == "__main__":
    configure()
    uvloop.run(main())

"""taskiq on aio-pika: two processes, quorum queues, acknowledged when executed."""

import os
from typing import Any

import asyncpg
from taskiq import TaskiqEvents, TaskiqState
from taskiq_aio_pika import AioPikaBroker
from taskiq_aio_pika.exchange import Exchange
from taskiq_aio_pika.queue import Queue

from tests.bench.contenders.asyncpg_job import work
from tests.bench.job import HOPS, read

_POOL: Any = {"min_size": 8, "max_size": 8}
broker = AioPikaBroker(
    os.environ["BENCH_AMQP"], qos=100, exchange=Exchange(name="taskiq_tasks")
).with_queues(*(Queue(name=hop) for hop in HOPS))


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_pool(state: TaskiqState) -> None:
    state.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], **_POOL)


async def _work(hop: int, body: str) -> str | None:
    done = await work(broker.state.pool, hop, read(body), body.encode())
    return done[1] if done else None


@broker.task("hop_out", queue_name="hop_out")
async def hop_out(body: str) -> None:
    """Stand for whoever listens at the end; no worker takes from this queue."""


@broker.task("hop_three", queue_name="hop_three")
async def hop_three(body: str) -> None:
    if onward := await _work(2, body):
        await hop_out.kiq(onward)


@broker.task("hop_two", queue_name="hop_two")
async def hop_two(body: str) -> None:
    if onward := await _work(1, body):
        await hop_three.kiq(onward)


@broker.task("hop_one", queue_name="hop_one")
async def hop_one(body: str) -> None:
    if onward := await _work(0, body):
        await hop_two.kiq(onward)

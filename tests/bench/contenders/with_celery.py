"""Celery: prefork, late acknowledgements, confirmed publishes, quorum queues."""

import os

from celery import Celery
from kombu import Exchange, Queue

from tests.bench.contenders.psycopg_job import work
from tests.bench.job import HOPS

_TASKS = Exchange("celery_tasks", type="direct", durable=True)
_QUORUM = {"x-queue-type": "quorum"}

app = Celery("bench", broker=os.environ["BENCH_AMQP"].rstrip("/") + "//")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_default_delivery_mode="persistent",
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=25,  # 50 for two processes
    worker_detect_quorum_queues=True,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_queues=[Queue(h, _TASKS, h, queue_arguments=_QUORUM) for h in (*HOPS, "hop_out")],
    task_default_queue=HOPS[0],
    task_default_exchange="celery_tasks",
    task_create_missing_queues=False,
    task_routes={f"bench.{hop}": {"queue": hop} for hop in (*HOPS, "hop_out")},
)


@app.task(name="bench.hop_one")
def hop_one(body: str) -> None:
    if onward := work(0, body):
        hop_two.delay(onward)


@app.task(name="bench.hop_two")
def hop_two(body: str) -> None:
    if onward := work(1, body):
        hop_three.delay(onward)


@app.task(name="bench.hop_three")
def hop_three(body: str) -> None:
    if onward := work(2, body):
        app.send_task("bench.hop_out", (onward,))

"""Dramatiq: two processes, confirmed publishes, quorum queues, acknowledged after the work."""

import os

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import default_middleware
from dramatiq.middleware.prometheus import Prometheus

from tests.bench.contenders.psycopg_job import work


class QuorumBroker(RabbitmqBroker):
    """Dramatiq declares classic queues; this asks for quorum queues like everybody else's."""

    def _build_queue_arguments(self, queue_name):
        return super()._build_queue_arguments(queue_name) | {"x-queue-type": "quorum"}


broker = QuorumBroker(
    url=os.environ["BENCH_AMQP"],
    confirm_delivery=True,
    middleware=[m() for m in default_middleware if m is not Prometheus],
)
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="hop_out")
def hop_out(body: str) -> None:
    """Stand for whoever listens at the end; no worker takes from this queue."""


@dramatiq.actor(queue_name="hop_three")
def hop_three(body: str) -> None:
    if onward := work(2, body):
        hop_out.send(onward)


@dramatiq.actor(queue_name="hop_two")
def hop_two(body: str) -> None:
    if onward := work(1, body):
        hop_three.send(onward)


@dramatiq.actor(queue_name="hop_one")
def hop_one(body: str) -> None:
    if onward := work(0, body):
        hop_two.send(onward)

"""G23: the broker lets each worker do its own job and nothing else."""

import re
from collections.abc import Awaitable, Callable

import aio_pika
import aiormq
import pytest
from aio_pika.abc import AbstractChannel

from tests.architecture.source import ROOT
from tests.containers.stack import Stack

Operation = Callable[[AbstractChannel], Awaitable[object]]


async def _publish(channel: AbstractChannel, exchange: str, key: str) -> None:
    target = await channel.get_exchange(exchange, ensure=False)
    await target.publish(aio_pika.Message(b"{}", delivery_mode=2), key)


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(lambda c: _publish(c, "muster.events", "vacancy.closed.v1"), id="forge"),
        pytest.param(lambda c: _publish(c, "careers.in", "vacancy.published.v1"), id="outside"),
        pytest.param(lambda c: _publish(c, "", "muster.intake"), id="straight into a queue"),
        pytest.param(lambda c: c.declare_queue("mine"), id="declare"),
        pytest.param(lambda c: _read(c, "muster.intake"), id="read another worker's queue"),
    ],
)
async def test_a_worker_is_refused(stack: Stack, attempt: Operation) -> None:
    connection = await aio_pika.connect(stack.broker_url("eligibility"))
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        with pytest.raises(aiormq.ChannelAccessRefused):
            await attempt(channel)


async def test_a_worker_may_publish_what_it_announces(stack: Stack) -> None:
    await _announce(stack)


async def test_the_step_after_an_upgrade_gives_a_running_broker_the_new_rights(
    stack: Stack,
) -> None:
    """It knows those of its last start, when a worker announced less."""
    may_publish = ("exec", "-T", "rabbitmq", "rabbitmqctl", "set_topic_permissions")
    stack.run(*may_publish, "muster_eligibility", "muster.events", "^less$", "^$")
    with pytest.raises(aiormq.ChannelAccessRefused):
        await _announce(stack)
    page = (ROOT / "docs" / "operating.md").read_text()
    [step] = re.findall(r"^docker compose exec (rabbitmq .+)$", page, re.MULTILINE)
    stack.run("exec", "-T", *step.split())
    await _announce(stack)


async def test_the_operator_may_publish_what_people_decide_and_no_more(stack: Stack) -> None:
    connection = await aio_pika.connect(stack.broker_url("operator"))
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await _publish(channel, "muster.events", "referral.resolved.v1")
        with pytest.raises(aiormq.ChannelAccessRefused):
            await _publish(channel, "muster.events", "eligibility.checked.v1")


async def _announce(stack: Stack) -> None:
    connection = await aio_pika.connect(stack.broker_url("eligibility"))
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await _publish(channel, "muster.events", "eligibility.checked.v1")


async def _read(channel: AbstractChannel, name: str) -> None:
    queue = await channel.get_queue(name, ensure=False)
    await queue.get(fail=False)

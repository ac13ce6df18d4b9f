"""The same promises are asked of our embedded broker and of a real RabbitMQ."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aio_pika
import aiormq
import pytest
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, AbstractQueue

from shared.embedded.broker import EmbeddedBroker

PATIENCE_SECONDS = 60


@pytest.fixture
async def embedded_url() -> AsyncIterator[str]:
    broker = EmbeddedBroker()
    yield await broker.start()
    await broker.stop()


@pytest.fixture(params=["embedded", "rabbitmq"])
def amqp(request: pytest.FixtureRequest) -> str:
    """The URL of a broker, of one kind and then of the other."""
    fixture = "embedded_url" if request.param == "embedded" else "amqp_url"
    return request.getfixturevalue(fixture)


class Bench:
    """A connection, a channel, and names nobody else uses; takes everything down again."""

    def __init__(self, url: str, connection: aio_pika.abc.AbstractConnection) -> None:
        self.url = url
        self.connection = connection
        self._mark = secrets.token_hex(4)
        self._queues: list[str] = []
        self._exchanges: list[str] = []

    def name(self, name: str) -> str:
        return f"{name}.{self._mark}"

    async def channel(self, **options: Any) -> aio_pika.abc.AbstractChannel:
        return await self.connection.channel(on_return_raises=True, **options)

    async def queue(
        self, name: str = "work", channel: aio_pika.abc.AbstractChannel | None = None, **arguments
    ) -> AbstractQueue:
        """Declare a durable quorum queue; `x_delivery_limit=3` stands for x-delivery-limit."""
        self._queues.append(self.name(name))
        dashed = {name.replace("_", "-"): value for name, value in arguments.items()}
        return await (channel or await self.channel()).declare_queue(
            self.name(name), durable=True, arguments={"x-queue-type": "quorum", **dashed}
        )

    async def exchange(
        self, name: str, kind: str = "topic", alternate: str | None = None
    ) -> AbstractExchange:
        self._exchanges.append(self.name(name))
        arguments = {"alternate-exchange": self.name(alternate)} if alternate else None
        return await (await self.channel()).declare_exchange(
            self.name(name), kind, durable=True, arguments=arguments
        )

    async def publish(self, body: bytes, routing_key: str | None = None, **properties) -> None:
        """Publish to a queue by its name, confirmed."""
        channel = await self.channel()
        message = aio_pika.Message(body, delivery_mode=2, **properties)
        key = routing_key or self.name("work")
        await channel.default_exchange.publish(message, key)
        await channel.close()

    async def count(self, name: str = "work") -> int:
        """Ask how many messages wait in a queue."""
        channel = await self.channel()
        found = await channel.declare_queue(self.name(name), passive=True)
        await channel.close()
        return found.declaration_result.message_count or 0

    async def count_becomes(self, expected: int, name: str = "work") -> None:
        await eventually(lambda: self.count(name), expected)

    async def tear_down(self) -> None:
        channel = await self.connection.channel()
        for queue in self._queues:
            await channel.queue_delete(queue)
        for exchange in self._exchanges:
            await channel.exchange_delete(exchange)


async def eventually(look: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Wait until a look shows what is expected."""
    seen = None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (seen := await look()) != expected:  # noqa: ASYNC110 - only the broker knows when
            await asyncio.sleep(0.02)
    assert seen == expected


@pytest.fixture
async def bench(amqp: str) -> AsyncIterator[Bench]:
    async with await aio_pika.connect(amqp) as connection:
        bench = Bench(amqp, connection)
        yield bench
        await bench.tear_down()


class Inbox:
    """Collects what a consumer is given."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    async def __call__(self, message: AbstractIncomingMessage) -> None:
        self._messages.put_nowait(message)

    async def next(self) -> AbstractIncomingMessage:
        return await asyncio.wait_for(self._messages.get(), PATIENCE_SECONDS)

    async def take(self, count: int) -> list[AbstractIncomingMessage]:
        return [await self.next() for _ in range(count)]

    @property
    def is_empty(self) -> bool:
        return self._messages.empty()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def new_inbox() -> type[Inbox]:
    return Inbox


async def closing_reason(channel: aio_pika.abc.AbstractChannel) -> BaseException | None:
    """Wait until the broker closes the channel, and return why."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            await channel.closed()
        except aiormq.exceptions.AMQPError as error:
            return error
    return None

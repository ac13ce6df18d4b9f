"""Exchanges, queues, bindings and broker users: made by deployment, never by a worker."""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import aio_pika
from aiormq.exceptions import ChannelPreconditionFailed

from shared.contracts import EVENTS, Exchange, FromPeople
from shared.messaging.subscription import Service
from shared.users import password_of, role_of

UNROUTED: Final = "careers.unrouted"
FUSE: Final = "muster.fuse"
CAREERS_SITE: Final = "careers_site"
OPERATOR: Final = "operator"
_VHOST: Final = "/"
CONNECT_SECONDS: Final = 10

# Explicit, because unset means 20 on RabbitMQ 4 and -1 dead-letters at once on 3.10. Attempts are
# counted in PostgreSQL; this is only the fuse behind it.
_DELIVERY_LIMIT: Final = 1000
_EXCHANGES: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    (UNROUTED, "fanout", {}),
    (FUSE, "direct", {}),
    (Exchange.CAREERS.value, "topic", {"alternate-exchange": UNROUTED}),
    (Exchange.MUSTER.value, "topic", {}),
)


class DeclaredOtherwise(Exception):  # noqa: N818 - it names what the queue is
    """A queue that the broker has already, with other arguments than ours."""


def fuse_of(service: Service) -> str:
    """Name the queue that catches what the broker itself would have dropped."""
    return f"{service.queue}.fuse"


def _queues(services: Iterable[Service]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every queue with its arguments; a fuse tries as often: what it gives up is gone."""
    limited: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": _DELIVERY_LIMIT}
    for service in services:
        dead_letters = {
            "x-dead-letter-exchange": FUSE,
            "x-dead-letter-routing-key": service.queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        yield service.queue, limited | dead_letters
        yield fuse_of(service), limited


def _bindings(services: Iterable[Service]) -> list[tuple[str, str, str]]:
    """List every (exchange, queue, routing key); a mistyped key of the outside goes to intake."""
    bindings = [
        (subscription.event.exchange.value, service.queue, subscription.event.type)
        for service in services
        for subscription in service.subscriptions
    ]
    bindings += [(FUSE, fuse_of(service), service.queue) for service in services]
    bindings += [
        (UNROUTED, fuse_of(service), "") for service in services if service.name == "intake"
    ]
    return bindings


def routed_types(services: Iterable[Service]) -> frozenset[str]:
    """Name the event types that some service hears; all others go to the history only."""
    return frozenset(s.event.type for service in services for s in service.subscriptions)


async def declare(amqp_url: str, services: Iterable[Service]) -> None:
    """Declare everything over AMQP; harmless when it is there already.

    Raises DeclaredOtherwise when a queue exists with other arguments.
    """
    services = tuple(services)
    connection = await aio_pika.connect(amqp_url, timeout=CONNECT_SECONDS)
    async with connection:
        channel = await (await connection.channel()).get_underlay_channel()
        for name, kind, arguments in _EXCHANGES:
            await channel.exchange_declare(
                name, exchange_type=kind, durable=True, arguments=arguments
            )
        for name, arguments in _queues(services):
            try:
                await channel.queue_declare(name, durable=True, arguments=arguments)
            except ChannelPreconditionFailed as error:
                message = (
                    f"the broker has {name} with other arguments: {error}. While it is empty,"
                    f" delete it (rabbitmqctl delete_queue {name}) and try again"
                )
                raise DeclaredOtherwise(message) from error
        for exchange, queue, key in _bindings(services):
            await channel.queue_bind(queue, exchange, routing_key=key)


def definitions(services: Iterable[Service], secret: str, admin_password: str) -> dict[str, Any]:
    """Write a RabbitMQ definitions file: the topology, and one least-privileged user per worker.

    A worker may read its own two queues and publish, on our exchange alone, the types it
    announces; the careers site may publish its own types on its own exchange, and the operator,
    which is the console, what people decide. Nobody but the administrator may configure anything.
    """
    services = tuple(services)
    return {
        "vhosts": [{"name": _VHOST}],
        **_rights(services, secret, admin_password),
        "exchanges": [
            _durable(name, type=kind, internal=False, arguments=arguments)
            for name, kind, arguments in _EXCHANGES
        ],
        "queues": [_durable(name, arguments=arguments) for name, arguments in _queues(services)],
        "bindings": [
            {
                "source": exchange,
                "vhost": _VHOST,
                "destination": queue,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for exchange, queue, key in _bindings(services)
        ],
    }


def _durable(name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"name": name, "vhost": _VHOST, "durable": True, "auto_delete": False, **fields}


def _rights(services: tuple[Service, ...], secret: str, admin_password: str) -> dict[str, Any]:
    """Write users, permissions and topic permissions."""
    outside = [name for name, event in EVENTS.items() if event.exchange is Exchange.CAREERS]
    people = [name for name, event in EVENTS.items() if issubclass(event, FromPeople)]
    users = [_user("muster", admin_password, "administrator")]
    permissions = [_permission("muster", configure=".*", write=".*", read=".*")]
    topics = []
    for name, exchange, types, read in (
        (CAREERS_SITE, Exchange.CAREERS, outside, "^$"),
        (OPERATOR, Exchange.MUSTER, people, "^$"),
        *(
            (
                s.name,
                Exchange.MUSTER,
                [event.type for event in s.announces],
                rf"^{re.escape(s.queue)}(\.fuse)?$",
            )
            for s in services
        ),
    ):
        user = name if name in {CAREERS_SITE, OPERATOR} else role_of(name)
        users.append(_user(user, password_of(name, secret), ""))
        write = f"^{re.escape(exchange)}$"
        permissions.append(_permission(user, configure="^$", write=write, read=read))
        topics.append(
            {
                "user": user,
                "vhost": _VHOST,
                "exchange": exchange.value,
                "write": "^(" + "|".join(map(re.escape, types)) + ")$",
                "read": "^$",
            }
        )
    return {"users": users, "permissions": permissions, "topic_permissions": topics}


def _user(name: str, password: str, tags: str) -> dict[str, str]:
    return {
        "name": name,
        "password_hash": _hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _permission(name: str, **rights: str) -> dict[str, str]:
    return {"user": name, "vhost": _VHOST, **rights}


def _hash(password: str) -> str:
    """Hash a password as RabbitMQ stores it: base64(salt + sha256(salt + password))."""
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()

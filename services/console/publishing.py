"""Publishing what a person decided, from the console to whoever hears it."""

from collections.abc import Sequence

from shared.contracts import Event, Exchange, Payload
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.settings import settings


class NoBroker(Exception):  # noqa: N818 - it names what is the matter
    """What was decided could not be published; says what to do about it."""


async def publish(events: Sequence[Event[Payload]]) -> None:
    """Publish to our own exchange; the same event twice is harmless, so a failure is tried again.

    Raises NoBroker.
    """
    if not settings().amqp_url:
        raise NoBroker("set AMQP_URL to the broker of the workers; nothing has been changed")
    publisher = Publisher(settings().amqp_url)
    try:
        outgoing = [Outgoing(event.id, event.type, event.to_json()) for event in events]
        confirmed = await publisher.publish(outgoing, Exchange.MUSTER)
    finally:
        await publisher.close()
    if len(confirmed) < len(events):
        raise NoBroker(
            f"the broker took {len(confirmed)} of {len(events)} events; run the command again"
        )

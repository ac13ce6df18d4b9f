"""Publishing what a person decided, from the console to whoever hears it."""

from collections.abc import Sequence
from typing import TypeVar

from shared.contracts import Event, FromPeople, event_id
from shared.contracts.envelope import envelope
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from shared.settings import settings

D = TypeVar("D", bound=FromPeople)


class NoBroker(Exception):  # noqa: N818 - it names what is the matter
    """What was decided could not be published; says what to do about it."""


def signed(decision: D) -> Event[D]:
    """Put a decision into its envelope: the same decision has the same id."""
    event: Event[D] = envelope(type(decision))(
        id=event_id(f"{decision.by} {decision.decided_at.isoformat()}", decision),
        source="muster/console",
        type=decision.type,
        subject=decision.subject,
        time=decision.decided_at,
        data=decision,
    )
    return event


def broker() -> str:
    """Tell where to publish. Raises NoBroker."""
    if not settings().amqp_url:
        raise NoBroker("Set AMQP_URL to the broker's URL for the operator; nothing is decided.")
    return settings().amqp_url


async def publish(decisions: Sequence[FromPeople]) -> None:
    """Publish, and wait for the broker's word. Raises NoBroker."""
    events = [signed(decision) for decision in decisions]
    async with Publisher(broker()) as publisher:
        sent = await publisher.publish([Outgoing(e.id, e.type, e.to_json()) for e in events])
    if len(sent) < len(events):
        raise NoBroker(
            f"The broker confirmed {len(sent)} of {len(events)} decisions. "
            "Is AMQP_URL the operator's? Try again."
        )

"""What notifications know of an application, with defaults."""

from collections.abc import Collection
from typing import Final

from services.notifications.decisions import Ignored, Message, Standing, Tell
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind

ACKNOWLEDGED: Final = Message(MessageKind.ACKNOWLEDGEMENT)


def known(
    *planned: Message,
    sequence: int = 1,
    stage: Stage = Stage.RECEIVED,
    overtaken: Collection[Message] = (),
    waiting: Collection[Message] = (),
) -> Standing:
    """Somebody who has been acknowledged, and for whom these letters were planned since."""
    both = frozenset(overtaken), frozenset(waiting)
    return Standing(sequence, stage, (ACKNOWLEDGED, *planned), *both)


def letters_of(verdict: Tell | Ignored) -> tuple[Message, ...] | Ignored:
    """What is told, whenever, or why nothing is."""
    return tuple(verdict.messages) if isinstance(verdict, Tell) else verdict

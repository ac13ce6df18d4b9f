"""How a service says what it hears and what runs beside it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from shared.contracts import Payload
from shared.messaging.batch import Batch
from shared.postgres import Database, Transaction

P = TypeVar("P", bound=Payload)

Handler: TypeAlias = Callable[[Batch[P], Transaction], Awaitable[None]]
Prepare: TypeAlias = Callable[[Batch[P], Database], Awaitable[Mapping[UUID, Any]]]
Loop: TypeAlias = Callable[[Database], Awaitable[None]]
WarmUp: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription(Generic[P]):
    """When this event, then that handler.

    `prepare` does, before the transaction and concurrently, work that nobody notices twice; the
    handler finds its results in `batch.prepared`. `max_batch` bounds the batch where preparing is
    slow.
    """

    event: type[P]
    handler: Handler[P]
    prepare: Prepare[P] | None = None
    max_batch: int = 200


@dataclass(frozen=True, slots=True)
class Service:
    """One worker: its name (also its schema, queue and roles), what it hears and may announce.

    The broker lets its user publish `announces` and nothing else. `loops` run beside the messages.
    `warm_up` is done before the first message: the time it takes must be no message's attempt.
    """

    name: str
    subscriptions: tuple[Subscription[Any], ...]
    announces: tuple[type[Payload], ...] = ()
    loops: tuple[Loop, ...] = ()
    warm_up: WarmUp | None = None

    @property
    def queue(self) -> str:
        """The one queue this service consumes."""
        return f"muster.{self.name}"

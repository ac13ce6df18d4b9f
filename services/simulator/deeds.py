"""One thing that somebody outside does, and everything that is done at one instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from services.simulator.files import File
from shared.contracts import Payload
from shared.contracts.applications import Documents
from shared.contracts.envelope import NAMESPACE

BEFORE_PUBLISHING: Final = timedelta(seconds=20)
"""How long ago it is done when the event about it is published."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One event to publish, after the files that it describes have been stored.

    Its id derives from `name` and the run's seed: publishing it again is harmless.
    """

    name: str
    write: Callable[[Documents], Payload]
    files: tuple[File, ...] = ()

    def event_id(self, seed: int) -> UUID:
        """Name the event, the same in every run with this seed."""
        return uuid5(NAMESPACE, f"simulator {seed} {self.name}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that is published at one instant."""

    at: datetime
    deeds: tuple[Deed, ...]

    @property
    def name(self) -> str:
        """Tell this entry from all others, also after a kill and a resume."""
        return f"{self.at.isoformat()} {self.deeds[0].name}"

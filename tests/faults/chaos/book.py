"""The ledger itself: its columns, and which of them must be empty."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

SET_BACK: Final = timedelta(days=1)
"""By how much the claims of the dead look older after a run's last kill, so that they are over."""


@dataclass(frozen=True)
class Struck:
    """When we killed a worker, when each other fault began and was over, and how many stood still.

    By the clock on the wall, as what the database writes down.
    """

    deaths: tuple[datetime, ...] = ()
    faults: tuple[tuple[datetime, datetime], ...] = ()
    freezes: int = 0

    @property
    def longest(self) -> timedelta:
        """How long the longest fault lasted."""
        return max((over_at - began_at for began_at, over_at in self.faults), default=timedelta())


@dataclass
class Ledger:
    """Lists that must be empty, and three that a person would look at."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    double_booked: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    rejected_by_fault: list[str] = field(default_factory=list)
    unknown_mails: list[str] = field(default_factory=list)
    past_interviews: list[str] = field(default_factory=list)
    to_a_person_by_fault: list[str] = field(default_factory=list)
    explained_held: Counter[str] = field(default_factory=Counter)
    mail_states: Counter[str] = field(default_factory=Counter)

    @property
    def must_be_empty(self) -> Mapping[str, list[str]]:
        """What does not add up, by the name of its column, worst first."""
        return {
            "lost": self.lost,
            "duplicated": self.duplicated,
            "double-booked": self.double_booked,
            "unexplained": self.unexplained,
            "rejected by a fault": self.rejected_by_fault,
        }

    @property
    def is_clean(self) -> bool:
        """Whether everything adds up."""
        return not any(self.must_be_empty.values())

    @property
    def everything(self) -> list[str]:
        """All entries, worst first."""
        return [
            *chain.from_iterable(self.must_be_empty.values()),
            *self.unknown_mails,
            *self.past_interviews,
            *self.to_a_person_by_fault,
        ]

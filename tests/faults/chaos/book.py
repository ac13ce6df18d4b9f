"""The ledger itself: its columns, and which of them must be empty."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Struck:
    """How often a fault may have ended what a worker had in hand, and how often it stood still."""

    deaths: int
    freezes: int


@dataclass
class Ledger:
    """Lists that must be empty, and two that need not be: `unknown` and `to_a_person`."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    double_booked: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    rejected_by_fault: list[str] = field(default_factory=list)
    unknown_mails: list[str] = field(default_factory=list)
    to_a_person_by_fault: list[str] = field(default_factory=list)
    explained_held: Counter[str] = field(default_factory=Counter)
    mail_states: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether everything adds up."""
        return not (
            self.lost
            or self.duplicated
            or self.double_booked
            or self.unexplained
            or self.rejected_by_fault
        )

    @property
    def everything(self) -> list[str]:
        """All entries, worst first."""
        return [
            *self.lost,
            *self.duplicated,
            *self.double_booked,
            *self.unexplained,
            *self.rejected_by_fault,
            *self.unknown_mails,
            *self.to_a_person_by_fault,
        ]

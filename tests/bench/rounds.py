"""Rounds: everybody in turn, again and again, and no round counts that the host disturbed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

_WORST_STEAL: Final = 0.10


class Measured(Protocol):
    """What a run found out; `steal` is the share of the CPU that the host took away meanwhile."""

    @property
    def steal(self) -> float: ...


M = TypeVar("M", bound=Measured)
Say = Callable[[str], None]


class Disturbed(Exception):  # noqa: N818 - it says what is the matter
    """The host stole too much in too many rounds: there is no figure."""


@dataclass(frozen=True, slots=True)
class Rounds(Generic[M]):
    """The rounds that count: what each of those who ran measured."""

    kept: list[dict[str, M]]
    discarded: int

    def of(self, name: str) -> list[M]:
        return [one[name] for one in self.kept]

    def ratios(self, name: str, other: str, figure: Callable[[M], float]) -> list[float]:
        """Compare two within each round, which nobody else's noise can reach."""
        return [figure(one[name]) / figure(one[other]) for one in self.kept]

    @property
    def remark(self) -> str:
        """How many rounds there were, and how much of them the host took."""
        worst = max(run.steal for one in self.kept for run in one.values())
        return f"{len(self.kept)} rounds, {self.discarded} discarded, steal up to {worst:.1%}"


async def in_turn(
    runs: Mapping[str, Callable[[int], Awaitable[Any]]], wanted: int, say: Say, extra: int
) -> Rounds[Any]:
    """Let everybody run once a round, in an order that rotates, until `wanted` rounds count.

    Each run gets the round's number, for a seed of its own. At most `extra` rounds take the place
    of others; fewer than wanted give no figure: nobody may choose which of them to believe.
    """
    kept: list[dict[str, Any]] = []
    number = 0
    while len(kept) < wanted:
        if number - len(kept) > extra:
            raise Disturbed(f"only {len(kept)} of {wanted} rounds counted")
        names = list(runs)
        shift = number % len(names)
        found = {name: await runs[name](number) for name in names[shift:] + names[:shift]}
        worst = max(measured.steal for measured in found.values())
        if worst > _WORST_STEAL:
            say(f"round {number} discarded: {worst:.0%} of the CPU was stolen by the host")
        else:
            kept.append(found)
        number += 1
    return Rounds(kept, number - len(kept))

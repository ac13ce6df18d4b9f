"""What the legs found: figures against their targets, and series to be drawn."""

from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any, Final


class Verdict(StrEnum):
    """How a measurement stands to its targets."""

    AIM = "aim met"
    MUST = "must met"
    MISSED = "MISSED"
    NONE = "not measured"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a figure; `is_least` says that it must be at least that, not at most."""

    must: float
    aim: float
    unit: str = "x"
    is_least: bool = False

    def judge(self, measured: float) -> Verdict:
        if self._meets(measured, self.aim):
            return Verdict.AIM
        return Verdict.MUST if self._meets(measured, self.must) else Verdict.MISSED

    def _meets(self, measured: float, bound: float) -> bool:
        return measured >= bound if self.is_least else measured <= bound

    def written(self, bound: float) -> str:
        return f"{'≥' if self.is_least else '≤'} {bound:g} {self.unit}"


MEMORY: Final = Target(120, 80, "MB")  # of any process of workers


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `spread` is the lowest and the highest of the rounds.

    A row without a target is there to be known; it names its `unit` itself.
    """

    what: str
    target: Target | None
    measured: float | None
    spread: tuple[float, float] | None = None
    note: str = ""
    unit: str = ""

    @property
    def verdict(self) -> Verdict | None:
        if self.measured is None:
            return Verdict.NONE
        return self.target.judge(self.measured) if self.target else None

    @property
    def has_missed_aim(self) -> bool:
        """Whether it was measured and is not as good as was hoped."""
        return self.verdict in {Verdict.MUST, Verdict.MISSED}

    @property
    def by_how_much(self) -> str:
        """Name it beside its aim."""
        assert self.target is not None
        assert self.measured is not None
        aim = self.target.written(self.target.aim)
        return f"{self.what}, {short(self.measured)} {self.target.unit} instead of {aim}"

    @property
    def written(self) -> str:
        """The figure, with its range over the rounds."""
        if self.measured is None:
            return self.note or "-"
        unit = self.target.unit if self.target else self.unit
        text = f"{short(self.measured)} {unit}".strip()
        if self.spread:
            text += f" ({short(self.spread[0])}-{short(self.spread[1])})"
        return text


def over_rounds(
    what: str, target: Target | None, figures: list[float], note: str = "", unit: str = ""
) -> Row:
    """Make a row of what the rounds found: their median, and how far they lie apart."""
    spread = (min(figures), max(figures)) if len(figures) > 1 else None
    return Row(what, target, median(figures), spread, note, unit)


@dataclass
class Findings:
    """Everything one call of the bench found out."""

    rows: list[Row] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    plots: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def has_missed(self) -> bool:
        """Whether a figure missed what it must be, or was not found at all."""
        return any(row.verdict in {Verdict.MISSED, Verdict.NONE} for row in self.rows)

    def add(self, other: "Findings") -> None:
        self.rows += other.rows
        self.tables |= other.tables
        self.plots |= other.plots
        self.remarks += other.remarks


def short(value: float) -> str:
    """Write a figure with as many digits as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

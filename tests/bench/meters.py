"""CPU by group of processes, steal, and what the database did meanwhile."""

import contextlib
import statistics
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from shared import clock

GROUPS = ("python", "postgres", "rabbitmq")
_CHILD = ": its heaviest child"


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU by group since their processes began, and of the whole machine."""

    at: float
    groups: dict[str, float]
    driver: float
    stolen: float
    total: float

    def since(self, before: "Cpu") -> "Cpu":
        """Return what has been used since `before`."""
        return Cpu(
            self.at - before.at,
            {name: self.groups[name] - before.groups[name] for name in self.groups},
            self.driver - before.driver,
            self.stolen - before.stolen,
            self.total - before.total,
        )

    @property
    def steal(self) -> float:
        """The share of the machine's time that its host gave to others."""
        return self.stolen / self.total if self.total else 0.0


def read_cpu(groups: dict[str, Iterable[int]], left_out: Collection[int] = ()) -> Cpu:
    """Add up each group's processes and all that they have started.

    A process counts its ended children itself. `left_out` are backends of the driver.
    """
    with Path("/proc/stat").open() as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    hertz = 100
    return Cpu(
        clock.monotonic(),
        {name: sum(cpu_of_tree(pid, left_out) for pid in pids) for name, pids in groups.items()},
        sum(psutil.Process().cpu_times()[:2]),
        ticks[7] / hertz,
        sum(ticks) / hertz,
    )


def cpu_of_tree(pid: int, left_out: Collection[int] = ()) -> float:
    """Seconds of CPU of a process and all that it has started."""
    root = psutil.Process(pid)
    used = 0.0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.pid not in left_out:
                used += sum(process.cpu_times()[:4])
    return used


def resident_mb(pid: int) -> float:
    """Memory of one process now."""
    return psutil.Process(pid).memory_info().rss / 2**20


def most_resident_mb(pid: int) -> float:
    """The most memory that one process ever had, as its kernel remembers."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 2**10


def weights_of(title: str, pid: int) -> Iterator[tuple[str, float]]:
    """Weigh a process, and the heaviest living child if it has one, at their worst."""
    yield title, most_resident_mb(pid)
    if children := psutil.Process(pid).children(recursive=True):
        yield f"{title}{_CHILD}", max(most_resident_mb(child.pid) for child in children)


def heaviest(weights: dict[str, float], *, is_child: bool = False) -> float:
    """Return the weight of the heaviest process of workers, or of the heaviest child."""
    return max(mb for title, mb in weights.items() if title.endswith(_CHILD) is is_child)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

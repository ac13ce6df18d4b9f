"""The pictures of docs/performance.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "muster"  # the same figures give the same file

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of the backend

from tests.bench.meters import GROUPS  # noqa: E402


def draw(plots: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what was measured; returns the files."""
    painters = {"cost": _cost, "load": _load, "history": _history, "memory": _memory}
    return [painter(plots[name], folder) for name, painter in painters.items() if name in plots]


def _cost(costs: Mapping[str, Mapping[str, float]], folder: Path) -> Path:
    figure, axes = plt.subplots(figsize=(8, 0.6 * len(costs) + 1.4))
    titles = list(costs)
    left = [0.0] * len(titles)
    for group in GROUPS:
        widths = [costs[title][group] for title in titles]
        axes.barh(titles, widths, left=left, label=group)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("µs of CPU per durable hop")
    axes.legend()
    return _save(figure, folder / "cost-per-hop.svg")


def _load(series: Mapping[str, list[dict[str, float]]], folder: Path) -> Path:
    """Draw what came out, and how long it took, against what was offered."""
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(8, 6))
    for title, points in series.items():
        offered = [point["offered"] for point in points]
        above.plot(offered, [point["done"] for point in points], "o-", label=title)
        below.plot(offered, [point["p50"] for point in points], "o-", label=f"{title}, p50")
        below.plot(offered, [point["p99"] for point in points], "x--", label=f"{title}, p99")
    above.set_ylabel("applications/s done")
    below.set_ylabel("ms from intended send")
    below.set_yscale("log")
    below.set_xscale("log")
    above.set_yscale("log")
    below.set_xlabel("applications/s offered")
    above.legend()
    below.legend()
    return _save(figure, folder / "load.svg")


def _history(points: list[tuple[int, float]], folder: Path) -> Path:
    figure, axes = plt.subplots(figsize=(8, 3.5))
    axes.plot([size for size, _ in points], [cost for _, cost in points], "o-")
    axes.set_xlabel("applications in the history")
    axes.set_ylabel("µs of CPU per application")
    axes.set_ylim(bottom=0)
    return _save(figure, folder / "cost-against-history.svg")


def _memory(points: list[tuple[int, float]], folder: Path) -> Path:
    figure, axes = plt.subplots(figsize=(8, 3.5))
    axes.plot([count for count, _ in points], [size for _, size in points], "-")
    axes.set_xlabel("messages handled by one process")
    axes.set_ylabel("resident MB")
    axes.set_ylim(bottom=0)
    return _save(figure, folder / "memory.svg")


def _save(figure: Any, path: Path) -> Path:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path

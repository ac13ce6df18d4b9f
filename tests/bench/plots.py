"""The pictures of docs/performance.md."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams |= {
    "svg.hashsalt": "muster",  # the same figures give the same file
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "legend.frameon": False,
}

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of the backend
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator  # noqa: E402

from tests.bench.findings import MEMORY  # noqa: E402
from tests.bench.meters import GROUPS  # noqa: E402

CAPTIONS: Final = {
    "cost-per-hop": "CPU for one durable hop, by group of processes",
    "load": "Throughput and latency against load",
    "cost-against-history": "CPU for one application against the length of the history",
    "memory": "Memory of one process over many messages",
}
_GROUP_COLOURS: Final = dict(zip(GROUPS, ("#4477aa", "#66ccee", "#ee6677"), strict=True))
_COLOURS: Final = ("#4477aa", "#228833", "#cc6677")
_PLAIN: Final = FuncFormatter(lambda value, _: f"{value:,.10g}")


def draw(plots: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what was measured; returns the files."""
    painters: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "cost": ("cost-per-hop", _cost),
        "load": ("load", _load),
        "history": ("cost-against-history", _history),
        "memory": ("memory", _memory),
    }
    drawn = []
    for name, (stem, painter) in painters.items():
        if name in plots:
            figure = painter(plots[name])
            figure.suptitle(CAPTIONS[stem], x=0.01, ha="left", fontweight="bold")
            figure.savefig(folder / f"{stem}.svg", metadata={"Date": None}, facecolor="white")
            plt.close(figure)
            drawn.append(folder / f"{stem}.svg")
    return drawn


def _cost(costs: Mapping[str, Mapping[str, float]]) -> Any:
    figure, axes = plt.subplots(figsize=(8, 0.5 * len(costs) + 1.6), layout="constrained")
    titles = list(costs)
    left = [0.0] * len(titles)
    for group in GROUPS:
        widths = [costs[title][group] for title in titles]
        axes.barh(titles, widths, left=left, label=group, color=_GROUP_COLOURS[group], height=0.65)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for title, total in zip(titles, left, strict=True):
        axes.text(total, title, f"  {total:,.0f}", va="center")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(right=1.12 * max(left))
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.set_xlabel("µs of CPU for one hop (median of the rounds)")
    figure.legend(loc="outside lower center", ncols=len(GROUPS))
    return figure


def _load(series: Mapping[str, list[list[float]]]) -> Any:
    """Draw what came out, and how long it took, against what was offered."""
    figure, (above, below) = plt.subplots(
        2, 1, sharex=True, figsize=(8, 7.4), layout="constrained", height_ratios=(2, 3)
    )
    loads = [point[0] for points in series.values() for point in points]
    ends = [min(loads), max(loads)]
    above.plot(ends, ends, ":", color="grey", label="as much as is offered")
    for (title, points), colour in zip(series.items(), _COLOURS, strict=True):
        offered, done, p50, p99 = zip(*points, strict=True)
        above.plot(offered, done, "o-", color=colour, label=title)
        below.plot(offered, p50, "o-", color=colour)
        below.plot(offered, p99, "x--", color=colour)
    for style, name in (("o-", "p50"), ("x--", "p99")):
        below.plot([], [], style, color="grey", label=name)
    for axes in (above, below):
        axes.set(xscale="log", yscale="log")
    for axes in (above, below):
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(_PLAIN)
            axis.set_minor_locator(NullLocator())
    above.set_ylabel("applications/s done")
    below.set_ylabel("ms over three hops, from\nthe intended time of sending")
    below.set_xlabel("applications/s offered")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _history(groups: Mapping[str, list[list[float]]]) -> Any:
    figure, axes = plt.subplots(figsize=(8, 3.8), layout="constrained")
    sizes = [f"{size:,.0f}" for size, _ in groups[GROUPS[0]]]
    bottom = [0.0] * len(sizes)
    for group in GROUPS:
        heights = [cost / 1e3 for _, cost in groups[group]]
        axes.bar(sizes, heights, 0.5, bottom, label=group, color=_GROUP_COLOURS[group])
        bottom = [a + b for a, b in zip(bottom, heights, strict=True)]
    for size, total in zip(sizes, bottom, strict=True):
        axes.text(size, total, f"{total:,.1f}", ha="center", va="bottom")
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("applications in the history")
    axes.set_ylabel("ms of CPU for one application")
    axes.set_ylim(top=1.1 * max(bottom))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)
    return figure


def _memory(points: list[list[float]]) -> Any:
    figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
    counts, sizes = zip(*points, strict=True)
    axes.plot(counts, sizes, "o-", color=_COLOURS[0])
    for bound, name in ((MEMORY.must, "must"), (MEMORY.aim, "aim")):
        axes.axhline(bound, linestyle="--", color="grey")
        axes.text(counts[-1], bound + 2, name, ha="right", color="grey")
    axes.set_xlabel("messages handled by the process")
    axes.set_ylabel("resident MB")
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.set_ylim(0, 1.15 * max(MEMORY.must, *sizes))
    return figure

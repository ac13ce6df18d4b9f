"""The table for the terminal; docs/performance.md with its pictures, and the README's table."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.contestants import PEERS
from tests.bench.disk import Disk
from tests.bench.findings import Findings, Row, Verdict
from tests.bench.ground import ROOT, Ground
from tests.bench.plots import CAPTIONS, draw
from tests.bench.proof import settings_of
from tests.bench.reasons import explained, named
from tests.support.sections import marked, write_section

_FOLDER: Final = ROOT / "docs" / "performance"
_PAGE: Final = ROOT / "docs" / "performance.md"
_README: Final = ROOT / "README.md"
_SECTION: Final = "bench"
_MISSED: Final = "missed"
_PACKAGES: Final = (
    "aio-pika", "asyncpg", "pydantic", "uvloop", "faststream", "celery", "dramatiq", "taskiq",
    "taskiq-aio-pika", "psycopg",
)  # fmt: skip
_PREFACE: Final = (
    "Written by `./muster bench`. What can be is a ratio within one run on one machine; rates by "
    "themselves say more about the machine. How it is measured, and why nobody "
    "could cheat: [tests/bench](../tests/bench/README.md)."
)
_PARTICIPANTS: Final = (
    "Durable quorum queues, persistent messages, publisher confirms, acknowledgement after the "
    "commit, two processes and fsync for everybody. The peers write no outbox row, so a crash "
    "between commit and publish would cost them a message: that is in their favour. We run as "
    "`./muster work` does; the floor is "
    "[a program of its own](../tests/bench/contenders/floor.py). Of each peer: how it is started, "
    "and what [its program](../tests/bench/contenders) sets."
)
_SERVERS: Final = (
    "What the servers answered when asked. Before every run the bench also makes sure that no "
    "role, database or table has a setting of its own; after it, that every queue is a durable "
    "quorum queue, that every message was published on a channel in confirm mode, that every "
    "delivery was acknowledged by a consumer and not by the broker itself, and that every "
    "transaction of a message waited for the disk."
)
_COLOURS: Final = {Verdict.AIM: "green", Verdict.MUST: "yellow", Verdict.MISSED: "red"}
_HEADINGS: Final = ("", "must", "aim", "measured (range of the rounds)", "verdict")


def show(findings: Findings, console: Console) -> None:
    """Print the one table, and the details below it."""
    table = Table(*_HEADINGS, title="./muster bench")
    for row in findings.rows:
        *cells, verdict = _cells(row)
        colour = _COLOURS.get(row.verdict) if row.verdict else None
        table.add_row(*cells, f"[{colour}]{verdict}[/]" if colour else verdict)
    console.print(table)
    for title, wide in findings.tables.items():
        lines = _upright(wide)
        detail = Table(*map(str, lines[0]), title=title)
        for line in lines:
            detail.add_row(*(str(value) for value in line.values()))
        console.print(detail)
    for remark in findings.remarks:
        console.print(remark)


async def write(ground: Ground, findings: Findings) -> Path:
    """Write the page and the README's table."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    plots = draw(findings.plots, _FOLDER)
    targets = _markdown([dict(zip(_HEADINGS, _cells(row), strict=True)) for row in findings.rows])
    missed = [row for row in findings.rows if row.has_missed_aim]
    server = await settings_of(ground.postgres.url)
    parts = [
        "# Performance",
        _PREFACE,
        marked(_SECTION, targets),
        *([f"## Aims missed, and why\n\n{explained(missed)}"] if missed else []),
        *(f"![{CAPTIONS[path.stem]}](performance/{path.name})" for path in plots),
        *(
            f"## {title}\n\n{_markdown(_upright(lines))}"
            for title, lines in findings.tables.items()
        ),
        "## The runs\n\n" + "\n".join(f"- {remark}" for remark in findings.remarks),
        f"## Machine and versions\n\n{_listed(_machine(ground))}",
        f"## Server settings\n\n{_SERVERS}\n\n{_listed(server)}",
        f"## Settings of all who took part\n\n{_PARTICIPANTS}",
        *(f"### {peer.title}\n\n{peer.settings()}" for peer in PEERS),
    ]
    _PAGE.write_text("\n\n".join(parts) + "\n")
    write_section(_README, _SECTION, targets)
    write_section(_README, _MISSED, named(missed))
    return _PAGE


def _upright(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn a table that is wider than long, so that it fits a terminal."""
    names = list(lines[0])
    if len(names) <= max(3, len(lines)):
        return lines
    columns = [str(line[names[0]]) for line in lines]
    return [
        {names[0]: name} | dict(zip(columns, (line[name] for line in lines), strict=True))
        for name in names[1:]
    ]


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    must = row.target.written(row.target.must) if row.target else ""
    aim = row.target.written(row.target.aim) if row.target else ""
    written = row.written + (f"; {row.note}" if row.note and row.measured is not None else "")
    return row.what, must, aim, written, row.verdict or ""


def _markdown(lines: Sequence[dict[str, Any]]) -> str:
    rows = [list(map(str, lines[0])), ["---"] * len(lines[0])]
    rows += [[str(value) for value in line.values()] for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _listed(facts: dict[str, str]) -> str:
    return _markdown([{"what": name, "value": value} for name, value in facts.items()])


def _machine(ground: Ground) -> dict[str, str]:
    memory = psutil.virtual_memory().total / 2**30
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "disk": str(Disk.measured(ground.postgres_folder)),
        "system": platform.platform(),
        "Python": platform.python_version(),
        "broker": ground.rabbit.title,
        "database": ground.postgres.title,
        **{name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()

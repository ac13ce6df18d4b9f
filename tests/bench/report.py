"""The table for the terminal, and docs/performance.md with its plots."""

import os
import pickle
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table

from shared import clock
from shared.settings import settings
from tests.bench.contestants import ALL
from tests.bench.findings import Findings, Row, Verdict
from tests.bench.ground import ROOT, Ground
from tests.bench.plots import draw

_FOLDER: Final = ROOT / "docs" / "performance"
_PAGE: Final = ROOT / "docs" / "performance.md"
_KEPT: Final = settings().home / "bench"
_PACKAGES: Final = (
    "aio-pika", "asyncpg", "pydantic", "uvloop", "faststream", "celery", "dramatiq", "taskiq",
    "taskiq-aio-pika", "psycopg",
)  # fmt: skip
_PREFACE: Final = (
    "Written by `./muster bench`. Everything is a ratio within one interleaved run on one "
    "machine; rates by themselves say more about the machine. How it is measured, and why nobody "
    "could cheat: [tests/bench](../tests/bench/README.md)."
)
_PARTICIPANTS: Final = (
    "Durable quorum queues, persistent messages, publisher confirms, acknowledgement after the "
    "commit, two processes and fsync for everybody. The peers write no outbox row, so a crash "
    "between commit and publish would cost them a message: that is in their favour."
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


def keep(leg: str, findings: Findings) -> None:
    """Remember what a leg found, so that legs may be run one at a time."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    (_KEPT / leg).write_bytes(pickle.dumps((clock.utc_now(), findings)))


def write(legs: Sequence[str], ground: Ground) -> Path:
    """Write the page from the last full run of each leg."""
    findings = Findings()
    for leg in legs:
        if (_KEPT / leg).exists():
            at, found = pickle.loads((_KEPT / leg).read_bytes())
            findings.add(found)
            findings.remarks.append(f"{leg}: measured on {at:%d %B %Y at %H:%M} UTC")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    plots = draw(findings.plots, _FOLDER)
    parts = [
        "# Performance",
        _PREFACE,
        _markdown([dict(zip(_HEADINGS, _cells(row), strict=True)) for row in findings.rows]),
        "\n".join(f"- {remark}" for remark in findings.remarks),
        *(
            f"## {title}\n\n{_markdown(_upright(lines))}"
            for title, lines in findings.tables.items()
        ),
        *(f"![{path.stem}](performance/{path.name})" for path in plots),
        f"## Machine and versions\n\n{_markdown(_machine(ground))}",
        f"## Settings of all who took part\n\n{_PARTICIPANTS}\n\n"
        + _markdown([{"system": c.title, "settings": c.peer_settings} for c in ALL]),
    ]
    _PAGE.write_text("\n\n".join(parts) + "\n")
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


def _machine(ground: Ground) -> list[dict[str, Any]]:
    memory = psutil.virtual_memory().total / 2**30
    facts = {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "broker": ground.rabbit.title,
        "database": ground.postgres.title,
        "one fdatasync": _fdatasync(),
        **{name: version(name) for name in _PACKAGES},
    }
    return [{"what": name, "value": value} for name, value in facts.items()]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _fdatasync() -> str:
    """Time the disk itself: a machine that does not wait for it flatters small transactions."""
    program = next(Path("/usr/lib/postgresql").glob("*/bin/pg_test_fsync"), None)
    if program is None:
        return "not measured: no pg_test_fsync"
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    done = subprocess.run(
        [program, "-s", "1", "-f", folder / "muster-fsync"],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    line = next((ln for ln in done.stdout.splitlines() if "fdatasync" in ln and "ops" in ln), "")
    return " ".join(line.split()[1:]) or "not measured"

"""`./muster check`: everything that can be said about the code without running the product."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from services.console.project import PROJECT
from shared import clock

_IMPORTS: Final = "from importlinter.cli import lint_imports_command as lint; lint()"
_STEPS: Final = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "lint": ("-m", "ruff", "check", "."),
    "types": ("-m", "mypy"),
    "imports": ("-c", _IMPORTS),
    "architecture": ("-m", "pytest", "-q", "tests/architecture"),
}


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Take nothing."""


def run(_: argparse.Namespace) -> int:
    """Take every step and print how it went; 1 if any failed."""
    failed = [name for name, arguments in _STEPS.items() if not _passes(name, arguments)]
    if failed:
        print(f"failed: {', '.join(failed)} (./muster check shows this again)", file=sys.stderr)
    return 1 if failed else 0


def _passes(name: str, arguments: Sequence[str]) -> bool:
    started_at = clock.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{name:<14} {verdict:<6} {clock.monotonic() - started_at:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0

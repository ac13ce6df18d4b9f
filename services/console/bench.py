"""`./muster bench`: measure, on servers of its own, what the pipeline costs and how fast it is."""

import argparse
from typing import Final

from services.console.project import run_program

_DESCRIPTION: Final = (
    "Measure what a durable hop and the whole pipeline cost, and how fast they are, against a "
    "hand-written floor and against others. The full run takes about two hours, wants a quiet "
    "machine, and writes docs/performance.md and the README's table. --short takes about seven "
    "minutes, shows that the bench works and that every ledger balances, and judges nobody. --leg "
    "hops (latency, pipeline, peak, history, memory, slow_disk, crash) runs one leg and may be "
    "repeated; the page is written from the last full run of each. The exit code is 1 if a ledger "
    "did not balance or a run did not end, and 3 if a full run missed what a figure must be or "
    "could not measure it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Leave the arguments to the bench, which is a program of its own under tests/."""
    parser.usage = "muster bench [--short] [--leg NAME ...]"
    parser.description = _DESCRIPTION
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    return run_program("tests.bench", arguments.more)

"""`./muster chaos`: break everything while applications come in, then count."""

import argparse

from services.console.project import run_program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Leave the arguments to the run, which is a program of its own under tests/."""
    parser.usage = "muster chaos [--minutes N] [--seed N] [--report FILE]"
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    return run_program("tests.faults.chaos", arguments.more)

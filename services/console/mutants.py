"""`./muster mutants`: show that the tests can fail, with fifteen planted bugs."""

import argparse

from services.console.project import run_program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Leave the arguments to the harness, which is a program of its own under tests/."""
    parser.usage = "muster mutants [--only WORDS] [--servers CHOICE]"
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    return run_program("tests.mutants", arguments.more)

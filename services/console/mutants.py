"""`./muster mutants`: show that the tests can fail, with fifteen planted bugs."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Leave the arguments to the harness, which is a program of its own under tests/."""
    parser.usage = "muster mutants [--only WORDS] [--servers CHOICE]"
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run it as a child, since nothing of the product may import tests."""
    command = [sys.executable, "-m", "tests.mutants", *arguments.more]
    return subprocess.run(command, cwd=_ROOT, check=False).returncode

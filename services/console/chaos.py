"""`./muster chaos`: break everything while applications come in, then count."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Leave the arguments to the run, which is a program of its own under tests/."""
    parser.usage = "muster chaos [--minutes N] [--seed N] [--report FILE]"
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run it as a child, since nothing of the product may import tests."""
    command = [sys.executable, "-m", "tests.faults.chaos", *arguments.more]
    child = subprocess.Popen(command, cwd=_ROOT)
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()  # it has been interrupted as well, and ends its servers
    finally:
        child.terminate()
        child.wait()

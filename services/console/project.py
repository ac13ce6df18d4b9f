"""The project's folder, and running the programs in it that are no part of the product."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent.parent.parent


def run_program(module: str, words: Sequence[str]) -> int:
    """Run a program of tests/ as a child, since nothing of the product may import tests.

    On Ctrl-C it is waited for: it has been interrupted as well, and ends its servers.
    """
    child = subprocess.Popen([sys.executable, "-m", module, *words], cwd=PROJECT)
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()
    finally:
        child.terminate()
        child.wait()

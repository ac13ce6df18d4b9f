"""What the database's disk takes to make one write last."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, Self

_WRITES: Final = 40
_PAUSE_SECONDS: Final = 0.05
_BLOCK: Final = b"x" * 1_700


@dataclass(frozen=True, slots=True)
class Disk:
    """Microseconds for one fdatasync: one upon the other, and after a pause.

    The first is what pg_test_fsync says. The second is what a message pays at 20 a second.
    """

    busy_us: float | None
    rested_us: float

    @classmethod
    def measured(cls, folder: Path) -> Self:
        """Try it in the database's own folder."""
        file = folder / "fsync-test"
        program = next(Path("/usr/lib/postgresql").glob("*/bin/pg_test_fsync"), None)
        return cls(_busy(program, file) if program else None, _rested(file))

    def __str__(self) -> str:
        busy = f"{self.busy_us:,.0f} µs" if self.busy_us else "not known"
        return (
            f"one fdatasync takes {busy} by pg_test_fsync, and {self.rested_us:,.0f} µs when an "
            f"append comes {_PAUSE_SECONDS * 1e3:.0f} ms after the last"
        )


def _busy(program: Path, file: Path) -> float | None:
    command = [program, "-s", "1", "-f", file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        found = (line.split() for line in tests.stdout if line.lstrip().startswith("fdatasync"))
        busy = next((float(words[3]) for words in found if "ops/sec" in words), None)
        tests.terminate()  # what else it would try takes a second each
    return busy


def _rested(file: Path) -> float:
    took = []
    handle = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    try:
        for _ in range(_WRITES):
            time.sleep(_PAUSE_SECONDS)
            before = time.perf_counter()
            os.write(handle, _BLOCK)
            os.fdatasync(handle)
            took.append(time.perf_counter() - before)
    finally:
        os.close(handle)
        file.unlink()
    return median(took) * 1e6

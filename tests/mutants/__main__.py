"""`./muster mutants`: plants each bug into a copy of the project and watches its test turn red.

A test that stays green, or is red without the bug, proves nothing: both fail the run.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.console.given import refuse_inhabited
from shared.embedded.process import ServerError
from shared.embedded.servers import Choice, servers
from tests.mutants.catalogue import MUTANTS, Mutant

PROJECT: Final = Path(__file__).parent.parent.parent
_LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv*", ".muster", ".hypothesis", ".*_cache", "__pycache__"
)
_SECONDS: Final = 240
_PASSED, _FAILED = 0, 1


def main(words: Sequence[str]) -> int:
    """Run the chosen mutants; 0 if every one of them was caught."""
    parser = argparse.ArgumentParser(prog="muster mutants")
    parser.add_argument("--only", default="", help="those with this in their name")
    parser.add_argument("--servers", type=Choice, choices=list(Choice), default=Choice.AUTO)
    arguments = parser.parse_args(words)
    try:
        refuse_inhabited(arguments.servers)
    except ServerError as error:
        parser.error(str(error))
    chosen = [mutant for mutant in MUTANTS if arguments.only in mutant.name]
    with (
        servers(arguments.servers, is_durable=False) as real,
        tempfile.TemporaryDirectory(prefix="muster-mutants-") as folder,
    ):
        copy = Path(folder) / "muster"
        shutil.copytree(PROJECT, copy, ignore=_LEFT_OUT)
        environment = os.environ | {
            "AMQP_URL": real.amqp_url,
            "DATABASE_URL": real.database_url,
            "MUSTER_SECRET": "test-secret",
            "MUSTER_REPEAT": "1",
            "PYTHONPATH": str(copy),
        }
        caught = sum(_is_caught(mutant, copy, environment) for mutant in chosen)
    sys.stdout.write(f"{caught} of {len(chosen)} caught\n")
    return 0 if chosen and caught == len(chosen) else 1


def _is_caught(mutant: Mutant, copy: Path, environment: Mapping[str, str]) -> bool:
    """Run the mutant's test without the bug and with it, and say how that went."""
    began = time.monotonic()
    without = _run(mutant, copy, environment)
    with _planted(mutant, copy):
        planted = _run(mutant, copy, environment)
    # A worker that can no longer be ended hangs its test: that is noticed as well.
    is_caught = without == _PASSED and planted in {_FAILED, None}
    verdict = "caught" if is_caught else f"NOT CAUGHT ({_word(without)}, then {_word(planted)})"
    sys.stdout.write(
        f"{verdict:<8} {mutant.name}  [{mutant.test}]  {time.monotonic() - began:.0f} s\n"
    )
    sys.stdout.flush()
    return is_caught


@contextmanager
def _planted(mutant: Mutant, copy: Path) -> Iterator[None]:
    """Plant a bug, and take it out again."""
    assert copy != PROJECT
    before = {edit.file: (copy / edit.file).read_text() for edit in mutant.edits}
    try:
        for edit in mutant.edits:
            text = (copy / edit.file).read_text()
            assert text.count(edit.old) == 1, f"{mutant.name}: {edit.file} has changed"
            text = text.replace(edit.old, edit.new)
            if edit.file.endswith(".py"):
                compile(text, edit.file, "exec")
            (copy / edit.file).write_text(text)
        yield
    finally:
        for file, text in before.items():
            (copy / file).write_text(text)


def _run(mutant: Mutant, copy: Path, environment: Mapping[str, str]) -> int | None:
    """Run the test in the copy; None if it does not come to an end."""
    file, *more = mutant.test.split()
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", file, *more]
    child = subprocess.Popen(
        command, cwd=copy, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return child.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _word(code: int | None) -> str:
    return {_PASSED: "green", _FAILED: "red", None: "hung"}.get(code, f"exit code {code}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

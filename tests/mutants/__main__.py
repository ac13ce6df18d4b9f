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
from contextlib import contextmanager, suppress
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
_TEST_FAILED: Final = "FAILED"


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
            "COLUMNS": "200",
            "PYTHONPATH": str(copy),
        }
        caught = sum(_is_caught(mutant, copy, environment) for mutant in chosen)
    sys.stdout.write(f"{caught} of {len(chosen)} caught\n")
    return 0 if chosen and caught == len(chosen) else 1


def _is_caught(mutant: Mutant, copy: Path, environment: Mapping[str, str]) -> bool:
    """Run the mutant's test without the bug and with it, and say how that went."""
    began = time.monotonic()
    without, _ = _run(mutant, copy, environment)
    with _planted(mutant, copy):
        planted, last_words = _run(mutant, copy, environment)
    is_caught = without == _PASSED and _is_noticed(planted, last_words)
    how = _word(planted) if without == _PASSED else f"{_word(without)} without it"
    sys.stdout.write(
        f"{'' if is_caught else 'NOT CAUGHT: '}{how:<4} {mutant.name}  [{mutant.test}]  "
        f"{time.monotonic() - began:.0f} s\n     {last_words}\n"
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


def _run(mutant: Mutant, copy: Path, environment: Mapping[str, str]) -> tuple[int | None, str]:
    """Run the test in the copy: its exit code, None if it does not end, and its last words."""
    file, *more = mutant.test.split()
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", file, *more]
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        child = subprocess.Popen(
            command, cwd=copy, env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        code: int | None = None
        try:
            with suppress(subprocess.TimeoutExpired):
                code = child.wait(_SECONDS)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        log.seek(0)
        return code, _last_words(log.read())


def _last_words(said: str) -> str:
    """Pick the line that names the failing test, else the broken fixture, else the last one."""
    lines = [line for line in said.splitlines() if line.strip()]
    found = ([line for line in lines if line.startswith(word)] for word in (_TEST_FAILED, "ERROR"))
    return next(filter(None, found), lines or [""])[-1]


def _is_noticed(code: int | None, last_words: str) -> bool:
    """Tell a test that failed from a fixture that did, which proves nothing.

    A worker that can no longer be ended hangs its test: that is noticed as well.
    """
    return code is None or (code == _FAILED and last_words.startswith(_TEST_FAILED))


def _word(code: int | None) -> str:
    return {_PASSED: "green", _FAILED: "red", None: "hung"}.get(code, f"exit code {code}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`./muster` sets up what a command needs, and no more."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from services.console.project import PROJECT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
DEMO = "-P -m services.console demo"


@pytest.fixture
def muster(tmp_path: Path):
    """The launcher in a folder that is set up for the product alone; its Pythons only talk."""
    shutil.copy(PROJECT / "muster", tmp_path)
    for lock in LOCKS:
        (tmp_path / lock).write_text(lock)
    for python in (tmp_path / ".venv/bin/python", tmp_path / "bin/python3.13"):
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\necho "$@"\n')
        python.chmod(0o755)
    shutil.copy(tmp_path / LOCKS[0], tmp_path / ".venv")

    def run(*words: str) -> tuple[str, str]:
        done = subprocess.run(
            [tmp_path / "muster", *words],
            env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()[-1], done.stderr

    return run


@pytest.mark.parametrize("words", ["", " --servers local", " --servers docker --help"])
def test_a_demo_needs_what_the_product_needs(words, muster):
    assert muster("demo", *words.split()) == (f"{DEMO}{words}", "")


@pytest.mark.parametrize("words", [" --servers docker", " --seed 7 --servers=docker"])
def test_a_demo_in_containers_gets_what_starts_them(words, muster):
    ran, said = muster("demo", *words.split())
    assert ran == f"{DEMO}{words}"
    assert said == "Setting up .venv from requirements-dev.lock, once\n"

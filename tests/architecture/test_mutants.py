"""The planted bugs of `./muster mutants` must go on fitting the code they are planted into."""

import subprocess
import sys

import pytest

from tests.mutants.__main__ import PROJECT
from tests.mutants.catalogue import MUTANTS


def test_G29_there_are_fifteen():
    assert len({mutant.name for mutant in MUTANTS}) == 15


@pytest.fixture(scope="module")
def tests() -> list[str]:
    """What pytest finds in the files that kill mutants, as file::name[parameters]."""
    files = {mutant.test.split()[0] for mutant in MUTANTS}
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return found.stdout.splitlines()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_G29_every_planted_bug_still_has_its_place_and_its_test(mutant, tests):
    for edit in mutant.edits:
        assert (PROJECT / edit.file).read_text().count(edit.old) == 1, edit.file
    file, _, word = mutant.test.split()
    assert any(test.startswith(file) and word.lower() in test.lower() for test in tests)

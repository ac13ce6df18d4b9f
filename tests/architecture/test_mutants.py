"""The planted bugs of `./muster mutants` must go on fitting the code they are planted into."""

import subprocess
import sys

import pytest

from tests.mutants.__main__ import PROJECT, _is_noticed, _last_words
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


@pytest.mark.parametrize(
    ("code", "said", "is_noticed"),
    [
        (1, "FAILED tests/a.py::test_b - assert 1 == 2\n1 failed in 2 s", True),
        (1, "FAILED tests/a.py::test_b - lost\nERROR tests/a.py::test_b - at its end\n", True),
        (1, "ERROR tests/a.py::test_b - no server\n1 error in 2 s", False),
        (1, "something else", False),
        (2, "FAILED tests/a.py::test_b - lost", False),
        (None, "it hangs", True),
    ],
)
def test_G29_a_bug_is_noticed_by_a_test_that_fails_and_not_by_a_fixture_that_does(
    code, said, is_noticed
):
    assert _is_noticed(code, _last_words(said)) is is_noticed

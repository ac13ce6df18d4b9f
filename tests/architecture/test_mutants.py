"""The planted bugs of `./muster mutants` must go on fitting the code they are planted into."""

import pytest

from tests.mutants.__main__ import PROJECT
from tests.mutants.catalogue import MUTANTS


def test_G29_there_are_fifteen():
    assert len({mutant.name for mutant in MUTANTS}) == 15


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_G29_every_planted_bug_still_has_its_place_and_its_test(mutant):
    for edit in mutant.edits:
        assert (PROJECT / edit.file).read_text().count(edit.old) == 1, edit.file
    file, _, word = mutant.test.split()
    names = (PROJECT / file).read_text().replace("-", "_")
    assert word.split("-")[-1].lower() in names.lower()

"""Every row of the catalogue of hostile input has a test named after it, or a reason why not."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent.parent
ROWS: Final = (
    *(f"A{n}" for n in range(1, 38)),
    *(f"B{n}" for n in range(1, 35)),
    *(f"C{n}" for n in range(1, 18)),
)
# The rules of the pipeline have ids like these, so tests count where only these can be meant.
_PLACES: Final = {"A": ["hostile"], "B": ["hostile", "integration/documents"], "C": ["hostile"]}
_NAME: Final = re.compile(r'(?:def test_|")((?:[ABC]\d+[_ ])+)\w*')

NOT_YET: Final = {
    "A32": "nothing is erased yet, so there is no tombstone that a replay could meet",
    "B32": "nothing is rendered: no image is ever decoded",
    "C16": "we have no mailbox: bounces and answers go to whoever reads the sender's address",
}
"""The rows that do not apply to what exists."""


def find_tests() -> dict[str, list[str]]:
    """Find tests by the rows in their names, or in the names of a table's entries."""
    found = defaultdict(list)
    for letter, places in _PLACES.items():
        for place in places:
            for file in sorted((TESTS / place).glob("test_*.py")):
                if file.name == Path(__file__).name:
                    continue
                for match in _NAME.finditer(file.read_text()):
                    for row in re.findall(rf"{letter}\d+", match[1]):
                        found[row].append(f"{place}/{file.name}: {match[0]}")
    return found


FOUND: Final = find_tests()


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_test_or_a_reason(row):
    assert bool(FOUND.get(row)) != (row in NOT_YET), FOUND.get(row) or "neither"


def test_no_test_is_named_after_a_row_that_does_not_exist():
    assert set(FOUND) <= set(ROWS)

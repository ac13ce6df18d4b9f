"""What the page says of an aim that was missed: by how much, and why."""

import pytest

from tests.bench.findings import Row, Target
from tests.bench.ground import ROOT
from tests.bench.reasons import NOT_LOOKED_INTO, REASONS, explained, named

GROWTH = "its growth after the first fifth"


@pytest.mark.parametrize(
    ("measured", "is_missed"), [(0.9, False), (1.5, True), (2.5, True), (None, False)]
)
def test_an_aim_is_missed_by_a_figure_whether_or_not_it_is_what_it_must_be(measured, is_missed):
    assert Row("cost", Target(2, 1), measured).has_missed_aim is is_missed


def test_the_page_says_by_how_much_an_aim_was_missed_and_why_and_the_readme_where_to_look() -> (
    None
):
    missed = [Row(GROWTH, Target(1.1, 1.02), 1.04), Row("cost", Target(7, 12, is_least=True), 8)]
    growth, cost = explained(missed).splitlines()
    assert growth == f"- *{GROWTH}, 1.04 x instead of ≤ 1.02 x*: {REASONS[GROWTH]}"
    assert cost == f"- *cost, 8 x instead of ≥ 12 x*: {NOT_LOOKED_INTO}"
    assert "cost, 8 x instead of ≥ 12 x. [Why]" in named(missed)
    assert named([]) == "Every aim is met."


@pytest.mark.parametrize("what", REASONS)
def test_every_reason_is_that_of_a_row_which_the_bench_writes(what) -> None:
    legs = (ROOT / "tests" / "bench").glob("*.py")
    start, _, peer = what.partition(" against ")
    source = "".join(leg.read_text() for leg in legs if leg.name != "reasons.py")
    assert what in source or (f"{start} against {{" in source and peer in source)

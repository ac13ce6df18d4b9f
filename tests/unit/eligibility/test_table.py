"""The tables of `cases/`, row by row: E1 to E5, E7 to E16, E18, E19, and every setting."""

from collections import defaultdict

import pytest

from services.eligibility.decisions import Rejected, judge
from shared.employers import EarlyDepartureTerms
from tests.support.build_eligibility import ELIGIBLE, in_short
from tests.support.eligibility_table import cases

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.where}")
def test_every_row_of_the_tables(case):
    """E1 E2 E3 E4 E5 E7 E8 E9 E10 E11 E12 E13 E14 E15 E16 E18 E19: as written down by hand."""
    assert in_short(judge(case.facts, case.terms)) == case.verdict


def test_there_are_at_least_150_rows_and_some_of_each_rule_and_verdict():
    assert len(CASES) >= 150
    assert len({(case.facts.model_dump_json(), case.terms) for case in CASES}) >= 150
    rules = {case.rule for case in CASES}
    assert rules == {f"E{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19)}
    assert {case.verdict.split()[0] for case in CASES} == {ELIGIBLE, "referred", "rejected"}


def test_F2_a_rejection_always_carries_the_one_rule_that_rejects():
    rejected = [v for case in CASES if isinstance(v := judge(case.facts, case.terms), Rejected)]
    assert {verdict.reasons for verdict in rejected} == {("E1_left_with_compensation",)}


@pytest.mark.parametrize("setting", sorted(EarlyDepartureTerms.model_fields))
def test_every_setting_has_rows_in_which_changing_it_changes_the_verdict(setting):
    """Section 4: what the documents leave open is the employer's to decide."""
    verdicts = defaultdict(set)
    for case in CASES:
        if case.terms:
            others = case.terms.model_dump_json(exclude={setting})
            verdicts[case.facts.model_dump_json(), others].add(case.verdict)
    assert any(len(each) > 1 for each in verdicts.values())

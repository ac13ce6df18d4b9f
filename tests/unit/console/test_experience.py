"""Counting experience: an aid for the person who judges (K6)."""

import pytest

from services.console.experience import in_years, months_of, read_span


@pytest.mark.parametrize(
    ("spans", "months"),
    [
        (["2019-01..2022-12"], 48),
        (["2019-01..2022-11"], 47),
        (["2019-01..2021-06", "2020-03..2022-12"], 48),  # overlapping jobs count once
        (["2019-01..2019-12", "2019-01..2019-12"], 12),
        (["2020-02..2020-02"], 1),
        (["2019-12..2020-01", "2021-05..2021-06"], 4),
    ],
)
def test_K6_overlapping_jobs_are_not_counted_twice(spans, months):
    assert months_of(map(read_span, spans)) == months


@pytest.mark.parametrize(
    ("months", "words"),
    [(48, "4.0 years"), (47, "3.9 years"), (49, "4.0 years"), (6, "0.5 years")],
)
def test_K6_four_years_look_like_four_years_and_less_never_does(months, words):
    assert in_years(months) == f"{words} ({months} months)"


@pytest.mark.parametrize(
    "text", ["2019..2021", "2019-13..2020-01", "2021-01..2020-01", "since 2019"]
)
def test_K6_what_is_not_two_months_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"2019-01\.\.2021-06|before it begins"):
        read_span(text)

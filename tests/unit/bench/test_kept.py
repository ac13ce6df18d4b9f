"""What the bench keeps of each leg: the page says of every figure when and of which commit."""

import json

import pytest

from tests.bench import kept
from tests.bench.findings import Findings, Row, Target


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "_FOLDER", tmp_path)
    return tmp_path


def findings(measured: float | None) -> Findings:
    return Findings(rows=[Row("cost", Target(2, 1), measured)], remarks=["hops: 5 rounds"])


def test_what_is_kept_says_when_it_was_measured_and_of_which_commit(folder) -> None:
    kept.keep("hops", findings(1.5), "abc1234-dirty")
    page = kept.everything()
    assert page.rows == findings(1.5).rows
    assert page.remarks[0] == "hops: 5 rounds"
    assert page.remarks[1].startswith("hops: measured on ")
    assert page.remarks[1].endswith(" UTC, commit abc1234-dirty")


def test_what_was_kept_before_commits_were_says_that_it_does_not_know(folder) -> None:
    kept.keep("latency", findings(1.5), "abc1234")
    path = folder / "latency.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:2]))
    assert kept.everything().remarks[1].endswith(" UTC, commit unknown")


@pytest.mark.parametrize(
    ("measured", "has_missed"), [(0.5, False), (1.5, False), (2.5, True), (None, True)]
)
def test_a_must_is_missed_by_a_worse_figure_and_by_none(measured, has_missed) -> None:
    assert findings(measured).has_missed is has_missed

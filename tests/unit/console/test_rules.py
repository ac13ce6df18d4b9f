"""`./muster rules`: what it finds, what it prints and when it complains."""

import json

import pytest

from services.console import rules
from services.console.__main__ import main
from services.console.rules import Mark, Part, Rule


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of three tests; the register stays ours."""
    files = {
        "tests/unit/test_a.py": 'def test_E3_E4_a():\n    "E16."\ndef helper_E5():\n    "E5"\n',
        "tests/unit/story_E6.py": "def test_E6_not_collected(): ...\n",
        "tests/hostile/test_b.py": "async def test_C7_a_row_of_another_list(): ...\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(rules, "PROJECT", tmp_path)
    rules.find_tests.cache_clear()
    yield tmp_path
    rules.find_tests.cache_clear()


def test_a_test_carries_the_ids_in_its_name_and_docstring(project):
    carrying = ["tests/unit/test_a.py: test_E3_E4_a"]
    assert rules.find_tests() == {"E3": carrying, "E4": carrying, "E16": carrying}


def test_a_rule_with_neither_a_test_nor_a_reason_is_a_gap(project, monkeypatch, capsys):
    rule = Rule(mark=Mark.STATED, source="an advert", part=Part.INTAKE, does="Something.")
    later = rule.model_copy(update={"later": "next year"})
    monkeypatch.setattr(rules, "load_rules", lambda: {"E3": rule, "E5": rule, "E6": later})
    assert main(["rules"]) == 1
    assert "neither a test nor a reason: E5\n" in capsys.readouterr().out
    assert main(["rules", "e3", "--later"]) == 0


def test_one_rule_is_shown_in_full(capsys):
    assert main(["rules", "e3"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("E3   ambiguous, the talent pool page")
    assert "employer.early_departure.anniversary" in shown
    assert "services/eligibility/departures.py weigh" in shown
    assert "tests/unit/eligibility/test_properties.py: test_E3_" in shown


def test_a_program_gets_every_field(capsys):
    assert main(["rules", "E3", "--json"]) == 0
    (rule,) = json.loads(capsys.readouterr().out)
    assert rule.keys() == {"id", "tests", *Rule.model_fields}


def test_an_unknown_rule_is_named(capsys):
    assert main(["rules", "E3", "E99"]) == 2
    assert capsys.readouterr().err == "there is no rule E99 (./muster rules lists all)\n"

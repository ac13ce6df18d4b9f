"""The register of rules is complete, and what it says about tests, settings and code is so."""

from importlib import import_module
from typing import Final

import pytest
from pydantic import BaseModel

from services.console import rules
from services.console.rules import Mark, Part, find_tests, load_rules
from shared.contracts.vacancies import VacancyPublished
from shared.employers import EmployerTerms
from tests.architecture.source import ROOT

RULES: Final = load_rules()
TESTS: Final = find_tests()
_LAST: Final = {
    "D": 11, "C": 7, "W": 12, "E": 21, "K": 15, "P": 6, "A": 3, "F": 4, "R": 1, "N": 1,
}  # fmt: skip
# Rows of hostile input and faults have ids of these letters too, and tests everywhere carry them.
_LETTERS_OF_OTHER_LISTS: Final = "ACF"
_MAY_BE_LATER: Final = {
    Part.REVIEW, Part.INTERVIEWS, Part.NOTIFICATIONS, Part.TALENT_POOL, Part.RECORDS,
}  # fmt: skip
_SETTINGS: Final = {"employer": EmployerTerms, "vacancy": VacancyPublished}


def test_every_rule_is_in_the_register_in_order():
    assert list(RULES) == [f"{letter}{n}" for letter in _LAST for n in range(1, _LAST[letter] + 1)]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test_that_carries_it_or_a_reason_why_not(rule):
    assert bool(TESTS.get(rule)) != bool(RULES[rule].later), TESTS.get(rule) or "neither"


@pytest.mark.parametrize("rule", [rule for rule in RULES if RULES[rule].later])
def test_only_parts_that_come_later_have_rules_without_tests(rule):
    assert RULES[rule].part in _MAY_BE_LATER


def test_no_test_carries_a_rule_that_does_not_exist():
    strangers = {
        id_: tests
        for id_, tests in TESTS.items()
        if id_ not in RULES and id_[0] in _LAST and id_[0] not in _LETTERS_OF_OTHER_LISTS
    }
    assert strangers == {}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_ambiguous_says_how_it_is_read(rule):
    assert RULES[rule].reading or RULES[rule].mark is not Mark.AMBIGUOUS


@pytest.mark.parametrize(
    "setting", sorted({setting for rule in RULES.values() for setting in rule.settings})
)
def test_every_setting_exists(setting):
    if setting.isupper():
        assert any(f'"{setting}"' in file.read_text() for file in (ROOT / "shared").glob("*.py"))
        return
    where, *names = setting.split(".")
    model = _SETTINGS[where]
    for name in names:
        field = model.model_fields[name]
        kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


@pytest.mark.parametrize("rule", RULES)
def test_the_code_of_every_rule_exists(rule):
    assert RULES[rule].code or RULES[rule].later
    for place in RULES[rule].code:
        module, _, name = place.partition(":")
        assert hasattr(import_module(module), name), place


def test_the_page_of_rules_is_the_one_written_from_the_register():
    page = (ROOT / "docs" / "rules.md").read_text()
    assert page == rules.markdown(RULES), "run `./muster rules --markdown > docs/rules.md`"

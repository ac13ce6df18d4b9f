"""Criteria where an advert prints them, and none that it does not (K6 to K15)."""

import pytest

from services.vacancies.reading import LEVELLED, Source
from shared.contracts.vacancies import CriterionKind
from tests.support.adverts import advert, field, holds, lints, read_vacancy

LISTS = """\
What you will do
- Road tests: keep your tester status alive and sign the sheets.
- Stores: count the shelves every Friday.

You will need the following skills, knowledge and experience.
Knowledge and skills
- Diagnostics \u2013 finds faults on vans and motorbikes, mechanical or electrical.
- Paperwork \u2013 writes a report that others
  can act on.
Experience
\u2022 Workshop time \u2013 three years or more in a garage.
\u2022 Certificates \u2013 a Level 3 diploma in light vehicles, or its like.
Desirable
1. A motorbike licence.
2. Some German.
What we offer
- Leave
- A pension"""

LEVELS = """\
Technical skills
Driving (Level 3)
Drives whatever stands in the yard, forwards and backwards, and signs for the keys every evening.
Keeps The Peace
Stands between people who shout until they no longer do so, and writes down who began with what.
"""


def criteria(body: str) -> list[tuple[str, bool, str]]:
    return [
        (one.key, one.is_essential, one.text)
        for one in field(read_vacancy(advert(body=body)), "criteria").value
    ]


def test_K6_K7_K14_printed_criteria_are_read_in_order_each_with_its_words():
    assert criteria(LISTS) == [
        ("knowledge-1", True,
         "Diagnostics \u2013 finds faults on vans and motorbikes, mechanical or electrical."),
        ("knowledge-2", True, "Paperwork \u2013 writes a report that others can act on."),
        ("experience-1", True, "Workshop time \u2013 three years or more in a garage."),
        ("qualification-1", True,
         "Certificates \u2013 a Level 3 diploma in light vehicles, or its like."),
        ("qualification-2", False, "A motorbike licence."),
        ("experience-2", False, "Some German."),
        ("duty-1", False, "Road tests: keep your tester status alive and sign the sheets."),
    ]  # fmt: skip


def test_K8_a_duty_that_sounds_like_a_criterion_is_flagged_and_gates_nothing():
    reading = read_vacancy(advert(body=LISTS))
    assert "duty_no_criterion" in lints(reading)
    [duty] = [c for c in field(reading, "criteria").value if c.kind is CriterionKind.DUTY]
    assert not duty.is_essential


def test_K15_an_advert_that_prints_no_criteria_has_none():
    body = """\
    What you will do
    - Plan the week with the team and tell everybody.
    - Experience the workshop at night.
    We are proud of our skills."""
    assert criteria(body) == []
    assert criteria("") == []


@pytest.mark.parametrize(
    ("heading", "kind", "is_essential"),
    [
        ("Essential criteria", "experience", True),
        ("Essential qualifications:", "qualification", True),
        ("Necessary experience:", "experience", True),
        ("Minimum skills", "knowledge", True),
        ("What you'll need", "experience", True),
        ("Desirable experience", "experience", False),
        ("Skills", "knowledge", False),
        ("Person specification", "experience", False),
    ],
)
def test_K15_only_what_is_said_to_be_needed_is_essential(heading, kind, is_essential):
    assert criteria(f"{heading}\n- Drives vans") == [(f"{kind}-1", is_essential, "Drives vans")]


def test_K15_what_is_desirable_stays_so_under_its_subheadings():
    body = """\
    You will need the following skills and experience.
    Experience
    - Has driven a van
    Desirable
    Skills
    - Some German
    Experience
    - Has met a horse"""
    assert [is_essential for _, is_essential, _ in criteria(body)] == [True, False, False]


def test_K15_criteria_of_which_nothing_is_said_are_flagged():
    assert lints(read_vacancy(advert(body="Skills\n- Drives vans"))) == {"not_essential"}


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ("Essential criteria\nGCSE maths\nExperience of filing",
         ["Essential criteria", "Experience of filing"]),
        ("Essential criteria\nYou have filed for years.\nPay\n- None", ["Essential criteria"]),
        ("Experience: three years in a garage", ["Experience: three years in a garage"]),
        ("Skill | Level\nDriving | Level 3\nStores | Level 3", ["Skill", "Level 3"]),
        ("Person specification\nEssential criteria\nExperience\n- Drives vans", []),
        ("Person specification\nCompetencies\nCalm (Level 2)", []),
        ("Necessary experience:\nYou must hold a licence.", []),
        ("Grade\nLevel 3", []),
        ("What we offer\n- Skills for life", []),
        ("Room: Skills Centre", []),
        ("Vetting requirements: RV", []),
    ],
)  # fmt: skip
def test_K15_what_is_printed_like_criteria_and_not_read_as_such_is_to_be_looked_at(body, unread):
    reading = read_vacancy(advert(body=body))
    assert [f.phrase for f in reading.findings if f.code == "unread_criteria"] == unread
    assert holds(reading) == {}


def test_K9_a_sentence_with_must_is_a_criterion_wherever_it_stands():
    body = "Our vans are new. You must hold a full driving licence. You must not smoke in them."
    assert criteria(body) == [
        ("qualification-1", True, "You must hold a full driving licence."),
    ]


def test_a_criterion_longer_than_the_contract_allows_is_cut_and_still_printed():
    [(_, _, text)] = criteria(f"Essential criteria\n- {'very ' * 300}good at it")
    assert len(text) == 1000
    assert text.endswith("\u2026")


def test_more_criteria_than_the_contract_allows_are_held():
    body = "Essential criteria\n" + "\n".join(f"- Knows thing {n}" for n in range(70))
    assert holds(read_vacancy(advert(body=body))) == {"criteria": "unusable_value"}


def test_K11_K12_levelled_items_of_an_advert_are_criteria_too():
    body = "Values\nFairness (Accredited)\nCompetencies\nTeam play (Level 2)"
    found = field(read_vacancy(advert(body=body)), "criteria").value
    assert [(one.key, one.level) for one in found] == [
        ("value-1", "Accredited"),
        ("competency-1", "2"),
    ]


def test_K13_a_vacancy_in_which_a_level_is_missing_is_held_and_its_name_quoted():
    [held] = read_vacancy(advert(body=LEVELS)).held
    assert (held.field, held.held.reason) == ("criteria", "missing_level")
    assert held.held.phrases == ("Keeps The Peace",)
    whole = advert(body=LEVELS.replace("Peace", "Peace (Level 2)"))
    assert holds(read_vacancy(whole)) == {}


@pytest.mark.parametrize(
    "heading",
    [
        "What we offer", "How to apply", "About the team", "Our benefits", "Next steps",
        "Diversity and inclusion", "Our commitment to you", "Reasonable adjustments",
    ],
)  # fmt: skip
def test_K13_the_next_part_of_an_advert_lacks_no_level(heading):
    body = LEVELS.replace("Keeps The Peace", heading)
    assert holds(read_vacancy(advert(body=body))) == {}
    more = f"{body}Values\nFairness (Accredited)\nTreats the last in the queue like the first.\n"
    assert holds(read_vacancy(advert(body=more))) == {}


@pytest.mark.parametrize("name", ["Customer contact", "Planning of shift hours", "How to listen"])
def test_K13_an_item_among_its_like_that_sounds_like_another_part_lacks_its_level(name):
    body = LEVELS.replace("Keeps The Peace", name)
    body += "Stores (Level 2)\nKnows where the parts are kept and orders what is running out.\n"
    [held] = read_vacancy(advert(body=body)).held
    assert (held.held.reason, held.held.phrases) == ("missing_level", (name,))


def test_K13_a_person_may_say_that_what_has_no_level_is_no_criterion():
    reading = read_vacancy(advert(body=LEVELS), criteria=LEVELLED)
    assert holds(reading) == {}
    assert [(c.text, c.level) for c in field(reading, "criteria").value] == [("Driving", "3")]
    assert field(reading, "criteria").source is Source.GIVEN
    assert "missing_level" in lints(reading)

"""Lists whose items have a level: each line is read once, and what is doubtful is held (K13)."""

import pytest

from services.vacancies.reading import LEVELLED
from tests.support.adverts import advert, field, holds, lints, read_vacancy

BELOW = "\nDoes so every evening without being told, and tells those who come after about it.\n"
DRIVING = f"Driving (Level 3){BELOW}"
STORES = f"Stores (Level 2){BELOW}"


def lacking(body: str) -> tuple[str, ...]:
    """What is held for the lack of a level."""
    held = {one.field: one.held for one in read_vacancy(advert(body=body)).held}
    assert {one.reason for one in held.values()} <= {"missing_level"}, held
    return held["criteria"].phrases if held else ()


def published(body: str, settled: str | None = None) -> list[tuple[str, str | None, str]]:
    reading = read_vacancy(advert(body=body), criteria=settled)
    return [(c.key, c.level, c.text) for c in field(reading, "criteria").value]


@pytest.mark.parametrize("name", ["Customer contact", "Shift hours planning", "How to listen"])
@pytest.mark.parametrize("behind", ["How to apply", "Pay and benefits", "Grade: B2"])
def test_K13_the_last_of_a_list_lacks_its_level_whatever_it_sounds_like(name, behind):
    assert lacking(f"Technical skills\n{DRIVING}{name}{BELOW}{behind}{BELOW}") == (name,)


def test_K13_each_of_several_items_in_a_row_lacks_its_level():
    body = f"Technical skills\n{DRIVING}Customer contact{BELOW}Vetting{BELOW}Night work{BELOW}"
    assert lacking(body + STORES) == ("Customer contact", "Vetting", "Night work")


@pytest.mark.parametrize("bullet", ["- ", "\u2022 ", ""])
@pytest.mark.parametrize("blank", ["\n", "\n\n"])
@pytest.mark.parametrize(
    ("names", "without"),
    [
        (["Communication (Level 2)", "Risk management", "Team play (Level 1)"], 1),
        (["Risk management", "Communication (Level 2)", "Team play (Level 1)"], 0),
        (["Communication (Level 2)", "Team play (Level 1)", "Risk management"], 2),
    ],
)
def test_K13_a_line_of_a_list_without_its_level_lacks_it(bullet, blank, names, without):
    body = blank.join(["Competencies", *(f"{bullet}{name}" for name in names)])
    assert lacking(body) == (names[without],)


@pytest.mark.parametrize(
    "body",
    [
        "Competencies\nCommunication (Level 2)\n- Risk management\n- Team play (Level 1)",
        "Competencies\n- Communication (Level 2)\nRisk management\n- Team play (Level 1)",
        f"Technical skills\n{DRIVING}Risk management\n{STORES}",
        "Technical skills\nDriving (Level 3)\nDrives.\nRisk management\nWeighs up.",
        "Technical skills\nDriving (Level 3)\n- Drives.\nRisk management\n- Weighs up.",
        "Technical skills\n- Driving (Level 3)\nDrives.\n- Risk management\nWeighs up.",
        "Behaviours\nWe will look for these:\n- Risk management",
        "Competencies\n- Risk management\nWhat we offer\n- Leave",
        "What you bring\n- Risk management\n- Team play (Level 1)",
        "Technical skills\nDriving (Level 3).\nRisk management",
        "Competencies\n- Communication (Level 2)\nIn the yard\n- Risk management\nPay\n- None",
    ],
)
def test_K13_nor_does_the_form_of_a_list_let_one_pass(body):
    assert lacking(body) == ("Risk management",)


def test_K13_lists_under_an_item_with_a_level_describe_it():
    body = "Technical skills\nDriving (Level 3)\n- Vans\n- Cars\nStores (Level 2)\n- Shelves"
    assert published(body) == [("technical-1", "3", "Driving"), ("technical-2", "2", "Stores")]


@pytest.mark.parametrize(
    "behind",
    [
        "To apply, send us:\n- your CV\n- a letter",
        "Perks\n- Leave\n- A pension",
        f"Working for us{BELOW}",
        "Closing date: 14 May 2026",
    ],
)
def test_K15_what_comes_behind_a_list_of_bullets_is_none_of_its_items(behind):
    body = f"Competencies\n- Communication (Level 2)\n- Team play (Level 1)\n{behind}"
    assert [level for _, level, _ in published(body)] == ["2", "1"]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Essential competencies", "competency-1"),
        ("Skills and competencies", "competency-1"),
        ("Essential technical skills", "technical-1"),
        ("Desirable technical skills", "technical-1"),
        ("Skills", "technical-1"),
        ("Essential criteria", "competency-1"),
        ("Nice to have", "competency-1"),
    ],
)
def test_K13_a_list_with_a_level_is_one_of_levels_whatever_its_heading(heading, key):
    body = f"{heading}\n- Calm (Level 2)\n- Kind"
    assert lacking(body) == ("Kind",)
    assert published(body, LEVELLED) == [(key, "2", "Calm")]


def test_K7_K15_the_level_of_a_qualification_makes_no_list_of_levels_of_its_like():
    body = "Essential criteria\n- NVQ vehicle maintenance - Level 3\n- Five years in a garage"
    assert [key for key, _, _ in published(body)] == ["qualification-1", "experience-1"]


@pytest.mark.parametrize(
    ("body", "is_essential"),
    [
        ("Technical skills (desirable)\n- Driving (Level 3)", False),
        ("Desirable\n\nTechnical skills\n- Driving (Level 3)", False),
        ("Desirable technical skills\n- Driving (Level 3)", False),
        ("Nice to have\n- Driving (Level 3)", False),
        ("Desirable\n- Some German\nTechnical skills\n- Driving (Level 3)", True),
        ("A licence is an advantage\nTechnical skills\n- Driving (Level 3)", True),
        (
            "Desirable\nTechnical skills\n- Driving (Level 3)\nPay\nValues\n- Fair (Accredited)",
            True,
        ),
    ],
)
def test_K13_what_is_desirable_is_not_essential_because_it_has_a_level(body, is_essential):
    reading = read_vacancy(advert(body=body))
    assert field(reading, "criteria").value[-1].is_essential is is_essential
    assert ("not_essential" in lints(reading)) is ("esirable" in body or "Nice" in body)


@pytest.mark.parametrize(
    "fact",
    [
        "Grade: Level 4",
        "Salary: Level 3",
        "Contract type: Level 2",
        "Vetting - Level 2",
        "Police staff grade - Level 4",
        "Vetting required: NPPV - Level 3",
        "Location: Level 2",
    ],
)
def test_K15_the_level_of_the_post_is_no_criterion(fact):
    assert published(fact) == []
    assert [level for _, level, _ in published(f"Skills\nDriving (Level 3)\n{fact}")] == ["3"]
    assert len(published(f"{fact}\n\nTechnical skills\n- Welding")) == 1


@pytest.mark.parametrize("name", ["Vetting", "Equality and diversity", "Information"])
def test_K11_a_skill_that_sounds_like_a_part_of_an_advert_keeps_its_level(name):
    body = f"Technical skills\nDriving (Level 3)\n{name} (Level 2)"
    assert [text for _, _, text in published(body)] == ["Driving", name]


def test_K13_a_level_is_read_once_and_its_like_without_one_is_held():
    body = "Technical skills\n- Driving (Level 3)\n- Risk management"
    assert lacking(body) == ("Risk management",)
    assert published(body, LEVELLED) == [("technical-1", "3", "Driving")]


def test_K15_the_level_of_a_qualification_makes_no_second_criterion_of_it():
    body = f"Essential qualifications\n- NVQ vehicle maintenance - Level 3\nWorking for us{BELOW}"
    assert published(body) == [("qualification-1", None, "NVQ vehicle maintenance - Level 3")]
    after_a_list = f"Competencies\n- Team play (Level 1)\n{body}"
    assert [key for key, _, _ in published(after_a_list)] == ["qualification-1", "competency-1"]


def test_K9_a_sentence_with_must_is_one_criterion_also_where_it_ends_with_a_level():
    body = "- You must hold an NVQ - level 3"
    assert published(body) == [("qualification-1", None, "You must hold an NVQ - level 3")]


def test_K14_skills_in_a_list_are_criteria_where_no_level_is_printed_at_all():
    body = "You will need the following skills.\nTechnical skills\n- Welding\n- Painting"
    assert published(body) == [("knowledge-1", None, "Welding"), ("knowledge-2", None, "Painting")]
    assert lacking(f"{body}\nCompetencies\n- Team play (Level 1)") == ("Welding", "Painting")


def test_K13_a_level_on_the_first_of_two_lines_belongs_to_that_line():
    body = "Technical skills\nVehicles - Repair and Maintenance of All Kinds (Level 3)\nMay weld."
    assert published(body) == [
        ("technical-1", "3", "Vehicles - Repair and Maintenance of All Kinds")
    ]


def test_K13_a_name_broken_over_two_lines_is_one_name():
    body = "Competencies\n- Keeps the books of all the vans and cars and\n  bicycles (Level 1)"
    assert published(body) == [
        ("competency-1", "1", "Keeps the books of all the vans and cars and bicycles")
    ]


def test_K13_K15_who_leaves_out_what_has_no_level_keeps_every_printed_criterion():
    body = f"Essential skills\n- Driving\nTechnical skills\n{STORES}Driving{BELOW}"
    assert lacking(body) == ("Driving",)
    assert published(body, LEVELLED) == [
        ("knowledge-1", None, "Driving"), ("technical-1", "2", "Stores"),
    ]  # fmt: skip


def test_K13_K15_a_list_among_items_with_levels_stays_one_of_criteria():
    body = "Competencies\nTeam play (Level 2)\nSoldering skills\n- Solders\nFairness (Accredited)"
    assert lacking(body) == ("Soldering skills",)
    assert published(body, LEVELLED) == [
        ("knowledge-1", None, "Solders"), ("competency-1", "2", "Team play"),
        ("value-1", "Accredited", "Fairness"),
    ]  # fmt: skip
    assert lacking(body.replace("Soldering skills", "Essential criteria")) == ()


def test_K13_an_item_printed_without_its_level_and_with_it_keeps_the_level():
    body = "Competencies\n- Communication\n- Team play (Level 1)\n- Communication (Level 2)"
    assert lacking(body) == ("Communication",)
    assert published(body, LEVELLED) == [
        ("competency-1", "1", "Team play"), ("competency-2", "2", "Communication"),
    ]  # fmt: skip


def test_K13_what_is_left_out_stays_a_finding():
    reading = read_vacancy(advert(body=f"{DRIVING}Night work{BELOW}"), criteria=LEVELLED)
    assert (holds(reading), lints(reading)) == ({}, {"missing_level"})

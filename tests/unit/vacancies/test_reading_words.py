"""Engagement, place and pay in words that were once read as something else, or not at all."""

import pytest

from shared.contracts.vacancies import Engagement
from tests.support.adverts import advert, field, holds, lints, read_vacancy


@pytest.mark.parametrize(
    "printed",
    [
        "Contract type: FTC",
        "Contract: 12 months",
        "Contract length: 2 years",
        "Duration: twelve months",
        "Duration: up to 18 months",
        "Contract: 12-month contract",
        "Maternity leave cover",
        "This is a maternity leave cover post.",
        "36 hours | Maternity cover | Leeds",
    ],
)
def test_E18_a_fixed_term_by_any_name_is_temporary_and_flagged(printed):
    reading = read_vacancy(advert(body=printed))
    assert field(reading, "engagement").value is Engagement.TEMPORARY
    assert "fixed_term" in lints(reading)


@pytest.mark.parametrize(
    "printed",
    [
        "Contract: until 31 March 2028",
        "Contract: 12 months in the first instance",
        "Tenure: three to five years",
    ],
)
def test_E18_a_post_with_an_end_and_of_no_known_kind_is_held(printed):
    reading = read_vacancy(advert(body=printed))
    assert holds(reading) == {"engagement": "unread_engagement"}
    assert [printed] == [phrase for one in reading.held for phrase in one.held.phrases]


def test_E18_a_length_beside_a_permanent_post_is_held():
    reading = read_vacancy(advert(body="This is a permanent post.\n\nContract: 12 months"))
    assert holds(reading) == {"engagement": "two_engagements"}


@pytest.mark.parametrize(
    ("printed", "is_said"),
    [
        ("Contract: permanent, with 6 months' probation", True),
        ("Contract: full time, 52 weeks a year", False),
        ("Contract: full time, 6 months' probation", False),
        ("Post: Planner with 2 years of experience", False),
        ("Probation\n6 months", False),
        ("Job\nYou will be at your desk until 6pm.", False),
    ],
)
def test_E18_other_lengths_say_nothing_of_how_a_post_is_held(printed, is_said):
    reading = read_vacancy(advert(body=printed))
    assert field(reading, "engagement").value is Engagement.PERMANENT
    assert any(f.code == "engagement_assumed" for f in reading.findings) is not is_said


HEAD = "Job title: Fleet Planner\nRef: 1"


@pytest.mark.parametrize("label", ["Location:", "Location", "Location(s):"])
def test_a_list_of_locations_is_held_like_two_of_them(label):
    reading = read_vacancy(advert(head=f"{HEAD}\n{label}\n- Maidstone\n- Chelmsford\n\nMore"))
    assert holds(reading) == {"location": "two_locations"}


def test_a_list_of_one_location_is_that_location():
    reading = read_vacancy(advert(head=f"{HEAD}\nLocation:\n- Maidstone\nHours: 36"))
    assert field(reading, "location").value == "Maidstone"


@pytest.mark.parametrize(
    ("printed", "location"),
    [
        ("You will be based at Hendon and will travel across London.", "Hendon"),
        ("You will be based at Hendon but work across London.", "Hendon"),
        ("You will be based in Belvedere and Ponton Road.", "Belvedere and Ponton Road"),
        ("You will be based at Gravel Lane, Leeds and drive.", "Gravel Lane, Leeds"),
    ],
)
def test_a_location_ends_where_something_else_is_said(printed, location):
    assert field(read_vacancy(advert(head=HEAD, body=printed)), "location").value == location


@pytest.mark.parametrize("allowance", ["South East allowance", "Force weighting"])
def test_A1_an_allowance_that_we_do_not_know_leaves_the_salary_out(allowance):
    printed = f"Basic \u00a329,000, top of the scale \u00a332,150. {allowance} \u00a32,000."
    reading = read_vacancy(advert(salary=printed))
    assert field(reading, "salary").value is None
    assert lints(reading) == {"salary_incomplete"}


def test_A1_an_allowance_beside_a_salary_that_adds_up_is_no_part_of_it():
    reading = read_vacancy(advert(body="Drivers have a shift allowance of \u00a32,000."))
    assert field(reading, "salary").value.starting == 31_400

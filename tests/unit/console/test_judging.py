"""`./muster eligibility judge`: every shipped example, and what is said of wrong facts."""

import io
import json
from pathlib import Path

import pytest

from services.console.__main__ import main

EXAMPLES = Path(__file__).parent.parent.parent.parent / "docs" / "examples" / "eligibility"
EXPECTED = {
    "agency_worker": ("referred", "E12_agency"),
    "anniversary_day": ("referred", "E3_anniversary_day"),
    "bar_ends_before_closing": ("rejected", "E1_left_with_compensation"),
    "barred": ("rejected", "E1_left_with_compensation"),
    "compensation_repaid": ("referred", "E10_compensation_repaid"),
    "contradiction": ("referred", "E13_contradictory_answers"),
    "date_of_notice": ("referred", "E7_not_the_day_that_counts"),
    "day_after_the_anniversary": ("eligible",),
    "early_retirement": ("referred", "E10_early_retirement"),
    "former_officer": ("referred", "E12_officer_scheme"),
    "kent_and_essex": ("eligible",),
    "late_evening_in_utc": ("eligible",),
    "leap_day": ("referred", "E4_left_on_leap_day"),
    "month_only": ("referred", "E8_partial_date"),
    "no_compensation": ("eligible",),
    "not_left_yet": ("referred", "E11_not_left_yet"),
    "registration": ("registered", "E1_left_with_compensation"),
    "several_departures": ("rejected", "E1_left_with_compensation"),
    "temporary_post": ("referred", "E18_temporary_post"),
    "unanswered": ("referred", "E14_service_unanswered"),
}


def judge(capsys, *words: str) -> dict:
    assert main(["eligibility", "judge", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_that_is_shipped_is_judged_as_its_name_says(path, capsys):
    answer = judge(capsys, str(path))
    assert (answer["outcome"], *answer["reasons"]) == EXPECTED[path.stem]
    assert answer["working"].endswith(".")
    assert (answer["eligible_from"] is None) == ("E1_left" not in "".join(answer["reasons"]))
    assert main(["eligibility", "judge", str(path)]) == 0
    told = capsys.readouterr().out
    assert answer["rules_version"] in told
    assert " ".join(answer["working"].split())[:60] in " ".join(told.split())


def test_every_expectation_has_its_example():
    assert {path.stem for path in EXAMPLES.glob("*.json")} == EXPECTED.keys()


def test_E16_a_bar_that_ends_before_the_closing_is_said(capsys):
    path = str(EXAMPLES / "bar_ends_before_closing.json")
    answer = judge(capsys, path)
    assert (answer["eligible_from"], answer["can_apply_before_closing"]) == ("2025-10-15", True)
    assert main(["eligibility", "judge", path]) == 0
    assert "Still open then:     until Tue 21 Oct 2025 23:55" in capsys.readouterr().out


def test_E17_P6_a_registration_is_informed_and_never_rejected(capsys):
    answer = judge(capsys, str(EXAMPLES / "registration.json"))
    assert answer["outcome"] == "registered"
    assert answer["working"].startswith(
        "We have registered your interest. We cannot match you to police staff roles in the Met "
        "until 1 April 2027."
    )
    assert "convicted of a criminal offence, that does not rule you out" in answer["working"]


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        ({"role_type": "police_officer"}, "We cannot match you to police staff roles in the Met"),
        ({"engagement": "interim"}, "We will ask a person before we match you to interim police"),
        ({"employer": "kent_essex"}, "We can match you to our roles."),
    ],
)
def test_E15_E17_E18_a_registration_is_told_of_the_roles_that_it_is_for_and_of_no_others(
    change, meaning, capsys, tmp_path
):
    """Whatever role is named: nobody who is barred hears that the Met has roles for them."""
    facts = json.loads((EXAMPLES / "registration.json").read_text())
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts | change))
    answer = judge(capsys, str(file))
    assert answer["outcome"] == "registered"
    assert answer["working"].startswith(f"We have registered your interest. {meaning}")


def test_E17_E18_an_employer_who_allows_temporary_posts_promises_no_others(capsys, tmp_path):
    facts = json.loads((EXAMPLES / "registration.json").read_text())
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts | {"engagement": "temporary"}))
    employers = tmp_path / "employers.toml"
    shipped = EXAMPLES.parent.parent.parent / "shared" / "employers.toml"
    employers.write_text(
        shipped.read_text().replace('temporary_posts = "refers"', 'temporary_posts = "allows"')
    )
    told = judge(capsys, str(file), "--employers", str(employers))["working"]
    assert "We can match you to temporary police staff roles in the Met." in told


def test_the_facts_may_come_from_standard_input(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO((EXAMPLES / "barred.json").read_text()))
    assert judge(capsys, "-")["outcome"] == "rejected"


def test_another_file_of_employers_shows_what_it_would_change(capsys, tmp_path):
    shipped = Path(__file__).parent.parent.parent.parent / "shared" / "employers.toml"
    other = tmp_path / "employers.toml"
    other.write_text(shipped.read_text().replace('anniversary = "refers"', 'anniversary = "bars"'))
    path = str(EXAMPLES / "anniversary_day.json")
    answer = judge(capsys, path, "--employers", str(other))
    assert (answer["outcome"], answer["terms"]["anniversary"]) == ("rejected", "bars")
    other.write_text(shipped.read_text().replace("years = 5", "yaers = 5"))
    assert main(["eligibility", "judge", path, "--employers", str(other)]) == 2
    assert "yaers" in capsys.readouterr().err


def test_a_file_of_employers_that_is_not_utf8_is_a_mistake_that_is_said(capsys, tmp_path):
    other = tmp_path / "employers.toml"
    other.write_bytes('[met]\nname = "Polizeipräsidium"'.encode("latin-1"))
    path = str(EXAMPLES / "barred.json")
    assert main(["eligibility", "judge", path, "--employers", str(other)]) == 2
    assert f"{other}: is not text in UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"employer": "essex"}, "employer: must be 'met' or 'kent_essex'"),
        ({"submited_at": "x"}, "submited_at: there is no such field"),
        ({"submitted_at": "2025-10-20T12:00:00"}, "submitted_at: needs an offset, as 2025-10-"),
        ({"submitted_at": "20/10/2025"}, "submitted_at: must be written out as in 2025-"),
        ({"submitted_at": None}, "submitted_at: "),
        (
            {"early_departure": {"served_before": "yes", "departures": [{"left_on": "3 March"}]}},
            "early_departure.departures.0.left_on: write a day, a month or a year: 2020-10-21",
        ),
        ({"early_departure": []}, "early_departure: must be an object, written in { }"),
        (
            {"early_departure": {"served_before": "yes", "departures": "none"}},
            "early_departure.departures: must be a list, written in [ ]",
        ),
        ({"early_departure": {}}, "early_departure.served_before: is missing"),
        ({"engagement": 3}, "engagement: must be 'permanent'"),
    ],
)
def test_facts_that_are_wrong_are_named_with_what_to_do(change, said, tmp_path, capsys):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(json.loads((EXAMPLES / "barred.json").read_text()) | change))
    assert main(["eligibility", "judge", str(file)]) == 2
    told = capsys.readouterr().err
    assert str(file) in told
    assert said in told
    assert "docs/eligibility.md" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"), (b"", "is not JSON"), (b"[]", "the facts: must be an object"),
        (b"null", "the facts: "), (b"\xff\xfe", "is not text in UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_facts_is_named(content, said, tmp_path, capsys):
    file = tmp_path / "facts.json"
    file.write_bytes(content)
    assert main(["eligibility", "judge", str(file)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Input" not in told


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_named(name, tmp_path, capsys):
    assert main(["eligibility", "judge", str(tmp_path / name)]) == 2
    assert str(tmp_path / name).rstrip("/.") in capsys.readouterr().err

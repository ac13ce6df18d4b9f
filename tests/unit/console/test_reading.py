"""`./muster vacancy read --json`: each value with its words, its source and its totals."""

from services.console.reading import as_json, lines
from tests.support.adverts import advert, read
from tests.unit.vacancies.test_reading_pages import POOL, PROFILE


def test_W3_W8_each_window_names_what_its_weeks_count_from():
    fields = as_json(read(advert(review="We review it 2 weeks after the vacancy has closed.")))[
        "fields"
    ]
    assert fields["review"]["value"]["anchor"] == "actual_close"
    assert fields["interviews"]["value"]["anchor"] == "review"


def test_A1_A2_the_totals_of_a_salary_are_read_with_its_parts_and_not_published():
    found = as_json(read(advert()))
    salary = found["fields"]["salary"]["value"]
    assert (salary["basic"], salary["allowances"], salary["starting"]) == (29_000, 2_400, 31_400)
    assert salary["at_the_top_of_the_scale"] == 34_550
    assert "allowances" not in found["event"]["salary"]


def test_what_is_not_printed_has_no_value_and_says_so():
    fields = as_json(read(advert(salary="")))["fields"]
    for name in ("posted_on", "vetting", "salary"):
        assert fields[name] == {"value": None, "phrase": "", "source": "not_printed"}
    assert fields["title"]["source"] == "printed"


def test_a_role_profile_and_a_pool_have_their_words_too():
    assert as_json(read(PROFILE))["fields"]["grade"] == {
        "value": "PS 4", "phrase": "Grade: PS 4", "source": "printed",
    }  # fmt: skip
    assert as_json(read(POOL))["fields"]["engagements"]["value"] == ["interim", "temporary"]


def test_P2_P4_a_person_reads_of_a_pool_where_how_and_that_it_is_open():
    said = list(lines(read(POOL)))
    assert "  place        London" in said
    assert "  engagements  interim, temporary" in said
    assert "  registration open" in said
    assert not any("no location is printed" in line for line in said)


def test_K13_only_what_lacks_a_level_may_be_settled_to_be_no_criterion():
    duty = (
        "Sweeps the yard in the morning and in the evening, whatever the weather and the wind.\n"
    )
    unlevelled = advert(body=f"Technical skills\nDriving (Level 3)\n{duty}Sweeping\n{duty}")
    too_many = advert(body="Essential criteria\n" + "\n".join(f"- Thing {n}" for n in range(70)))
    said = [as_json(read(text))["held"] for text in (unlevelled, too_many)]
    assert [(one["reason"], one["option"]) for [one] in said] == [
        ("missing_level", "--criteria levelled"),
        ("unusable_value", None),
    ]

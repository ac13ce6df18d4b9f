"""Title, salary and the other fields of an advert; what does not fit together is seen."""

import pytest

from services.vacancies.reading import NO_SALARY, Source, salary_of
from shared.contracts.vacancies import Employer, Engagement, RoleType, Salary
from tests.support.adverts import advert, field, holds, lints, read_vacancy

SUM = Salary(
    starting=31_400, basic=29_000, top_of_scale=32_150,
    location_allowance=1_500, non_pensionable_allowance=900,
)  # fmt: skip
NO_ALLOWANCES = Salary(
    starting=29_000, basic=29_000, top_of_scale=32_150,
    location_allowance=0, non_pensionable_allowance=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("Job title: Fleet Planner", "", "Fleet Planner"),
        ("Role title\nFleet Planner", "", "Fleet Planner"),
        ("Position \u2013 Fleet Planner", "", "Fleet Planner"),
        ("Fleet Planner\n\nJob Title: Fleet Planner", "", "Fleet Planner"),
        ("Fleet Planner - Night Shift\nLocation: Leeds", "", "Fleet Planner - Night Shift"),
        ("METROPOLITAN POLICE SERVICE\nFleet Planner (Band D)", "", "Fleet Planner (Band D)"),
        ("Location: Leeds", "As a Fleet Planner, you keep vans on the road.", "Fleet Planner"),
        ("Location: Leeds", "We are looking for a Senior Fleet Planner to join us.",
         "Senior Fleet Planner"),
        ("Location: Leeds", "The Head of Garages and Stores leads forty people.",
         "Head of Garages and Stores"),
        ("Job title: Head of Garages, North", "The Head of Garages is responsible for a lot.",
         "Head of Garages, North"),
    ],
)  # fmt: skip
def test_D10_the_title_is_read(head, body, title):
    reading = read_vacancy(advert(head=head, body=body), location="Leeds", vacancy="v-1")
    assert field(reading, "title").value == title
    assert lints(reading) == set()


@pytest.mark.parametrize(
    "body",
    [
        "The Head of Supply is responsible for all stores.",
        "As a Parts Buyer, you will talk to dealers.",
        "We want to recruit a Parts Buyer, full time.",
    ],
)
def test_D10_two_different_titles_are_flagged_and_the_advertised_one_is_taken(body):
    reading = read_vacancy(advert(body=body))
    assert field(reading, "title").value == "Workshop Planner"
    assert lints(reading) == {"two_titles"}
    assert holds(reading) == {}


def test_D10_other_people_in_the_text_are_no_second_title():
    body = "The Line Manager will help you. The fleet is part of the Met. We value our Team."
    assert lints(read_vacancy(advert(body=body))) == set()


@pytest.mark.parametrize(
    ("printed", "salary"),
    [
        (("Starting salary: \u00a331,400 including allowances of \u00a32,400. Made up of"
         " \u00a329,000 basic, top of the scale \u00a332,150, a location allowance of \u00a31,500"
         " and a non-pensionable allowance of \u00a3900."), SUM),
        (("You start on \u00a331400: basic \u00a329000, London weighting \u00a31500, non"
         " pensionable \u00a3900. The maximum is \u00a332150."), SUM),
        (("Starting salary\n\u00a331,400\nBasic\n\u00a329,000\nLocation allowance\n\u00a31,500\n"
         "Non-pensionable allowance\n\u00a3900\nTop of scale\n\u00a332,150"), SUM),
        (("Basic salary GBP 29,000.00; location allowance GBP 1,500.00; non-pensionable GBP"
         " 900.00; top of the scale GBP 32,150.00"), SUM),
        ("Basic salary \u00a329,000, rising to \u00a332,150 at the top of the scale.",
         NO_ALLOWANCES),
        ("", None),
    ],
)  # fmt: skip
def test_A1_salary_lines_are_read_and_add_up(printed, salary):
    reading = read_vacancy(advert(salary=printed))
    assert field(reading, "salary").value == salary
    assert lints(reading) == set()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("31,400", "31,500", "salary_does_not_add_up"),
        ("29,000", "29,100", "salary_does_not_add_up"),
        ("1,500", "1,400", "salary_does_not_add_up"),
        ("2,400", "2,500", "salary_does_not_add_up"),
        ("32,150", "28,150", "salary_does_not_add_up"),
        ("31,400", "9,999,999", "salary_does_not_add_up"),
        ("900.", "900. The basic salary is \u00a330,000.", "two_salaries"),
    ],
)
def test_A1_a_salary_that_does_not_add_up_is_held(old, new, reason):
    text = advert()
    assert old in text
    reading = read_vacancy(text.replace(old, new, 1))
    assert holds(reading) == {"salary": reason}
    assert read_vacancy(text.replace(old, new, 1), salary=NO_SALARY).published
    assert read_vacancy(text.replace(old, new, 1), salary=SUM).published


@pytest.mark.parametrize(
    "printed",
    [
        "Salary: \u00a328,000 to \u00a331,000",
        "Salary: \u00a317.50 an hour",
        "Starting salary \u00a331,400 including allowances of \u00a32,400.",
        "Basic \u00a329,000, allowances \u00a32,400, top of the scale \u00a332,150",
    ],
)
def test_A1_a_figure_with_parts_missing_is_left_out_and_flagged(printed):
    reading = read_vacancy(advert(salary=printed))
    assert field(reading, "salary").value is None
    assert lints(reading) == {"salary_incomplete"}


def test_A1_a_person_gives_a_salary_that_adds_up_or_is_told():
    assert salary_of("31,400=29,000+1,500+900/32,150") == SUM
    assert salary_of("31400=29000+1500+800/32150") is None
    assert salary_of("31400=29000+1500+900/28150") is None
    assert salary_of("a lot") is None


@pytest.mark.parametrize(
    ("printed", "location"),
    [
        ("Location: Gravel Lane (some travel)", "Gravel Lane (some travel)"),
        ("Location\nGravel Lane", "Gravel Lane"),
        ("Place of work: Gravel Lane", "Gravel Lane"),
        ("Base | Gravel Lane", "Gravel Lane"),
        ("You will be based at Gravel Lane, Leeds.", "Gravel Lane, Leeds"),
    ],
)
def test_the_location_is_read(printed, location):
    reading = read_vacancy(advert(head=f"Job title: Fleet Planner\n{printed}"))
    assert field(reading, "location").value == location


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Location: Leeds\nReference: 1", {"title": "no_title"}),
        ("Job title: Fleet Planner\nReference: 1", {"location": "no_location"}),
        ("Job title: Fleet Planner\nLocation: Leeds\nLocation: York\nRef: 1",
         {"location": "two_locations"}),
        ("Job title: Fleet Planner\nLocation: Leeds", {"vacancy": "no_reference"}),
        ("Job title: Fleet Planner\nLocation: Leeds\nRef: 1\nVacancy ID: 2",
         {"vacancy": "two_references"}),
        ("Job title: Fleet Planner\nLocation: Leeds\nRef: F/26/1", {"vacancy": "unusable_value"}),
        (f"Job title: Fleet Planner\nLocation: {'far ' * 60}\nRef: 1",
         {"location": "unusable_value"}),
    ],
)  # fmt: skip
def test_D11_what_is_missing_or_unusable_is_named(head, reason):
    assert holds(read_vacancy(advert(head=head))) == reason


def test_the_reference_is_folded_as_everywhere():
    assert field(read_vacancy(advert()), "vacancy").value == "wp-77"


@pytest.mark.parametrize(
    ("words", "employer", "reason"),
    [
        ("Work for the Met.", Employer.MET, {}),
        ("The Metropolitan Police Service is hiring.", Employer.MET, {}),
        ("METROPOLITAN POLICE", Employer.MET, {}),
        ("Come to Kent Police.", Employer.KENT_ESSEX, {}),
        ("A post with Essex Police.", Employer.KENT_ESSEX, {}),
        ("Kent Police, seconded to the Met.", None, {"employer": "two_employers"}),
        ("We met on a Tuesday.", None, {"employer": "no_employer"}),
    ],
)
def test_E15_whose_vacancy_it_is_is_read(words, employer, reason):
    reading = read_vacancy(advert(employer=words))
    assert holds(reading) == reason
    assert read_vacancy(advert(employer=words), employer=Employer.MET).published
    if employer:
        assert field(reading, "employer").value is employer


@pytest.mark.parametrize(
    ("printed", "engagement", "codes"),
    [
        ("Contract type: Permanent", Engagement.PERMANENT, set()),
        ("Contract: Temporary", Engagement.TEMPORARY, set()),
        ("This is an interim position.", Engagement.INTERIM, set()),
        ("Employment type\nFixed-term, 12 months", Engagement.TEMPORARY, {"fixed_term"}),
        ("A fixed term contract of two years.", Engagement.TEMPORARY, {"fixed_term"}),
        ("36 hours | Permanent | Leeds", Engagement.PERMANENT, set()),
        ("The post is permanent.", Engagement.PERMANENT, set()),
    ],
)
def test_E18_how_the_post_is_held_is_read(printed, engagement, codes):
    reading = read_vacancy(advert(body=printed))
    assert field(reading, "engagement").value is engagement
    assert {f.code for f in reading.findings} - {"role_type_assumed"} == codes


def test_E18_a_post_of_which_nothing_is_said_is_assumed_to_be_permanent_and_flagged():
    reading = read_vacancy(advert())
    assert field(reading, "engagement").source is Source.ASSUMED
    assert "engagement_assumed" in {finding.code for finding in reading.findings}


def test_E18_two_engagements_are_held():
    reading = read_vacancy(advert(body="Contract type: temporary or permanent"))
    assert holds(reading) == {"engagement": "two_engagements"}


@pytest.mark.parametrize(
    ("printed", "role_type", "source"),
    [
        ("Status: Police Staff", RoleType.POLICE_STAFF, Source.PRINTED),
        ("Status: Police Officer", RoleType.POLICE_OFFICER, Source.PRINTED),
        ("This is a police staff role.", RoleType.POLICE_STAFF, Source.PRINTED),
        ("Nobody who took early departure may take a police staff role.", RoleType.POLICE_STAFF,
         Source.ASSUMED),
    ],
)  # fmt: skip
def test_E12_staff_or_officer_is_read(printed, role_type, source):
    found = field(read_vacancy(advert(body=printed)), "role_type")
    assert (found.value, found.source) == (role_type, source)


def test_E12_an_officers_title_says_so():
    head = "Job title: Detective Constable\nLocation: Leeds\nRef: 1"
    assert field(read_vacancy(advert(head=head)), "role_type").value is RoleType.POLICE_OFFICER


@pytest.mark.parametrize(
    ("printed", "vetting"),
    [
        ("Vetting level: Recruitment Vetting", "Recruitment Vetting"),
        ("Vetting level:\n\nManagement Vetting", "Management Vetting"),
        ("The role needs Management Vetting (MV).", "Management Vetting (MV)"),
        ("You must hold SC clearance.", "SC clearance"),
        ("Vetting staff is part of the job.", None),
    ],
)
def test_K4_the_vetting_level_is_a_field_of_the_vacancy(printed, vetting):
    assert field(read_vacancy(advert(body=printed)), "vetting").value == vetting
    published = read_vacancy(advert(body=printed)).published
    assert published
    assert published.vetting == vetting


def test_D1_D3_documents_and_formats_are_read():
    papers = read_vacancy(advert()).papers
    assert papers.documents == ("CV", "personal statement", "application form")
    assert papers.formats == ("PDF", "Word")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("a personal statement", "a covering letter", "other_documents"),
        ("PDF or", "PDF, .odt or", "other_formats"),
    ],
)
def test_D1_D3_other_papers_than_we_check_are_flagged(old, new, code):
    assert lints(read_vacancy(advert().replace(old, new))) == {code}


def test_every_printed_field_quotes_its_words():
    text = " ".join(advert(posted="Posted on 2 May 2026", body="Vetting: RV").split())
    reading = read_vacancy(advert(posted="Posted on 2 May 2026", body="Vetting: RV"))
    for name, found in reading.fields.items():
        if found.source is Source.PRINTED and name != "criteria":
            assert found.phrase, name
            assert all(part in text for part in found.phrase.split("; ")), found.phrase

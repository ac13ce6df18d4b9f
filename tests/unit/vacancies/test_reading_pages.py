"""Role profiles and talent-pool pages are recognised, and never become a vacancy."""

from datetime import datetime

import pytest

from services.vacancies.reading.result import NOT_PRINTED
from shared.calendar import LONDON
from shared.contracts.vacancies import Employer
from tests.support.adverts import advert, read, read_pool, read_profile, read_vacancy

PROFILE = """\
Grade: PS 4
Role code: K99001
Status: Police Staff
Home Office code: Support

Main purpose of the role:

Keep the radios of Kent Police working, on the bench and in the cars, whatever the weather.

Amended March 2019

Vetting level:

Standard Vetting

Necessary experience:

The post holder must hold a clean licence to drive a van.

The post holder must have soldered for a living. Two years of it, with papers at level 2.

The post holder must be able to explain a fault to people who do not care.

Thinks Straight (Level 1)

I look at a fault from both ends before I open the case, and I write down what I found.

Works Together (Level 2)

I hand my bench over in the state in which I would like to find it, and I ask what I do not know.

Fairness (Accredited)

I treat the radio of a constable like that of a chief, and I say so when asked not to.

Candour (Accredited)

I own up to what I have broken, at once and to whoever needs to know of it, before they find out.

Technical skills:

Radio - Bench Work (Level 4)

Repairs every set that the force has in use, without a manual, and trains apprentices to do it.

Stores

Knows where the parts are kept, orders what is running out, and keeps the books for the audit.

Office Software (Level )

Writes letters and keeps simple tables with the programs that the force has bought for it.

Occupational Standards:"""

POOL = """\
Work with us

The Met needs interim and temporary people all year round, for projects and for empty desks.
It takes more than constables to police London.

Register your interest in our talent pool

Kitchens

Job titles may include:

  \u2022 Cook
  \u2022 Porter

Labs & Stores

  - Chemist
  - Store Keeper
  - Sample Clerk

DV cleared roles

  * Translator

What we believe:

  1. Be kind.
  2. Be quick.

Qualifications are no longer needed for most of these, so Qualifications are no longer asked for.

If you have been convicted of an offence, we will look at it with care.

People who left us under an early departure scheme with a payment may not come back.

Registration is open"""


def test_D11_K4_a_role_profile_is_recognised_with_its_head():
    found = {name: (one.value, one.phrase) for name, one in read_profile(PROFILE).fields.items()}
    assert found == {
        "employer": (Employer.KENT_ESSEX, "Kent Police"),
        "vetting": ("Standard Vetting", "Vetting level: Standard Vetting"),
        "grade": ("PS 4", "Grade: PS 4"),
        "role_code": ("K99001", "Role code: K99001"),
        "status": ("Police Staff", "Status: Police Staff"),
        "home_office_code": ("Support", "Home Office code: Support"),
        "amended": ("March 2019", "Amended March 2019"),
    }


def test_a_field_that_a_page_does_not_print_is_said_to_be_not_printed():
    profile = read_profile("Role profile\nRole code: A1\n\nAmended\nGrade: PS 1")
    assert profile.fields["amended"] == profile.fields["vetting"] == NOT_PRINTED
    pool = read_pool("Registration is open. We match you to jobs as they come.")
    assert pool.fields["place"] == pool.fields["engagements"] == NOT_PRINTED


def test_K9_K10_K11_K12_K13_its_requirements_are_read_with_kind_and_level():
    found = [(one.key, one.level, one.text) for one in read_profile(PROFILE).criteria]
    assert found == [
        ("qualification-1", None, "The post holder must hold a clean licence to drive a van."),
        ("experience-1", None,
         ("The post holder must have soldered for a living. Two years of it, with papers at level"
         " 2.")),
        ("experience-2", None,
         "The post holder must be able to explain a fault to people who do not care."),
        ("competency-1", "1", "Thinks Straight"),
        ("competency-2", "2", "Works Together"),
        ("value-1", "Accredited", "Fairness"),
        ("value-2", "Accredited", "Candour"),
        ("technical-1", "4", "Radio - Bench Work"),
        ("technical-2", None, "Stores"),
        ("technical-3", None, "Office Software"),
    ]  # fmt: skip


def test_K13_a_missing_level_is_a_finding_and_a_blank_heading_invents_nothing():
    profile = read_profile(PROFILE)
    assert [(f.code, f.phrase) for f in profile.findings] == [
        ("missing_level", "Stores"),
        ("missing_level", "Office Software"),
    ]
    assert profile.blank == ("Occupational Standards:",)


def test_D11_a_role_profile_lists_what_it_lacks_for_a_vacancy():
    missing = {one.field for one in read_profile(PROFILE).missing}
    assert missing == {"vacancy", "title", "location", "closes_at", "review", "interviews"}


@pytest.mark.parametrize(("page", "read_page"), [(PROFILE, read_profile), (POOL, read_pool)])
def test_D11_no_words_of_such_a_page_are_quoted_for_the_interviews_that_it_lacks(page, read_page):
    page += "\n\nWe learn from every assessment. Interviews of witnesses are typed within a day."
    [interviews] = [one for one in read_page(page).missing if one.field == "interviews"]
    assert interviews.held.phrases == ()


def test_D11_a_role_profile_stays_one_whatever_a_person_settles():
    closes_at = datetime(2026, 5, 14, 23, 55, tzinfo=LONDON)
    found = read(PROFILE, vacancy="v-1", closes_at=closes_at)
    assert type(found) is type(read_profile(PROFILE))


def test_a_role_profile_inside_an_advert_that_closes_is_a_vacancy():
    whole = PROFILE.replace("Stores\n", "Stores (Level 2)\n").replace("(Level )", "(Level 1)")
    reading = read_vacancy(advert(body=whole, employer=""))
    assert {"review", "closes_at", "interviews"} <= reading.fields.keys()
    assert len(reading.fields["criteria"].value) == 10


def test_P1_P3_a_talent_pool_is_recognised_with_its_families():
    pool = read_pool(POOL)
    assert [(family.name, family.titles) for family in pool.families] == [
        ("Kitchens", ("Cook", "Porter")),
        ("Labs & Stores", ("Chemist", "Store Keeper", "Sample Clerk")),
        ("DV cleared roles", ("Translator",)),
    ]
    assert pool.fields["employer"].value is Employer.MET


def test_P2_P4_a_pool_says_where_and_how_one_works_and_that_one_can_register():
    fields = read_pool(POOL).fields
    assert (fields["place"].value, fields["place"].phrase) == ("London", "to police London")
    assert fields["engagements"].value == ("interim", "temporary")
    assert fields["engagements"].phrase.startswith("The Met needs interim and temporary people")
    assert (fields["registration"].value, fields["registration"].phrase) == (
        "open", "Registration is open",
    )  # fmt: skip


def test_K5_a_family_that_needs_a_clearance_says_so():
    assert [family.needs_clearance for family in read_pool(POOL).families] == [False, False, True]


def test_P1_a_talent_pool_has_no_closing_date_and_no_vacancy():
    missing = {one.field for one in read_pool(POOL).missing}
    assert missing == {"closes_at", "review", "interviews"}


def test_P2_a_page_that_matches_people_and_closes_never_is_a_pool():
    page = "Registration is open. We match you to jobs of the Met as they come."
    assert read_pool(page).families == ()


def test_P4_P5_P6_K1_K2_its_sentences_are_kept_as_information():
    policies = read_pool(POOL).policies
    assert "interim and temporary people" in policies.engagement[0]
    assert "no longer" in policies.qualifications[0]
    assert policies.early_departure == (
        "People who left us under an early departure scheme with a payment may not come back.",
    )
    assert policies.convictions == (
        "If you have been convicted of an offence, we will look at it with care.",
    )


def test_P6_K1_an_advert_that_prints_the_same_sentences_has_them_as_information_too():
    body = "Declare a criminal record. Early departure schemes bar you for five years."
    reading = read_vacancy(advert(body=body))
    assert reading.policies.convictions == ("Declare a criminal record.",)
    assert len(reading.policies.early_departure) == 1


def test_an_advert_that_also_invites_to_a_talent_pool_is_a_vacancy():
    body = "Not for you? Register your interest in our talent pool. Registration is open."
    assert read_vacancy(advert(body=body)).published


def test_D11_a_text_of_no_kind_is_a_vacancy_of_which_everything_is_missing():
    held = {one.field for one in read_vacancy("Dear diary, it rained.").held}
    assert held == {
        "vacancy", "employer", "title", "location", "closes_at", "review", "interviews",
    }  # fmt: skip

"""The working, as a candidate reads it (F2)."""

import pytest

from services.eligibility.decisions import judge
from services.eligibility.rendering import explain, inform
from services.eligibility.verdicts import judge_and_explain
from shared.contracts.applications import Answer, LeavingDay, LeavingReason, ServiceKind
from shared.contracts.vacancies import Employer, Engagement, RoleType
from shared.employers import EarlyDepartureTerms, Reading, terms_of
from tests.support.build_eligibility import MET, applied
from tests.support.builders import departure, served

TODAY = "2025-06-03"
SCHEME = "under an early departure scheme with compensation."
ENDS_2025 = "Five years from that day end on 21 October 2025."
NOTHING_BARS = "Nothing you told us about leaving the Met prevents you from applying."


def working(facts, policy=MET) -> str:
    return explain(facts, policy, judge(facts, policy))


def test_F2_a_rejection_tells_the_dates_the_counting_and_the_first_day_to_apply():
    assert working(applied(TODAY, departure("2020-10-21"))) == (
        f"You left the Met on 21 October 2020 {SCHEME} {ENDS_2025} "
        "You applied on 3 June 2025, before they had ended. You can apply from 22 October 2025."
    )


def test_F2_E9_a_rejection_says_which_of_several_departures_counts():
    text = working(applied(TODAY, departure("2021-10-21"), departure("2020-10-21")))
    assert text.startswith("You left the Met on 21 October 2021")
    assert "This is the latest departure that counts." in text
    assert text.endswith("You can apply from 22 October 2026.")


@pytest.mark.parametrize(
    ("departures", "sentences"),
    [
        (
            (departure("2020-06-03"),),
            [
                f"You left the Met on 3 June 2020 {SCHEME}",
                "Five years from that day end on 3 June 2025.",
                "You applied on 3 June 2025.",
                "Whether that day still counts depends on how the rule is read.",
            ],
        ),
        (
            (departure("2020-06"),),
            [
                f"You left the Met in June 2020 {SCHEME}",
                "Five years from then end between 1 June 2025 and 30 June 2025.",
                "You applied on 3 June 2025.",
                "Whether that was too early depends on the day you left.",
            ],
        ),
        (
            (departure("2025"),),
            [
                f"You left the Met in 2025 {SCHEME}",
                "Five years from then end between 1 January 2030 and 31 December 2030.",
                "You applied on 3 June 2025.",
                "Whether you had left by then depends on the day you left.",
            ],
        ),
        (
            (departure("2021-02-30"),),
            [f"You left the Met on 2021-02-30 {SCHEME}", "There is no such day."],
        ),
        (
            (departure("2026-01-01"),),
            [
                f"You leave the Met on 1 January 2026 {SCHEME}",
                "Five years from that day end on 1 January 2031.",
                "You applied on 3 June 2025.",
                "You had not left before the day you applied.",
            ],
        ),
        (
            (departure("2021", reason=LeavingReason.RETIREMENT),),
            [
                "You left the Met in 2021 because you retired with compensation.",
                "Five years from then end between 1 January 2026 and 31 December 2026.",
                "You applied on 3 June 2025, before they had ended.",
                "It is not clear whether the rule covers early retirement.",
            ],
        ),
        ((), ["You have worked for the Met before but did not say when you left."]),
    ],
)
def test_F2_a_referral_says_what_is_in_doubt(departures, sentences):
    expected = " ".join([*sentences, "A person will look at this."])
    assert working(applied(TODAY, *departures)) == expected


def test_F2_E4_a_leap_day_names_both_anniversaries():
    text = working(applied("2025-03-01", departure("2020-02-29")))
    assert "end on 28 February 2025 or 1 March 2025. You applied on 1 March 2025." in text
    assert "Which of the two days counts depends on how the rule is read." in text


def test_F2_E18_a_referral_for_the_post_says_so():
    text = working(applied(TODAY, departure("2022-01-01"), engagement=Engagement.INTERIM))
    assert "before they had ended. It is not clear whether the rule covers temporary posts" in text


@pytest.mark.parametrize(
    ("reading", "words"),
    [(Reading.BARS, ", and that day still counts."), (Reading.ALLOWS, ", and that day no longer")],
)
def test_F2_E3_the_working_says_which_reading_was_used(reading, words):
    text = working(
        applied(TODAY, departure("2020-10-21")), EarlyDepartureTerms(anniversary=reading)
    )
    assert f"end on 21 October 2025{words}" in text


@pytest.mark.parametrize(
    ("facts", "sentences"),
    [
        (
            applied(TODAY, early_departure=served(served_before=Answer.NO)),
            ["You told us that you have not worked for the Met before."],
        ),
        (
            applied(TODAY, departure("2015-05-01")),
            [
                f"You left the Met on 1 May 2015 {SCHEME}",
                "Five years from that day end on 1 May 2020.",
                "You applied on 3 June 2025, after they had ended.",
                NOTHING_BARS,
            ],
        ),
        (
            applied(TODAY, departure("2024-05-01", compensated=Answer.NO)),
            [
                f"You left the Met on 1 May 2024 {SCHEME.replace('with', 'without')}",
                "The rule is only about leaving with compensation.",
                NOTHING_BARS,
            ],
        ),
        (
            applied(TODAY, departure("2024-05-01"), role_type=RoleType.POLICE_OFFICER),
            ["The rule about early departure schemes is only about police staff."],
        ),
    ],
)
def test_F2_an_eligible_person_can_read_why(facts, sentences):
    assert working(facts) == " ".join(sentences)


def test_F2_E15_an_employer_without_the_rule_says_so():
    facts = applied(TODAY, departure("2024-05-01"), employer=Employer.KENT_ESSEX)
    assert "has no rule" in working(facts, terms_of(facts.employer).early_departure)


@pytest.mark.parametrize("reason", sorted(LeavingReason))
@pytest.mark.parametrize("compensated", sorted(Answer))
@pytest.mark.parametrize("service", sorted(ServiceKind))
@pytest.mark.parametrize("left_on", ["2022", "2022-02", "2022-02-28", "2022-02-30"])
def test_F2_every_declaration_can_be_told_in_whole_sentences(
    reason, compensated, service, left_on
):
    left = departure(left_on, reason=reason, compensated=compensated, service=service)
    text = working(applied(TODAY, left))
    assert text.endswith(".")
    assert "  " not in text
    assert ".." not in text


SETTLED = [
    ("compensation_repaid", {"repaid": Answer.YES}, "even though you paid the compensation back",
     "You paid the compensation back, so the rule does not apply."),
    ("early_retirement", {"reason": LeavingReason.RETIREMENT},
     "The rule covers early retirement with compensation.",
     "The rule does not cover early retirement."),
    ("officer_schemes", {"service": ServiceKind.POLICE_OFFICER},
     "The rule covers schemes for police officers.",
     "The rule does not cover schemes for police officers."),
    ("contractors", {"service": ServiceKind.CONTRACTOR}, "The rule covers contractors.",
     "The rule does not cover contractors."),
    ("contractors", {"service": ServiceKind.AGENCY}, "The rule covers agency workers.",
     "The rule does not cover agency workers."),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "how", "bars", "allows"), SETTLED)
def test_F2_the_working_says_what_the_employer_has_settled(setting, how, bars, allows):
    facts = applied(TODAY, departure("2022-03-01", **how))
    barred = working(facts, EarlyDepartureTerms(**{setting: Reading.BARS}))
    assert bars in barred
    assert barred.endswith("You can apply from 2 March 2027.")
    allowed = working(facts, EarlyDepartureTerms(**{setting: Reading.ALLOWS}))
    assert allows in allowed
    assert allowed.endswith(NOTHING_BARS)


def test_F2_E18_a_rejection_for_a_temporary_post_says_that_it_counts():
    facts = applied(TODAY, departure("2022-03-01"), engagement=Engagement.INTERIM)
    text = working(facts, EarlyDepartureTerms(temporary_posts=Reading.BARS))
    assert "The rule covers temporary posts such as this. You can apply from" in text


def test_F2_E7_a_date_of_another_kind_is_named_as_what_it_is():
    left = departure("2022-03-01", left_on_is=LeavingDay.NOTICE_GIVEN)
    assert "You left the Met on 1 March 2022 (the day notice was given) under" in working(
        applied(TODAY, left)
    )


@pytest.mark.parametrize(
    ("left_on", "meaning"),
    [
        ("2022-03-31", "We cannot match you to police staff roles in the Met until 1 April 2027."),
        ("2022-02-30", "We will ask a person before we match you to police staff roles"),
        ("2012-03-31", "We can match you to police staff roles in the Met."),
    ],
)
def test_E17_P6_K1_a_registration_is_told_what_the_rule_means_and_never_that_it_is_rejected(
    left_on, meaning
):
    judged = judge_and_explain(applied(TODAY, departure(left_on)), MET)
    told = inform(judged.facts, judged.terms, judged.checked, judged.working)
    assert told.startswith(f"We have registered your interest. {meaning}")
    assert "If you had applied on the day you registered, we would have told you: You" in told
    assert told.endswith("A person will consider it carefully if you apply.")


@pytest.mark.parametrize(
    ("left_on", "counting"),
    [
        (
            "2024-10-21",
            (
                "One year from that day ends on 21 October 2025. "
                "You applied on 3 June 2025, before it had ended."
            ),
        ),
        (
            "2024-02-29",
            (
                "One year from that day ends on 28 February 2025 or 1 March 2025. "
                "You applied on 3 June 2025, after it had ended."
            ),
        ),
        ("2024-06", "One year from then ends between 1 June 2025 and 30 June 2025."),
    ],
)
def test_F2_E1_a_single_year_is_told_as_one(left_on, counting):
    text = working(applied(TODAY, departure(left_on)), EarlyDepartureTerms(years=1))
    assert counting in text
    assert "years" not in text


def test_F2_a_period_of_many_years_is_given_in_figures():
    text = working(applied(TODAY, departure("2020-10-21")), EarlyDepartureTerms(years=12))
    assert "12 years from that day end on 21 October 2032." in text

"""Who is covered: the post, the terms of leaving, the answers given (E1, E9 to E15, E18, E19)."""

import pytest

from shared.contracts.applications import Answer, LeavingReason, ServiceKind
from shared.contracts.vacancies import Employer, Engagement, RoleType
from shared.employers import EarlyDepartureTerms, Reading, terms_of
from tests.support.build_eligibility import ELIGIBLE, applied, outcome, rejected
from tests.support.builders import departure, served

TODAY = "2025-06-19"
RECENT = "2022-03-01"
OLD = "2015-03-01"
BARRED = rejected("2027-03-02")

SCHEME = LeavingReason.EARLY_DEPARTURE_SCHEME
OTHER_REASONS = sorted(set(LeavingReason) - {SCHEME, LeavingReason.RETIREMENT})
UNSURE = "E10_compensation_unsure"
UNANSWERED = "E14_compensation_unanswered"
UNCLEAR = "E10_scheme_unclear"


def test_E1_E2_everything_true_is_an_automatic_rejection():
    assert outcome(applied(TODAY, departure(RECENT))) == BARRED


@pytest.mark.parametrize("reason", sorted(LeavingReason))
def test_E1_E10_without_compensation_nobody_is_barred(reason):
    left = departure(RECENT, reason=reason, compensated=Answer.NO)
    assert outcome(applied(TODAY, left)) == ELIGIBLE


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_E10_compensation_on_other_grounds_is_a_question_for_a_person(reason):
    assert outcome(applied(TODAY, departure(RECENT, reason=reason))) == f"referred {UNCLEAR}"


@pytest.mark.parametrize(
    ("reason", "compensated", "doubts"),
    [
        (SCHEME, Answer.UNSURE, UNSURE),
        (SCHEME, Answer.UNANSWERED, UNANSWERED),
        (LeavingReason.OTHER, Answer.UNSURE, f"{UNSURE} {UNCLEAR}"),
        (LeavingReason.RESIGNATION, Answer.UNSURE, f"{UNSURE} {UNCLEAR}"),
        (LeavingReason.RESIGNATION, Answer.UNANSWERED, f"{UNANSWERED} {UNCLEAR}"),
    ],
)
def test_E10_E14_doubtful_compensation_goes_to_a_person(reason, compensated, doubts):
    left = departure(RECENT, reason=reason, compensated=compensated)
    assert outcome(applied(TODAY, left)) == f"referred {doubts}"


@pytest.mark.parametrize("reason", sorted(LeavingReason))
@pytest.mark.parametrize("compensated", sorted(Answer))
@pytest.mark.parametrize("service", sorted(ServiceKind))
def test_E1_long_ago_bars_nobody_whatever_the_terms(reason, compensated, service):
    left = departure(OLD, reason=reason, compensated=compensated, service=service)
    assert outcome(applied(TODAY, left)) == ELIGIBLE


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (ServiceKind.POLICE_STAFF, BARRED),
        (ServiceKind.POLICE_OFFICER, "referred E12_officer_scheme"),
        (ServiceKind.CONTRACTOR, "referred E12_contractor"),
    ],
)
def test_E12_earlier_service_as_officer_or_contractor_goes_to_a_person(service, expected):
    assert outcome(applied(TODAY, departure(RECENT, service=service))) == expected


@pytest.mark.parametrize("service", sorted(ServiceKind))
def test_E12_an_uncompensated_officer_or_contractor_is_not_barred(service):
    left = departure(RECENT, service=service, compensated=Answer.NO)
    assert outcome(applied(TODAY, left)) == ELIGIBLE


def test_E12_officer_roles_are_outside_the_rule():
    facts = applied(TODAY, departure(RECENT), role_type=RoleType.POLICE_OFFICER)
    assert outcome(facts) == ELIGIBLE


@pytest.mark.parametrize(
    "declared",
    [
        served(departure(RECENT)),
        served(departure("2021-02-30")),
        served(served_before=Answer.UNANSWERED),
        served(departure(RECENT), served_before=Answer.NO),
    ],
)
def test_E15_the_rule_never_fires_for_kent_and_essex(declared):
    facts = applied(TODAY, early_departure=declared, employer=Employer.KENT_ESSEX)
    assert outcome(facts, terms_of(facts.employer).early_departure) == ELIGIBLE


def test_E15_the_met_has_the_rule_with_five_years_and_no_reading_settled():
    assert terms_of(Employer.MET).early_departure == EarlyDepartureTerms(
        years=5, anniversary=Reading.REFERS, temporary_posts=Reading.REFERS
    )


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (served(served_before=Answer.NO), ELIGIBLE),
        (served(served_before=Answer.UNANSWERED), "referred E14_service_unanswered"),
        (
            served(departure(RECENT), served_before=Answer.UNANSWERED),
            "referred E14_service_unanswered",
        ),
        (served(served_before=Answer.UNSURE), "referred E14_service_unsure"),
        (served(departure(RECENT), served_before=Answer.UNSURE), "referred E14_service_unsure"),
        (served(), "referred E14_departures_missing"),
        (
            served(departure(RECENT), served_before=Answer.NO),
            "referred E13_contradictory_answers",
        ),
        (served(departure(OLD), served_before=Answer.NO), "referred E13_contradictory_answers"),
        (
            served(departure(RECENT), departure(RECENT, compensated=Answer.NO)),
            "referred E13_contradictory_answers",
        ),
    ],
)
def test_E13_E14_missing_and_contradictory_answers_go_to_a_person(declared, expected):
    assert outcome(applied(TODAY, early_departure=declared)) == expected


def resigned(left_on: str):
    return departure(left_on, reason=LeavingReason.RESIGNATION, compensated=Answer.NO)


def unsure(left_on: str):
    return departure(left_on, compensated=Answer.UNSURE)


@pytest.mark.parametrize(
    ("departures", "expected"),
    [
        ((departure(OLD), departure(RECENT)), BARRED),
        ((departure(RECENT), departure(OLD)), BARRED),
        ((departure("2021-01-01"), departure(RECENT)), BARRED),
        ((departure(RECENT), departure(RECENT)), BARRED),
        ((departure(RECENT), resigned("2024-01-01")), BARRED),
        ((resigned("2018-01-01"), departure(RECENT)), BARRED),
        ((departure(OLD), resigned("2024-01-01")), ELIGIBLE),
        ((resigned("2012-01-01"), resigned("2024-01-01")), ELIGIBLE),
        ((departure(RECENT), unsure(OLD)), BARRED),
        # An earlier doubt changes neither the verdict nor the day; a later one changes the day.
        ((departure(RECENT), unsure("2021-01-01")), BARRED),
        ((departure(RECENT), unsure("2023-01-01")), f"referred {UNSURE}"),
        ((departure(RECENT), departure("2026-01-01")), "referred E11_not_left_yet"),
        ((departure(RECENT), departure("2022-02-30")), "referred E8_impossible_date"),
        ((departure(RECENT), departure("2022")), rejected("2028-01-01")),
        (
            (unsure("2021-01-01"), departure("2023-01-01", service=ServiceKind.CONTRACTOR)),
            f"referred {UNSURE} E12_contractor",
        ),
        ((unsure("2021-01-01"), unsure("2021-06-01")), f"referred {UNSURE}"),
    ],
)
def test_E9_the_latest_departure_that_may_bar_decides(departures, expected):
    assert outcome(applied(TODAY, *departures)) == expected


@pytest.mark.parametrize("engagement", [Engagement.TEMPORARY, Engagement.INTERIM])
@pytest.mark.parametrize(
    ("reading", "declared", "expected"),
    [
        (Reading.REFERS, served(departure(RECENT)), "referred E18_temporary_post"),
        (Reading.REFERS, served(unsure(RECENT)), f"referred {UNSURE} E18_temporary_post"),
        (Reading.REFERS, served(departure(OLD)), ELIGIBLE),
        (Reading.REFERS, served(served_before=Answer.NO), ELIGIBLE),
        (
            Reading.REFERS,
            served(served_before=Answer.UNANSWERED),
            "referred E14_service_unanswered",
        ),
        (Reading.BARS, served(departure(RECENT)), BARRED),
        (Reading.ALLOWS, served(departure(RECENT)), ELIGIBLE),
    ],
)
def test_E18_a_temporary_post_is_doubtful_only_where_the_rule_would_bar(
    engagement, reading, declared, expected
):
    facts = applied(TODAY, early_departure=declared, engagement=engagement)
    assert outcome(facts, EarlyDepartureTerms(temporary_posts=reading)) == expected


def test_E16_a_fresh_application_from_the_day_that_was_told_is_eligible():
    assert outcome(applied(TODAY, departure(RECENT))) == BARRED
    assert outcome(applied("2027-03-02", departure(RECENT), application="app-2")) == ELIGIBLE


def test_E19_each_application_of_a_person_is_judged_on_its_own_day_and_post():
    assert outcome(applied("2027-02-28", departure(RECENT), vacancy="met-001")) == BARRED
    assert outcome(applied("2027-03-02", departure(RECENT), vacancy="met-002")) == ELIGIBLE

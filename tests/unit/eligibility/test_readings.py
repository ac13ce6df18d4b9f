"""Whatever else is said: what bars nobody in any reading, and what a date may mean."""

from datetime import date

import pytest

from services.eligibility.departures import Span, days_meant
from shared.contracts.applications import Answer, LeavingReason, ServiceKind
from shared.contracts.vacancies import Employer
from shared.employers import EarlyDepartureTerms, Reading, terms_of
from tests.support.build_eligibility import ELIGIBLE, applied, outcome, rejected
from tests.support.builders import departure, served

TODAY = "2025-06-19"
RECENT = "2022-03-01"
OLD = "2015-03-01"
REASONS = pytest.mark.parametrize("reason", sorted(LeavingReason))
SERVICES = pytest.mark.parametrize("service", sorted(ServiceKind))
READINGS = pytest.mark.parametrize("reading", sorted(Reading))


def every(reading: Reading) -> EarlyDepartureTerms:
    """An employer who reads everything in one way."""
    names = [name for name, field in EarlyDepartureTerms.model_fields.items()
             if field.annotation is Reading]  # fmt: skip
    return EarlyDepartureTerms(**dict.fromkeys(names, reading))


@REASONS
@SERVICES
@READINGS
def test_E1_E10_without_compensation_nobody_is_barred(reason, service, reading):
    left = departure(RECENT, reason=reason, service=service, compensated=Answer.NO)
    assert outcome(applied(TODAY, left), every(reading)) == ELIGIBLE


@REASONS
@SERVICES
@READINGS
@pytest.mark.parametrize("compensated", sorted(Answer))
def test_E1_long_ago_bars_nobody_whatever_the_terms(reason, compensated, service, reading):
    left = departure(OLD, reason=reason, compensated=compensated, service=service)
    assert outcome(applied(TODAY, left), every(reading)) == ELIGIBLE


@READINGS
@pytest.mark.parametrize(
    "declared",
    [
        served(departure("2021-02-30")),
        served(departure(RECENT, compensated=Answer.UNSURE)),
        served(departure(RECENT), departure(RECENT, compensated=Answer.NO)),
        served(served_before=Answer.UNANSWERED),
        served(departure(RECENT), served_before=Answer.NO),
        served(served_before=Answer.UNSURE),
    ],
)
def test_E8_E10_E13_E14_no_setting_turns_a_doubt_about_facts_into_a_rejection(declared, reading):
    verdict = outcome(applied(TODAY, early_departure=declared), every(reading))
    assert verdict.startswith("referred")


def test_E15_the_met_has_the_rule_with_five_years_and_no_reading_settled():
    shipped = terms_of(Employer.MET).early_departure
    assert shipped == EarlyDepartureTerms() == every(Reading.REFERS)
    assert shipped.years == 5
    assert terms_of(Employer.KENT_ESSEX).early_departure is None


def test_E19_the_same_fact_is_judged_for_each_vacancy_by_itself():
    later = applied("2027-03-02", departure(RECENT), vacancy="met-002")
    earlier = applied("2027-02-28", departure(RECENT), vacancy="met-001")
    assert (outcome(earlier), outcome(later)) == (rejected("2027-03-02"), ELIGIBLE)


@pytest.mark.parametrize(
    ("left_on", "first", "last"),
    [
        ("2020-10-21", date(2020, 10, 21), date(2020, 10, 21)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
        ("2021-12", date(2021, 12, 1), date(2021, 12, 31)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_E8_a_part_of_a_date_means_all_its_days(left_on, first, last):
    assert days_meant(left_on) == Span(first, last)

"""A machine decides only what every reading decides: the rule read in every way, and ours."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.decisions import Eligible, Referred, Rejected, judge
from services.eligibility.departures import days_meant
from shared.calendar import at_london, london_date, years_after
from shared.contracts.applications import Answer, LeavingDay, LeavingReason, ServiceKind
from shared.contracts.vacancies import Engagement, RoleType
from shared.employers import EarlyDepartureTerms, Reading
from tests.support.build_eligibility import applied
from tests.support.builders import departure, served
from tests.support.eligibility_readings import bars

# Few days, so that anniversaries, overlaps and leap days really meet.
DAYS = st.sampled_from(
    ["2020", "2020-02", "2020-02-28", "2020-02-29", "2020-03-01", "2020-10-21", "2021-02-28",
     "2021-02-30", "2021-03", "2021-03-15", "2015", "2025-03", "2025-03-01", "2026-01-01"]
)  # fmt: skip
OFFSETS = st.sampled_from([-1, 0, 0, 1])
ANY_DAY = st.dates(date(2019, 1, 1), date(2032, 1, 1))


def mostly(usual, others):
    """Something unusual in one case of six, so that the usual is often all there is."""
    return st.integers(0, 5).flatmap(
        lambda n: st.sampled_from(others) if n == 0 else st.just(usual)
    )


YEARS = st.sampled_from([5, 5, 5, 0, 1, 4])
READINGS = st.sampled_from(Reading)
ANY_TERMS = st.builds(
    EarlyDepartureTerms,
    years=st.sampled_from([5, 5, 1, 4]),
    leaving=mostly(LeavingDay.LAST_DAY_OF_SERVICE, LeavingDay),
    anniversary=READINGS, temporary_posts=READINGS, compensation_repaid=READINGS,
    early_retirement=READINGS, officer_schemes=READINGS, contractors=READINGS,
)  # fmt: skip
TERMS = st.one_of(st.just(EarlyDepartureTerms()), ANY_TERMS)
DEPARTURES = st.builds(
    departure,
    DAYS,
    reason=mostly(LeavingReason.EARLY_DEPARTURE_SCHEME, LeavingReason),
    compensated=mostly(Answer.YES, Answer),
    repaid=mostly(Answer.NO, Answer),
    service=mostly(ServiceKind.POLICE_STAFF, ServiceKind),
    left_on_is=mostly(LeavingDay.LAST_DAY_OF_SERVICE, LeavingDay),
)


def told_again(left):
    """The same leaving, perhaps: by another of its days, or paid otherwise."""
    return st.builds(
        departure,
        DAYS | st.just(left.left_on),
        reason=st.just(left.reason),
        service=st.just(left.service),
        compensated=st.sampled_from(Answer),
        left_on_is=st.sampled_from(LeavingDay),
    )


@st.composite
def applications(draw):
    """Somebody who applied on a day that matters: an anniversary, the day they left, or near."""
    departures = draw(st.lists(DEPARTURES, min_size=1, max_size=3))
    if draw(st.integers(0, 3)) == 0:
        departures.append(draw(told_again(departures[0])))
    days = [days for one in departures if (days := days_meant(one.left_on))]
    applied_on = draw(ANY_DAY)
    if days and draw(st.integers(0, 5)):
        span = draw(st.sampled_from(days))
        end = years_after(draw(st.sampled_from([span.first, span.last])), draw(YEARS))
        turn = draw(st.sampled_from([end.earliest, end.latest]))
        applied_on = turn + timedelta(days=draw(OFFSETS))
    is_certain = draw(st.integers(0, 5))
    return applied(
        applied_on.isoformat(),
        early_departure=served(
            *(departures if is_certain else departures[1:]),
            served_before=draw(mostly(Answer.YES, Answer)),
        ),
        role_type=draw(mostly(RoleType.POLICE_STAFF, RoleType)),
        engagement=draw(mostly(Engagement.PERMANENT, Engagement)),
    )


def on(facts, day: date):
    return facts.model_copy(update={"submitted_at": at_london(day, time.min)})


@given(applications(), TERMS)
def test_E1_E2_whom_the_machine_rejects_every_reading_rejects(facts, terms):
    if isinstance(judge(facts, terms), Rejected):
        assert bars(facts, terms) == {True}


@given(applications(), TERMS)
def test_E1_whom_the_machine_lets_pass_no_reading_bars(facts, terms):
    if isinstance(judge(facts, terms), Eligible):
        assert bars(facts, terms) == {False}


@given(applications(), TERMS)
def test_E13_E14_where_readings_differ_a_person_decides(facts, terms):
    if len(bars(facts, terms)) > 1:
        assert isinstance(judge(facts, terms), Referred)


@given(applications(), TERMS, st.integers(0, 4000))
def test_E5_who_may_apply_today_may_apply_on_any_later_day(facts, terms, days):
    if isinstance(judge(facts, terms), Eligible):
        later = on(facts, london_date(facts.submitted_at) + timedelta(days=days))
        assert isinstance(judge(later, terms), Eligible)


@given(applications(), TERMS, st.integers(1, 4000))
def test_E16_the_day_that_is_told_is_the_first_on_which_they_may_apply(facts, terms, days):
    verdict = judge(facts, terms)
    if first := getattr(verdict, "eligible_from", None):
        assert isinstance(judge(on(facts, first), terms), Eligible)
        before = max(first - timedelta(days=days), london_date(facts.submitted_at))
        for day in (before, first - timedelta(days=1)):
            assert not isinstance(judge(on(facts, day), terms), Eligible)


@given(applications(), TERMS)
def test_E6_the_same_facts_under_the_same_terms_give_the_same_verdict(facts, terms):
    again = type(facts).model_validate_json(facts.model_dump_json())
    kept = EarlyDepartureTerms.model_validate_json(terms.model_dump_json())
    assert judge(again, kept) == judge(facts, terms)

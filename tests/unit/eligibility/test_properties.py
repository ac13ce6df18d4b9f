"""What must hold for everybody over ten years, checked against the words read in every way."""

from datetime import date, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from services.eligibility.decisions import (
    Considered,
    Eligible,
    Ignored,
    Referred,
    Rejected,
    consider,
    judge,
)
from shared.calendar import LONDON, at_london
from shared.contracts.applications import (
    Answer,
    ApplicationAccepted,
    Departure,
    LeavingReason,
    ServiceKind,
)
from shared.contracts.vacancies import Employer, Engagement, RoleType
from shared.employers import terms_of
from tests.support.build_eligibility import MET, applied, in_short
from tests.support.builders import departure, served

DAYS = st.dates(date(2018, 1, 1), date(2028, 12, 31))
CLOCK = st.times()


def submitted(day: date, clock: time = time(12), **changes):
    return applied(at_london(day, clock).isoformat(), **changes)


@st.composite
def departures(draw) -> Departure:
    day = draw(DAYS).isoformat()
    return departure(
        day[: draw(st.sampled_from([4, 7, 10]))],
        reason=draw(st.sampled_from(LeavingReason)),
        compensated=draw(st.sampled_from(Answer)),
        service=draw(st.sampled_from(ServiceKind)),
    )


@st.composite
def applications(draw) -> ApplicationAccepted:
    return submitted(
        draw(DAYS),
        draw(CLOCK),
        early_departure=served(
            *draw(st.lists(departures(), max_size=4)), served_before=draw(st.sampled_from(Answer))
        ),
        conviction_declared=draw(st.sampled_from(Answer)),
        employer=draw(st.sampled_from(Employer)),
        role_type=draw(st.sampled_from(RoleType)),
        engagement=draw(st.sampled_from(Engagement)),
    )


def anniversaries(left_on: date) -> tuple[date, date]:
    """The first and the last day that anybody could call the fifth anniversary."""
    year = left_on.year + 5
    if (left_on.month, left_on.day) == (2, 29):
        return date(year, 2, 28), date(year, 3, 1)
    return left_on.replace(year=year), left_on.replace(year=year)


@given(DAYS, DAYS, CLOCK)
def test_E3_E4_only_days_barred_in_every_reading_reject_and_only_days_free_in_every_one_pass(
    left_on, applied_on, clock
):
    first, last = anniversaries(left_on)
    verdict = judge(
        submitted(applied_on, clock, early_departure=served(departure(left_on.isoformat()))), MET
    )
    if left_on >= applied_on or first <= applied_on <= last:
        assert isinstance(verdict, Referred)
    elif applied_on < first:
        assert verdict == Rejected(verdict.reasons, last + timedelta(days=1), verdict.weighed)
    else:
        assert isinstance(verdict, Eligible)


@given(DAYS, st.integers(0, 4000), CLOCK)
def test_E3_nobody_is_rejected_on_or_after_the_anniversary(left_on, days_later, clock):
    on_or_after = anniversaries(left_on)[0] + timedelta(days=days_later)
    facts = submitted(on_or_after, clock, early_departure=served(departure(left_on.isoformat())))
    assert not isinstance(judge(facts, MET), Rejected)


@given(DAYS, st.sampled_from([4, 7]), DAYS)
def test_E8_part_of_a_date_is_judged_as_all_its_days_together(day, length, applied_on):
    part = day.isoformat()[:length]
    every = {
        type(
            judge(submitted(applied_on, early_departure=served(departure(each.isoformat()))), MET)
        )
        for each in (date(day.year, 1, 1) + timedelta(n) for n in range(366))
        if each.isoformat().startswith(part)
    }
    whole = type(judge(submitted(applied_on, early_departure=served(departure(part))), MET))
    assert whole is (every.pop() if len(every) == 1 else Referred)


@given(applications())
def test_E10_E12_E14_nobody_is_rejected_unless_one_departure_is_certain_in_everything(facts):
    if isinstance(judge(facts, terms_of(facts.employer).early_departure), Rejected):
        certain = [
            one
            for one in facts.early_departure.departures
            if one.reason is LeavingReason.EARLY_DEPARTURE_SCHEME
            and one.compensated is Answer.YES
            and one.service is ServiceKind.POLICE_STAFF
        ]
        assert certain
        assert facts.early_departure.served_before is Answer.YES
        assert facts.employer is Employer.MET
        assert facts.role_type is RoleType.POLICE_STAFF
        assert facts.engagement is Engagement.PERMANENT


@given(applications(), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_E5_E6_a_replay_years_later_gives_the_same_answer(facts, later):
    policy = terms_of(facts.employer).early_departure
    again = ApplicationAccepted.model_validate_json(facts.model_dump_json())
    replayed = again.model_copy(update={"received_at": facts.received_at + later})
    assert in_short(judge(replayed, policy)) == in_short(judge(facts, policy))


@given(applications())
def test_E5_the_offset_in_which_the_submission_is_written_makes_no_difference(facts):
    written = {"submitted_at": facts.submitted_at.astimezone(LONDON)}
    policy = terms_of(facts.employer).early_departure
    assert judge(facts.model_copy(update=written), policy) == judge(facts, policy)


@given(applications())
def test_E16_on_the_day_that_is_told_the_rule_no_longer_bars(facts):
    verdict = judge(facts, MET)
    if isinstance(verdict, Rejected):
        later = at_london(verdict.eligible_from, time.min)
        again = judge(facts.model_copy(update={"submitted_at": later}), MET)
        assert isinstance(again, Eligible)
        assert later > facts.submitted_at


@given(applications(), st.randoms())
def test_E9_the_order_in_which_departures_are_declared_makes_no_difference(facts, random):
    shuffled = list(facts.early_departure.departures)
    random.shuffle(shuffled)
    declared = facts.early_departure.model_copy(update={"departures": tuple(shuffled)})
    verdicts = [
        judge(each, MET)
        for each in (facts, facts.model_copy(update={"early_departure": declared}))
    ]
    assert len({type(verdict) for verdict in verdicts}) == 1
    assert len({frozenset(getattr(verdict, "reasons", ())) for verdict in verdicts}) == 1
    assert len({getattr(verdict, "eligible_from", None) for verdict in verdicts}) == 1


@given(applications(), departures())
def test_E10_one_more_departure_outside_any_scheme_never_makes_a_rejection(facts, further):
    assume(further.reason is not LeavingReason.EARLY_DEPARTURE_SCHEME)
    declared = facts.early_departure
    more = declared.model_copy(update={"departures": (*declared.departures, further)})
    before = judge(facts, MET)
    after = judge(facts.model_copy(update={"early_departure": more}), MET)
    assert isinstance(before, Rejected) or not isinstance(after, Rejected)


@given(applications(), st.sampled_from(Answer))
def test_K1_K2_a_conviction_changes_no_verdict_and_is_considered_unless_denied(facts, answer):
    other = facts.model_copy(update={"conviction_declared": answer})
    policy = terms_of(facts.employer).early_departure
    assert judge(other, policy) == judge(facts, policy)
    expected = Ignored if answer is Answer.NO else Considered
    assert isinstance(consider(other), expected)


@given(DAYS, CLOCK)
def test_E1_somebody_who_never_served_is_always_eligible(applied_on, clock):
    never = served(served_before=Answer.NO)
    assert isinstance(judge(submitted(applied_on, clock, early_departure=never), MET), Eligible)

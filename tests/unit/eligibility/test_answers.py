"""What people's decisions make of a verdict, whatever order they come in."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.answers import (
    Answer,
    Early,
    Ignored,
    InTheFuture,
    Judgement,
    Opened,
    Overdue,
    Quarantined,
    Reversal,
    Taken,
    chase,
    judge_criterion,
    open_challenge,
    receive_challenge,
    stands,
)
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.checks import EligibilityOutcome as Outcome
from shared.contracts.vacancies import Employer, VacancyTimetabled
from shared.employers import terms_of
from tests.support.build_people import decision_challenged
from tests.support.builders import NOW, VACANCY, criterion_judged

REFERRED = Judgement(Outcome.REFERRED, NOW)
REJECTED = Judgement(Outcome.REJECTED, NOW)


def answer(outcome: Outcome, hours: int, asked_at: datetime = NOW) -> Answer:
    return Answer(outcome, NOW + timedelta(hours=hours), asked_at, "why")


def reversal(hours: int) -> Reversal:
    return Reversal(NOW + timedelta(hours=hours), "why")


def corrected(outcome: Outcome, hours: int) -> Judgement:
    return Judgement(outcome, NOW + timedelta(hours=hours), is_corrected=True)


YES, NO = answer(Outcome.ELIGIBLE, 1), answer(Outcome.REJECTED, 2)


@pytest.mark.parametrize(
    ("judgement", "acts", "expected"),
    [
        (REFERRED, (), REFERRED),
        (REFERRED, (YES,), YES),
        (REFERRED, (NO,), NO),
        (REFERRED, (YES, NO), YES),  # the first answer stands
        (REJECTED, (YES,), REJECTED),  # nothing was asked
        (REFERRED, (answer(Outcome.ELIGIBLE, 1, NOW - timedelta(days=1)),), REFERRED),
        (REJECTED, (reversal(3),), reversal(3)),
        (REFERRED, (NO, reversal(3)), reversal(3)),  # what a person rejected, another puts right
        (REFERRED, (YES, reversal(3)), YES),
        (REFERRED, (reversal(3),), reversal(3)),
        # E21: a correction overtakes what was decided before it, and can itself be answered
        (corrected(Outcome.REJECTED, 5), (YES,), corrected(Outcome.REJECTED, 5)),
        (corrected(Outcome.ELIGIBLE, 5), (reversal(3),), corrected(Outcome.ELIGIBLE, 5)),
        # E20: what was upheld before is not rejected by a machine but left to a person
        (corrected(Outcome.REJECTED, 5), (YES, reversal(3)), corrected(Outcome.REFERRED, 5)),
        (
            corrected(Outcome.REJECTED, 5),
            (reversal(3), answer(Outcome.REJECTED, 6, NOW + timedelta(hours=5))),
            answer(Outcome.REJECTED, 6, NOW + timedelta(hours=5)),
        ),
        (corrected(Outcome.REJECTED, 5), (reversal(6),), reversal(6)),
        (corrected(Outcome.REFERRED, 5), (YES,), corrected(Outcome.REFERRED, 5)),
        (
            corrected(Outcome.REFERRED, 5),
            (YES, answer(Outcome.REJECTED, 6, NOW + timedelta(hours=5))),
            answer(Outcome.REJECTED, 6, NOW + timedelta(hours=5)),
        ),
    ],
)
def test_E20_E21_F2_what_stands_is_the_machines_word_unless_people_decided_since(
    judgement, acts, expected
):
    for order in permutations(acts):
        assert stands(judgement, order) == expected


acts = st.one_of(
    st.builds(
        answer,
        st.sampled_from([Outcome.ELIGIBLE, Outcome.REJECTED]),
        st.integers(1, 19),
        st.sampled_from([NOW, NOW + timedelta(hours=5)]),
    ),
    st.builds(reversal, st.integers(1, 19)),
)
judgements = st.one_of(
    st.builds(Judgement, st.sampled_from(Outcome), st.just(NOW)),
    st.builds(corrected, st.sampled_from(Outcome), st.just(5)),
)
decisions = st.lists(acts, max_size=6, unique_by=lambda act: act.at)


@given(st.data(), judgements, decisions)
def test_E20_E21_any_order_of_what_people_decide_ends_in_the_same_verdict(
    data, judgement, decided
):
    shuffled = data.draw(st.permutations(decided * 2))
    assert stands(judgement, shuffled) == stands(judgement, decided)


@given(judgements, decisions)
def test_E20_E21_nobody_is_rejected_by_a_person_but_by_an_answer_to_what_was_really_open(
    judgement, decided
):
    standing = stands(judgement, decided)
    if isinstance(standing, Answer):
        was_upheld = any(isinstance(act, Reversal) and act.at < judgement.at for act in decided)
        left_open = {Outcome.REFERRED, Outcome.REJECTED} if was_upheld else {Outcome.REFERRED}
        assert judgement.outcome in left_open
        assert standing.asked_at == judgement.at <= standing.at


TOLD = datetime(2025, 10, 22, 9, tzinfo=UTC)


def opened_at_once(
    made: datetime, told_at: datetime | None, *, days: int = 28, working_days: int = 10
) -> Opened:
    """A challenge that is heard of as it is made."""
    terms = {"days": days, "working_days": working_days}
    return open_challenge(made, told_at, received_at=made, **terms)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({}, Opened),
        ({"own_vacancy": VACANCY}, Opened),
        ({"own_vacancy": "met-999", "earlier_grounds": "others"}, Quarantined),
        ({"earlier_grounds": decision_challenged().grounds, "terms": None}, Ignored),
        ({"earlier_grounds": "others"}, Quarantined),
        ({"now": NOW - timedelta(minutes=16), "terms": None}, InTheFuture),
        ({"now": NOW - timedelta(minutes=15)}, Opened),
        ({"terms": None}, Early),
    ],
)
def test_E20_a_challenge_that_is_known_or_cannot_be_right_is_not_opened(known, verdict):
    made = decision_challenged(challenged_at=NOW)
    nothing = {"own_vacancy": None, "earlier_grounds": None, "told_at": None, "now": NOW}
    terms = terms_of(Employer.MET)
    facts = nothing | {"terms": terms} | known
    assert isinstance(receive_challenge(made, **facts), verdict)


@pytest.mark.parametrize(
    ("made", "days", "is_late"),
    [
        ("2025-11-19T23:59:59+00:00", 28, False),
        ("2025-11-20T00:00:00+00:00", 28, True),
        ("2025-11-20T00:00:00+00:00", 29, False),  # the setting decides
        ("2025-10-23T00:00:00+01:00", 1, False),
        ("2025-10-24T00:00:00+01:00", 1, True),
    ],
)
def test_E20_a_challenge_is_late_by_the_days_since_its_candidate_was_told(made, days, is_late):
    opened = opened_at_once(datetime.fromisoformat(made), TOLD, days=days)
    assert opened.is_late is is_late


def test_E20_nobody_is_late_who_has_not_been_told():
    years_later = TOLD + timedelta(days=700)
    assert not opened_at_once(years_later, None, days=1).is_late


@pytest.mark.parametrize(
    ("working_days", "decide_by"),
    [(1, date(2025, 12, 24)), (2, date(2025, 12, 29)), (10, date(2026, 1, 9))],
)
def test_E20_a_person_has_as_many_working_days_as_the_employer_says(working_days, decide_by):
    made = datetime(2025, 12, 23, 10, tzinfo=UTC)
    opened = opened_at_once(made, TOLD, days=90, working_days=working_days)
    assert opened == Opened(decide_by, is_late=False)


def test_E20_a_challenge_heard_of_weeks_later_is_late_by_its_own_day_and_decided_by_ours():
    made = TOLD + timedelta(days=7)
    heard = {"received_at": TOLD + timedelta(days=29), "working_days": 10}
    assert open_challenge(made, TOLD, days=7, **heard) == Opened(date(2025, 12, 4), is_late=False)
    assert open_challenge(made, TOLD, days=6, **heard).is_late


@pytest.mark.parametrize(
    ("made_on", "working_days", "decide_by"),
    [
        (date(2199, 1, 2), 2, date(2199, 1, 4)),
        (date(2199, 1, 4), 1, date(2199, 1, 7)),
        (date(2199, 1, 4), 10, date(2199, 1, 18)),
        (date(2199, 1, 5), 1, date(2199, 1, 7)),
        (date(2199, 1, 6), 5, date(2199, 1, 11)),
    ],
)
def test_E20_where_no_bank_holidays_are_known_a_challenge_is_opened_by_weekdays(
    made_on, working_days, decide_by
):
    """The first of January 2199 is a Tuesday."""
    made = datetime.combine(made_on, time(10), UTC)
    opened = opened_at_once(made, None, working_days=working_days)
    assert opened == Opened(decide_by, is_late=False)


def test_E20_the_shipped_settings_are_28_days_and_10_working_days():
    terms = terms_of(Employer.MET)
    assert (terms.challenge_days, terms.challenge_working_days) == (28, 10)


BY = date(2025, 11, 5)
LAST_SECOND = datetime(2025, 11, 5, 23, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2025, 11, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "said_at", "now", "expected"),
    [
        (None, None, NEXT_DAY, Overdue()),
        (None, None, LAST_SECOND, Ignored("not yet")),
        (None, NEXT_DAY, NEXT_DAY, Ignored("said before")),
        (ChallengeOutcome.DISMISSED, None, NEXT_DAY, Ignored("decided")),
    ],
)
def test_E20_a_challenge_that_nobody_decided_is_overdue_once(outcome, said_at, now, expected):
    assert chase(BY, outcome, said_at, now) == expected


def test_K6_K14_K15_only_what_the_advert_prints_can_be_judged():
    judged = criterion_judged("years")
    assert judge_criterion(judged, None) == Early(VacancyTimetabled, VACANCY)
    assert judge_criterion(judged, {"years", "nvq-3"}) == Taken()
    assert isinstance(judge_criterion(judged, set()), Quarantined)

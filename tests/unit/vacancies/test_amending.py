"""Amendments: whatever comes in which order, the same amendments make the same timetable."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.vacancies.decisions import (
    Ignored,
    InTheFuture,
    Plan,
    Replanned,
    Unusable,
    amend,
    as_amended,
    begin,
    replan,
    schedule,
)
from shared.calendar import at_london
from shared.contracts.vacancies import ClosingAnchor, VacancyAmended, Window
from tests.support.builders import (
    CLOSES_AT,
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    vacancy_amended,
    vacancy_published,
)

LATER = CLOSES_AT + timedelta(days=10)
PLAN = begin(vacancy_published())


def after(*amendments: VacancyAmended, plan: Plan = PLAN, now: datetime = LATER) -> Plan:
    """Take amendments in as they come; what cannot be used changes nothing."""
    for amendment in amendments:
        verdict = amend(plan, amendment, now)
        if isinstance(verdict, Replanned):
            plan = verdict.plan
    return plan


def made(plan: Plan):
    advert, closed_at = as_amended(plan)
    return schedule(advert, closed_at=closed_at, grace_seconds=plan.grace_seconds)


def reason_of(amendment: VacancyAmended, *earlier: VacancyAmended, now: datetime = NOW) -> str:
    verdict = amend(after(*earlier), amendment, now)
    assert isinstance(verdict, Unusable)
    return verdict.reason


def test_C7_an_extension_moves_every_date_and_makes_a_higher_version():
    verdict = amend(PLAN, vacancy_amended(closes_at=CLOSES_AT + timedelta(weeks=1)), NOW)
    assert isinstance(verdict, Replanned)
    assert verdict.plan.version == 2
    new = verdict.timetable
    assert new.last_accepted_at == LAST_ACCEPTED_AT + timedelta(weeks=1)
    assert new.review_promised_on == date(2025, 11, 4)
    assert new.interviews_promised_on == date(2025, 11, 11)


BY_DATE, BY_CLOSE = ClosingAnchor.CLOSING_DATE, ClosingAnchor.ACTUAL_CLOSE


@pytest.mark.parametrize(
    ("anchor", "change", "closes", "promised_on"),
    [
        (BY_DATE, {"closes_at": "2025-10-20T22:55"}, "10-20", "2025-10-27"),
        (BY_CLOSE, {"closes_at": "2025-10-20T22:55"}, "10-20", "2025-10-27"),
        (BY_DATE, {"actual_close_at": "2025-10-20T17:00"}, "10-20", "2025-10-28"),
        (BY_CLOSE, {"actual_close_at": "2025-10-20T17:00"}, "10-20", "2025-10-27"),
        (BY_DATE, {"actual_close_at": "2025-10-30T17:00"}, "10-30", "2025-10-28"),
        (BY_CLOSE, {"actual_close_at": "2025-10-30T17:00"}, "10-30", "2025-11-06"),
    ],
)
def test_C7_closed_early_or_extended_each_anchor_counts_from_its_own(
    anchor, change, closes, promised_on
):
    plan = begin(vacancy_published(review_anchor=anchor))
    change = {k: datetime.fromisoformat(v).replace(tzinfo=UTC) for k, v in change.items()}
    new = made(after(vacancy_amended(**change), plan=plan))
    assert f"{new.closes_at:%m-%d}" == closes
    assert new.review_promised_on == date.fromisoformat(promised_on)
    assert new.review_opens_at > new.last_accepted_at


def test_C7_a_new_closing_date_ends_an_actual_close_that_was_said_before():
    closed = vacancy_amended(actual_close_at=NOW + timedelta(hours=2))
    reopened = vacancy_amended(amended_at=NOW + timedelta(hours=1), closes_at=LATER)
    for order in permutations([closed, reopened]):
        assert made(after(*order)).closes_at == LATER


def test_what_an_amendment_does_not_name_stays_as_it_was():
    advert, _ = as_amended(after(vacancy_amended(title="Senior Technician")))
    assert advert == vacancy_published(title="Senior Technician")


def test_an_amendment_that_names_nothing_breaks_the_contract():
    with pytest.raises(ValidationError, match="at least one thing"):
        VacancyAmended(vacancy=VACANCY, amended_at=NOW)


@pytest.mark.parametrize("field", ["closes_at", "actual_close_at"])
@pytest.mark.parametrize(
    ("moment", "is_past"),
    [
        (NOW - timedelta(days=1), True),
        (NOW - timedelta(minutes=1), True),
        (NOW - timedelta(microseconds=1), True),
        (NOW, False),
        (NOW + timedelta(days=30), False),
    ],
)
def test_C7_a_closing_moves_to_no_moment_that_had_passed(field, moment, is_past):
    amendment = vacancy_amended(amended_at=NOW, **{field: moment})
    verdict = amend(PLAN, amendment, NOW)
    if is_past:
        assert isinstance(verdict, Unusable)
        assert verdict.reason == "closing_moved_into_the_past"
    else:
        assert isinstance(verdict, Replanned)


def test_C2_closing_now_leaves_the_minute_that_the_clock_shows():
    now = NOW + timedelta(seconds=42)
    assert isinstance(amend(PLAN, vacancy_amended(amended_at=now, closes_at=NOW), now), Replanned)


def test_an_amendment_heard_late_is_judged_by_the_moment_at_which_it_was_made():
    amendment = vacancy_amended(amended_at=NOW, closes_at=NOW + timedelta(hours=1))
    assert isinstance(amend(PLAN, amendment, NOW + timedelta(days=3)), Replanned)


def test_a_title_can_change_after_the_closing():
    amendment = vacancy_amended(amended_at=LATER, title="Technician")
    assert isinstance(amend(PLAN, amendment, LATER), Replanned)


def test_the_same_amendment_again_is_ignored_and_another_of_the_same_moment_is_held():
    amendment = vacancy_amended(closes_at=LATER)
    assert isinstance(amend(after(amendment), amendment, NOW), Ignored)
    assert reason_of(vacancy_amended(title="Other"), amendment) == "amendments_contradict"


def test_an_amendment_from_the_future_is_held_so_that_it_does_not_outlast_all_others():
    ahead = vacancy_amended(amended_at=NOW + timedelta(days=365), title="Other")
    assert amend(PLAN, ahead, NOW) == InTheFuture()


def test_D9_a_closing_before_the_posting_is_held():
    early = datetime(2025, 9, 1, 12, tzinfo=UTC)
    assert reason_of(vacancy_amended(amended_at=early, closes_at=early)) == "closes_before_posting"


def test_a_year_without_known_bank_holidays_is_held():
    far = at_london(date(2028, 12, 28), datetime.min.time())
    assert reason_of(vacancy_amended(closes_at=far)) == "bank_holidays_unknown"


MINUTES = st.integers(0, 60 * 24 * 40)
AMENDMENTS = st.builds(
    lambda at, fields, closing: vacancy_amended(
        amended_at=(moment := datetime(2025, 10, 5, tzinfo=UTC) + timedelta(minutes=at)),
        **fields,
        **{name: moment + timedelta(minutes=later) for name, later in closing.items()},
    ),
    MINUTES,
    st.fixed_dictionaries(
        {"location": st.sampled_from(["Hendon", "Bow"])},
        optional={
            "title": st.sampled_from(["Technician", "Driver"]),
            "review": st.sampled_from([Window(min_weeks=1, max_weeks=2)]),
            "review_anchor": st.sampled_from(ClosingAnchor),
            "interviews": st.sampled_from([Window(min_weeks=2, max_weeks=3)]),
        },
    ),
    st.fixed_dictionaries({}, optional={"closes_at": MINUTES, "actual_close_at": MINUTES}),
)
HISTORIES = st.lists(AMENDMENTS, max_size=5, unique_by=lambda one: one.amended_at)


@given(HISTORIES, st.data())
def test_C7_every_order_and_repetition_of_amendments_ends_in_the_same_timetable(history, data):
    shuffled = data.draw(st.permutations(history * 2))
    one, other = after(*history, now=FAR), after(*shuffled, now=FAR)
    assert as_amended(one) == as_amended(other)
    assert made(one) == made(other)
    assert one.version == other.version == 1 + len(history)


FAR = datetime(2026, 6, 1, tzinfo=UTC)


@given(HISTORIES, st.integers(0, 60 * 24 * 60))
def test_C7_nobody_who_applied_in_time_becomes_late_by_any_amendment(history, minutes):
    """Whoever was in time by what the site said at that moment is in time by what stands."""
    submitted_at = datetime(2025, 10, 5, tzinfo=UTC) + timedelta(minutes=minutes)
    said_then = made(after(*(a for a in history if a.amended_at <= submitted_at), now=FAR))
    if submitted_at <= said_then.last_accepted_at:
        assert submitted_at <= made(after(*history, now=FAR)).last_accepted_at


def test_W10_planning_anew_counts_as_a_version_and_keeps_the_amendments():
    plan = after(vacancy_amended(closes_at=LATER))
    verdict = replan(plan)
    assert isinstance(verdict, Replanned)
    assert verdict.plan.version == 3
    assert verdict.timetable == made(plan)

"""G4: whatever is heard first, a submission ends judged by the limit in force when it was made."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.decisions import Accepted, Refused, Vacancy, admit, reconsider
from services.vacancies.decisions import Plan, Replanned, amend, as_amended, begin, schedule
from shared.contracts.vacancies import VacancyAmended
from tests.support.builders import application_submitted, vacancy_amended, vacancy_published

BEGINNING = datetime(2025, 10, 5, tzinfo=UTC)
AFTERWARDS = BEGINNING + timedelta(days=200)
PUBLISHED = begin(vacancy_published())
MINUTES = st.integers(0, 60 * 24 * 40)


def amendment(at: int, later: int, field: str) -> VacancyAmended:
    moment = BEGINNING + timedelta(minutes=at)
    return vacancy_amended(
        amended_at=moment, location="Bow", **{field: moment + timedelta(minutes=later)}
    )


AMENDMENTS = st.builds(
    amendment, MINUTES, MINUTES, st.sampled_from(["closes_at", "actual_close_at"])
)
HISTORIES = st.lists(AMENDMENTS, max_size=4, unique_by=lambda one: one.amended_at)
SUBMISSIONS = st.integers(0, 60 * 24 * 60).map(lambda n: BEGINNING + timedelta(minutes=n))


def planned(plan: Plan, *amendments: VacancyAmended) -> Plan:
    for one in amendments:
        verdict = amend(plan, one, AFTERWARDS)
        assert isinstance(verdict, Replanned)
        plan = verdict.plan
    return plan


def limit(plan: Plan) -> datetime:
    advert, closed_at = as_amended(plan)
    return schedule(advert, closed_at=closed_at, grace_seconds=0).last_accepted_at


def known(plan: Plan) -> Vacancy:
    facts = plan.published
    return Vacancy(
        facts.vacancy, plan.version, facts.employer, facts.role_type, facts.engagement, None,
        limit(plan),
    )  # fmt: skip


def is_in_time(history: list[VacancyAmended], submitted_at: datetime) -> bool:
    """By the words: the limit in force then, or one made known later that lets it in after all."""
    history = sorted(history, key=lambda one: one.amended_at)
    made_before = [one for one in history if one.amended_at <= submitted_at]
    limits = [limit(planned(PUBLISHED, *history[:n])) for n in range(len(history) + 1)]
    return any(submitted_at <= one for one in limits[len(made_before) :])


@given(HISTORIES, SUBMISSIONS, st.data())
def test_G4_C3_C7_every_order_of_submission_and_timetables_ends_in_the_same_verdict(
    history, submitted_at, data
):
    """Amendments reach the vacancies, and timetables intake, in orders of their own."""
    submission = application_submitted(submitted_at=submitted_at)
    heard = data.draw(st.permutations(history))
    plans = [planned(PUBLISHED, *heard[:n]) for n in range(len(heard) + 1)]
    events = data.draw(st.permutations([submission, *map(known, plans)]))
    vacancy, is_refused = None, None
    for event in events:
        if isinstance(event, Vacancy) and (vacancy is None or event.version > vacancy.version):
            vacancy = event
        if vacancy is None or submission not in events[: events.index(event) + 1]:
            continue
        if is_refused is None:
            is_refused = isinstance(admit(submission, vacancy, AFTERWARDS), Refused)
        verdict = reconsider(submission, vacancy, AFTERWARDS, is_refused=is_refused)
        if isinstance(verdict, Accepted | Refused):
            is_refused = isinstance(verdict, Refused)
    assert is_refused is not is_in_time(history, submitted_at)


@given(HISTORIES, SUBMISSIONS)
def test_C7_only_who_applied_after_an_amendment_was_made_can_be_too_late_by_it(
    history, submitted_at
):
    then = planned(PUBLISHED, *(one for one in history if one.amended_at <= submitted_at))
    if submitted_at <= limit(then):
        assert is_in_time(history, submitted_at)
        assert submitted_at <= limit(planned(PUBLISHED, *history))

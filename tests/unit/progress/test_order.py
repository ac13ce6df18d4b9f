"""Facts in any order, any number of times, end in the same place."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.progress.decisions import ApplicationFacts, VacancyFacts, stage
from shared.contracts.checks import (
    DocumentsOutcome,
    EligibilityOutcome,
)
from shared.contracts.reviews import ManagerDecision
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    REVIEW_OPENS_AT,
    application_accepted,
    application_refused,
    application_reviewed,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    event,
    interview_booked,
    interview_cancelled,
    review_completed,
    review_opened,
    vacancy_closed,
    vacancy_timetabled,
    withdrawal_accepted,
)

versions = st.integers(2, 4)
# Numbers say in which order versions reached us, moments in which order they were sent.
SENT_AT = {number: NOW + timedelta(minutes=minute) for number, minute in [(2, 3), (3, 1), (4, 2)]}
documents = st.sampled_from(DocumentsOutcome)
revisions = st.integers(0, 2)
timetables = st.integers(0, 3)
sequences = st.integers(1, 4)
minutes = st.integers(0, 2).map(lambda minutes: timedelta(minutes=minutes))

application_facts = st.one_of(
    timetables.map(lambda version: event(application_accepted(timetable_version=version))),
    timetables.map(lambda version: event(application_refused(timetable_version=version))),
    st.just(event(withdrawal_accepted())),
    st.builds(
        lambda version, aside: event(
            documents_accepted(
                documents_version=version, replaced_at=SENT_AT[version], set_aside=tuple(aside)
            )
        ),
        versions,
        st.sets(st.integers(1, 4)),
    ),
    st.builds(
        lambda version, outcome, by_person, revision: event(
            documents_checked(
                documents_version=version,
                outcome=outcome,
                is_by_person=by_person,
                revision=revision,
            )
        ),
        st.integers(1, 4),
        documents,
        st.booleans(),
        revisions,
    ),
    st.builds(
        lambda outcome, later, revision: event(
            eligibility_checked(outcome=outcome, revision=revision), time=NOW + later
        ),
        st.sampled_from(EligibilityOutcome),
        minutes,
        revisions,
    ),
    st.builds(
        lambda decision, later: event(
            application_reviewed(decision=decision, reviewed_at=REVIEW_OPENS_AT + later)
        ),
        st.sampled_from(ManagerDecision),
        minutes,
    ),
    sequences.map(lambda sequence: event(interview_booked(sequence=sequence))),
    sequences.map(lambda sequence: event(interview_cancelled(sequence=sequence))),
)
LIMITS = [LAST_ACCEPTED_AT + timedelta(days=days) for days in range(3)]
vacancy_facts = st.one_of(
    st.sampled_from([event(review_opened()), event(review_completed())]),
    st.sampled_from(LIMITS).map(lambda at: event(vacancy_closed(closed_at=at))),
    # One version says one thing; the highest need not close last.
    st.sampled_from([(1, 0), (2, 2), (3, 1)]).map(
        lambda said: event(vacancy_timetabled(version=said[0], last_accepted_at=LIMITS[said[1]]))
    ),
)


def fold(events, facts):
    for fact in events:
        facts = facts.after(fact)
    return facts


@given(st.data(), st.lists(application_facts, max_size=14), st.lists(vacancy_facts, max_size=4))
def test_every_order_and_repetition_of_the_same_facts_ends_in_the_same_stage(
    data, about_application, about_vacancy
):
    shuffled = data.draw(st.permutations(about_application * 2), label="shuffled twice")
    vacancy_shuffled = data.draw(st.permutations(about_vacancy * 2))
    one = fold(about_application, ApplicationFacts()), fold(about_vacancy, VacancyFacts())
    other = fold(shuffled, ApplicationFacts()), fold(vacancy_shuffled, VacancyFacts())
    assert other == one
    assert stage(*other) is stage(*one)


@given(st.lists(application_facts, max_size=14), st.lists(vacancy_facts, max_size=4))
def test_W2_nobody_is_decided_without_an_eligibility_pass(about_application, about_vacancy):
    application = fold(about_application, ApplicationFacts())
    result = stage(application, fold(about_vacancy, VacancyFacts()))
    if result in {"invited", "interview_booked", "not_successful", "under_review"}:
        assert application.eligibility is not None
        assert application.eligibility.outcome is EligibilityOutcome.ELIGIBLE


@given(st.lists(application_facts, max_size=14), st.lists(vacancy_facts, max_size=4))
def test_C5_E2_a_machine_rejects_for_eligibility_only(about_application, about_vacancy):
    application = fold(about_application, ApplicationFacts())
    result = stage(application, fold(about_vacancy, VacancyFacts()))
    if result == "not_eligible":
        assert application.eligibility.outcome is EligibilityOutcome.REJECTED
    if result == "not_successful":
        assert application.review.decision is ManagerDecision.DECLINE


@given(st.permutations([("accepted", 1), ("refused", 2), ("accepted", 3), ("refused", 4)]))
def test_C3_C7_the_verdict_by_the_newest_timetable_stands_whichever_is_heard_first(said):
    facts = ApplicationFacts()
    for verdict, version in said:
        made = application_accepted if verdict == "accepted" else application_refused
        facts = facts.after(event(made(timetable_version=version)))
    assert stage(facts, VacancyFacts()) == "refused"

"""The stage follows from the facts: the first line that is true."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.progress.decisions import (
    ApplicationFacts,
    VacancyFacts,
    documents_that_count,
    stage,
)
from shared.contracts.applications import (
    Stage,
)
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

ACCEPTED = application_accepted()
WITHDRAWN = withdrawal_accepted()
ELIGIBLE = eligibility_checked()
REFERRED = eligibility_checked(outcome=EligibilityOutcome.REFERRED)
REJECTED = eligibility_checked(outcome=EligibilityOutcome.REJECTED)
COMPLETE = documents_checked()
FAULTY = documents_checked(outcome=DocumentsOutcome.FAULTY)
UNCLEAR = documents_checked(outcome=DocumentsOutcome.UNCLEAR)
SECOND = documents_accepted(documents_version=2)
SECOND_COMPLETE = documents_checked(documents_version=2)
SECOND_FAULTY = documents_checked(documents_version=2, outcome=DocumentsOutcome.FAULTY)
INVITE = application_reviewed(decision=ManagerDecision.INVITE)
DECLINE = application_reviewed(decision=ManagerDecision.DECLINE)
BOOKED = interview_booked(sequence=0)
CANCELLED = interview_cancelled(sequence=1)
REBOOKED = interview_booked(sequence=2)

REFUSED_SINCE = application_refused(timetable_version=9)

OPEN = VacancyFacts()
CLOSED = OPEN.after(event(vacancy_closed()))
IN_REVIEW = CLOSED.after(event(review_opened()))
REVIEWED = IN_REVIEW.after(event(review_completed()))


def known(*facts) -> ApplicationFacts:
    application = ApplicationFacts()
    for fact in facts:
        application = application.after(event(fact))
    return application


READY = (ACCEPTED, ELIGIBLE, COMPLETE)
FAULTY_AGAIN = (
    ACCEPTED,
    ELIGIBLE,
    documents_accepted(documents_version=3, set_aside=(2,), replaced_at=NOW),
    documents_checked(documents_version=3, outcome=DocumentsOutcome.FAULTY),
)

STAGES = [
    # nowhere yet, whatever else is known
    ((), OPEN, None),
    ((ELIGIBLE, COMPLETE), IN_REVIEW, None),
    ((WITHDRAWN,), OPEN, None),
    # at once and for ever
    ((application_refused(),), OPEN, Stage.REFUSED),
    ((application_refused(), WITHDRAWN), CLOSED, Stage.REFUSED),
    # C3, C7: the closing moved later, so that it was in time after all
    ((application_refused(), ACCEPTED), OPEN, Stage.RECEIVED),
    ((ACCEPTED, application_refused()), CLOSED, Stage.RECEIVED),
    ((*READY, application_refused()), IN_REVIEW, Stage.UNDER_REVIEW),
    # C3: the closing moved earlier; but nobody falls out whom a manager has decided on
    ((*READY, REFUSED_SINCE), IN_REVIEW, Stage.REFUSED),
    ((*READY, REFUSED_SINCE, INVITE), IN_REVIEW, Stage.UNDER_REVIEW),
    ((*READY, INVITE, BOOKED, REFUSED_SINCE), REVIEWED, Stage.INTERVIEW_BOOKED),
    ((application_refused(), ACCEPTED, REJECTED), OPEN, Stage.NOT_ELIGIBLE),
    ((application_refused(), ACCEPTED, WITHDRAWN), CLOSED, Stage.WITHDRAWN),
    ((ACCEPTED, WITHDRAWN), OPEN, Stage.WITHDRAWN),
    ((*READY, INVITE, BOOKED, WITHDRAWN), REVIEWED, Stage.WITHDRAWN),
    ((ACCEPTED, REJECTED, WITHDRAWN), OPEN, Stage.WITHDRAWN),
    # E2: without waiting for documents, closing or manager
    ((ACCEPTED, REJECTED), OPEN, Stage.NOT_ELIGIBLE),
    ((ACCEPTED, REJECTED, FAULTY), CLOSED, Stage.NOT_ELIGIBLE),
    ((ACCEPTED, REJECTED, UNCLEAR, INVITE), REVIEWED, Stage.NOT_ELIGIBLE),
    # waiting for a verdict
    ((ACCEPTED,), OPEN, Stage.RECEIVED),
    ((ACCEPTED, ELIGIBLE), OPEN, Stage.RECEIVED),
    ((ACCEPTED, COMPLETE), OPEN, Stage.RECEIVED),
    ((ACCEPTED, FAULTY), CLOSED, Stage.RECEIVED),
    ((ACCEPTED, UNCLEAR), OPEN, Stage.RECEIVED),
    ((ACCEPTED, ELIGIBLE, FAULTY, SECOND), OPEN, Stage.RECEIVED),
    ((ACCEPTED, ELIGIBLE, FAULTY, SECOND), CLOSED, Stage.RECEIVED),
    ((*READY, SECOND), IN_REVIEW, Stage.RECEIVED),
    ((ACCEPTED, ELIGIBLE, SECOND_COMPLETE), OPEN, Stage.RECEIVED),
    # a question for a person
    ((ACCEPTED, REFERRED), OPEN, Stage.WITH_A_PERSON),
    ((ACCEPTED, REFERRED, COMPLETE), IN_REVIEW, Stage.WITH_A_PERSON),
    ((ACCEPTED, ELIGIBLE, UNCLEAR), OPEN, Stage.WITH_A_PERSON),
    ((ACCEPTED, ELIGIBLE, FAULTY), CLOSED, Stage.WITH_A_PERSON),
    ((ACCEPTED, ELIGIBLE, FAULTY, SECOND, SECOND_FAULTY), CLOSED, Stage.WITH_A_PERSON),
    # D8: curable until the closing; afterwards the last complete version counts
    ((ACCEPTED, ELIGIBLE, FAULTY), OPEN, Stage.DOCUMENTS_NEEDED),
    ((*READY, SECOND, SECOND_FAULTY), OPEN, Stage.DOCUMENTS_NEEDED),
    ((*READY, SECOND, SECOND_FAULTY), CLOSED, Stage.READY_FOR_REVIEW),
    ((*READY, SECOND, SECOND_FAULTY), IN_REVIEW, Stage.UNDER_REVIEW),
    ((ACCEPTED, ELIGIBLE, FAULTY, SECOND, SECOND_COMPLETE), OPEN, Stage.READY_FOR_REVIEW),
    # D8, C7: but not one that was sent after a closing that has moved earlier
    ((*FAULTY_AGAIN, SECOND_COMPLETE), CLOSED, Stage.WITH_A_PERSON),
    ((*FAULTY_AGAIN, SECOND_COMPLETE), OPEN, Stage.DOCUMENTS_NEEDED),
    ((*FAULTY_AGAIN, COMPLETE, SECOND_COMPLETE), CLOSED, Stage.READY_FOR_REVIEW),
    # the review
    (READY, OPEN, Stage.READY_FOR_REVIEW),
    (READY, CLOSED, Stage.READY_FOR_REVIEW),
    (READY, IN_REVIEW, Stage.UNDER_REVIEW),
    ((*READY, INVITE), IN_REVIEW, Stage.UNDER_REVIEW),
    ((*READY, DECLINE), IN_REVIEW, Stage.UNDER_REVIEW),
    (READY, REVIEWED, Stage.UNDER_REVIEW),
    # W2, W7: a decision counts with an eligibility pass, once the review is complete
    ((*READY, INVITE), REVIEWED, Stage.INVITED),
    ((*READY, DECLINE), REVIEWED, Stage.NOT_SUCCESSFUL),
    ((ACCEPTED, COMPLETE, INVITE), REVIEWED, Stage.RECEIVED),
    ((ACCEPTED, REFERRED, COMPLETE, INVITE), REVIEWED, Stage.WITH_A_PERSON),
    # interviews
    ((*READY, INVITE, BOOKED), REVIEWED, Stage.INTERVIEW_BOOKED),
    ((*READY, INVITE, BOOKED, CANCELLED), REVIEWED, Stage.INVITED),
    ((*READY, INVITE, CANCELLED), REVIEWED, Stage.INVITED),
    ((*READY, INVITE, BOOKED, CANCELLED, REBOOKED), REVIEWED, Stage.INTERVIEW_BOOKED),
    ((*READY, DECLINE, BOOKED), REVIEWED, Stage.NOT_SUCCESSFUL),
    ((*READY, INVITE, BOOKED), IN_REVIEW, Stage.UNDER_REVIEW),
]


@pytest.mark.parametrize(("facts", "vacancy", "expected"), STAGES)
def test_D8_E2_W2_W7_the_stage_follows_from_the_facts(facts, vacancy, expected):
    assert stage(known(*facts), vacancy) is expected


def test_every_stage_is_in_the_table():
    assert {expected for *_, expected in STAGES} == {None, *Stage}


def test_the_decision_made_last_counts():
    changed_mind = application_reviewed(
        decision=ManagerDecision.DECLINE, reviewed_at=REVIEW_OPENS_AT + timedelta(hours=2)
    )
    for facts in ((INVITE, changed_mind), (changed_mind, INVITE)):
        assert stage(known(*READY, *facts), REVIEWED) is Stage.NOT_SUCCESSFUL


def test_the_eligibility_verdict_reached_last_counts():
    later = event(REFERRED, time=NOW + timedelta(seconds=1))
    for facts in ((event(ELIGIBLE), later), (later, event(ELIGIBLE))):
        application = known(ACCEPTED, COMPLETE)
        for fact in facts:
            application = application.after(fact)
        assert stage(application, OPEN) is Stage.WITH_A_PERSON


PERSON = {"is_by_person": True}
RETURNED = documents_checked(outcome=DocumentsOutcome.FAULTY, revision=1, **PERSON)
INSPECTED_AGAIN = documents_checked(outcome=DocumentsOutcome.UNCLEAR, revision=5)
TAKEN = documents_checked(revision=2, **PERSON)
ANSWERED = eligibility_checked(revision=2, **PERSON)
REFUSED_BY_PERSON = eligibility_checked(outcome=EligibilityOutcome.REJECTED, revision=2, **PERSON)


@pytest.mark.parametrize(
    ("facts", "vacancy", "expected"),
    [
        ((REFERRED, ANSWERED, COMPLETE), OPEN, Stage.READY_FOR_REVIEW),
        ((REFERRED, ANSWERED, COMPLETE), IN_REVIEW, Stage.UNDER_REVIEW),
        ((REFERRED, REFUSED_BY_PERSON, COMPLETE), OPEN, Stage.NOT_ELIGIBLE),
        ((REJECTED, ANSWERED, COMPLETE), IN_REVIEW, Stage.UNDER_REVIEW),
        ((ELIGIBLE, UNCLEAR, TAKEN), OPEN, Stage.READY_FOR_REVIEW),
        ((ELIGIBLE, INSPECTED_AGAIN, TAKEN), OPEN, Stage.READY_FOR_REVIEW),
        ((ELIGIBLE, UNCLEAR, RETURNED), OPEN, Stage.DOCUMENTS_NEEDED),
        ((ELIGIBLE, UNCLEAR, RETURNED), CLOSED, Stage.WITH_A_PERSON),
        ((ELIGIBLE, UNCLEAR, RETURNED, TAKEN), CLOSED, Stage.READY_FOR_REVIEW),
        ((ELIGIBLE, FAULTY, TAKEN), CLOSED, Stage.READY_FOR_REVIEW),
        ((ELIGIBLE, FAULTY, TAKEN, SECOND, SECOND_FAULTY), OPEN, Stage.DOCUMENTS_NEEDED),
    ],
)
def test_C5_D4_E20_a_persons_word_stands_over_the_machines_in_any_order(facts, vacancy, expected):
    for order in permutations((ACCEPTED, *facts)):
        assert stage(known(*order), vacancy) is expected


@pytest.mark.parametrize(
    ("facts", "vacancy", "expected"),
    [
        ((COMPLETE,), OPEN, Stage.READY_FOR_REVIEW),
        ((), OPEN, Stage.RECEIVED),
        ((FAULTY,), OPEN, Stage.DOCUMENTS_NEEDED),
        ((FAULTY,), CLOSED, Stage.WITH_A_PERSON),
        ((COMPLETE,), IN_REVIEW, Stage.UNDER_REVIEW),
        ((COMPLETE, INVITE), REVIEWED, Stage.INVITED),
        ((COMPLETE, WITHDRAWN), IN_REVIEW, Stage.WITHDRAWN),
    ],
)
def test_G18_a_rejection_that_a_person_reverses_puts_people_back_where_they_would_have_been(
    facts, vacancy, expected
):
    rejected = known(ACCEPTED, REJECTED, *facts)
    assert stage(rejected, vacancy) in {Stage.NOT_ELIGIBLE, Stage.WITHDRAWN}
    reversed_later = rejected.after(event(ELIGIBLE, time=NOW + timedelta(days=20)))
    assert stage(reversed_later, vacancy) is expected


@pytest.mark.parametrize(
    ("facts", "vacancy", "version"),
    [
        ((ACCEPTED,), OPEN, 1),
        ((*READY, SECOND), OPEN, 2),
        ((*READY, SECOND, SECOND_FAULTY), OPEN, 2),
        ((*READY, SECOND, SECOND_FAULTY), CLOSED, 1),
        ((ACCEPTED, FAULTY, SECOND, SECOND_FAULTY), CLOSED, 2),
        ((ACCEPTED, FAULTY, SECOND, SECOND_COMPLETE), CLOSED, 2),
        ((*FAULTY_AGAIN, SECOND_COMPLETE), CLOSED, 3),
        ((*FAULTY_AGAIN, COMPLETE, SECOND_COMPLETE), CLOSED, 1),
    ],
)
def test_D8_the_last_complete_version_before_the_closing_counts(facts, vacancy, version):
    assert documents_that_count(known(*facts), vacancy)[0] == version


A_WEEK = timedelta(weeks=1)
FIRST = event(vacancy_timetabled())
EXTENDED = event(vacancy_timetabled(version=2, last_accepted_at=LAST_ACCEPTED_AT + A_WEEK))
BROUGHT_FORWARD = event(vacancy_timetabled(version=2, last_accepted_at=LAST_ACCEPTED_AT - A_WEEK))
RENAMED = event(vacancy_timetabled(version=3, title="Technician"))
CLOSED_FIRST = event(vacancy_closed())
CLOSED_AGAIN = event(vacancy_closed(closed_at=LAST_ACCEPTED_AT + A_WEEK))
CLOSED_EARLY = event(vacancy_closed(closed_at=LAST_ACCEPTED_AT - A_WEEK))


@pytest.mark.parametrize(
    ("facts", "is_closed"),
    [
        ([FIRST], False),
        ([FIRST, CLOSED_FIRST], True),
        ([CLOSED_FIRST], True),
        ([FIRST, EXTENDED, CLOSED_FIRST], False),
        ([FIRST, EXTENDED, CLOSED_FIRST, CLOSED_AGAIN], True),
        ([FIRST, BROUGHT_FORWARD], False),
        ([FIRST, BROUGHT_FORWARD, CLOSED_EARLY], True),
        ([FIRST, BROUGHT_FORWARD, CLOSED_FIRST], True),
        ([FIRST, EXTENDED, RENAMED, CLOSED_FIRST], True),
    ],
)
def test_C7_an_extension_opens_again_what_had_closed_whichever_is_heard_first(facts, is_closed):
    """The last row: by the highest version the vacancy closes as it did at first."""
    for order in permutations(facts):
        vacancy = VacancyFacts()
        for fact in order:
            vacancy = vacancy.after(fact)
        assert vacancy.is_closed is is_closed


def test_C5_C7_faulty_documents_can_be_mended_again_once_the_closing_has_moved():
    faulty = known(ACCEPTED, ELIGIBLE, FAULTY)
    assert stage(faulty, CLOSED) is Stage.WITH_A_PERSON
    assert stage(faulty, CLOSED.after(EXTENDED)) is Stage.DOCUMENTS_NEEDED

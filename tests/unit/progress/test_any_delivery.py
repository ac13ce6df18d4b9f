"""G4: one application's messages in every order and number through progress and review.

`MUSTER_EXAMPLES=10000 pytest tests/unit/progress` runs the figure that is promised.
"""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.progress.decisions import documents_that_count
from shared.contracts import Payload
from shared.contracts.applications import Stage
from shared.contracts.checks import DocumentsOutcome, EligibilityOutcome
from shared.contracts.reviews import ManagerDecision, ReviewOpeningDue
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    VACANCY,
    application_accepted,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    manager_reviewed,
    vacancy_closed,
    vacancy_timetabled,
    withdrawal_accepted,
)
from tests.support.pipeline_model import Pipeline

DECIDED = {Stage.INVITED, Stage.INTERVIEW_BOOKED, Stage.NOT_SUCCESSFUL}


@st.composite
def stories(draw: st.DrawFn) -> list[Payload]:
    """What the outside says of one application, in the order in which it happens.

    A manager decides only about somebody who, when all is known, is in the review.
    """
    facts: list[Payload] = [vacancy_timetabled(), application_accepted()]
    facts += [eligibility_checked(outcome=draw(st.sampled_from(EligibilityOutcome)))]
    if draw(st.booleans(), label="a person answers, or decides a challenge"):
        decided = draw(st.sampled_from(EligibilityOutcome))
        facts += [eligibility_checked(outcome=decided, revision=2, is_by_person=True)]
    outcomes = draw(st.lists(st.sampled_from(DocumentsOutcome), min_size=1, max_size=4))
    sent = draw(st.permutations(range(len(outcomes))), label="D8: when each was sent")
    for version, outcome in enumerate(outcomes, start=1):
        if version > 1:
            gone = draw(st.sets(st.integers(2, version - 1))) if version > 2 else ()
            sent_at = NOW + timedelta(minutes=1 + sent[version - 1])
            facts.append(
                documents_accepted(
                    documents_version=version, replaced_at=sent_at, set_aside=tuple(sorted(gone))
                )
            )
        facts += [documents_checked(documents_version=version, outcome=outcome)]
        if outcome is not DocumentsOutcome.COMPLETE and draw(st.booleans()):
            facts += [documents_checked(documents_version=version, is_by_person=True, revision=2)]
    if draw(st.booleans()):
        facts += [vacancy_closed()]
    if vacancy_closed() in facts and draw(
        st.booleans()
    ):  # C7: extended after the closing, and closed again
        limit = LAST_ACCEPTED_AT + timedelta(days=2)
        facts += [
            vacancy_timetabled(version=2, last_accepted_at=limit),
            vacancy_closed(closed_at=limit),
        ]
    facts += [ReviewOpeningDue(vacancy=VACANCY)]
    undecided = Pipeline(*facts)
    if undecided.drain() is Stage.UNDER_REVIEW:
        decision = draw(st.none() | st.sampled_from(ManagerDecision))
        facts += [manager_reviewed(decision=decision)] if decision else []
    if draw(st.booleans()):
        facts.append(withdrawal_accepted())
    return facts


def told_faults(documents: tuple[int, DocumentsOutcome | None]) -> tuple[int, bool]:
    """Of which version a letter tells faults, or would if it had any."""
    number, outcome = documents
    return number, outcome in {DocumentsOutcome.FAULTY, DocumentsOutcome.UNCLEAR}


class AnyDelivery(RuleBasedStateMachine):
    """Deliver what is on its way in any order, any of it again; it ends where order would."""

    def __init__(self):
        super().__init__()
        self.pipeline = Pipeline()
        self.expected = Pipeline()

    @initialize(story=stories(), copies=st.integers(1, 2))
    def begin(self, story, copies):
        self.expected = Pipeline(*story)
        self.expected.drain()
        self.pipeline = Pipeline(*story, copies=copies)

    @rule(number=st.integers(0, 40))
    def deliver(self, number):
        self.pipeline.deliver(number)

    @rule(number=st.integers(0, 40))
    def deliver_and_have_it_come_again(self, number):
        self.pipeline.deliver(number, again=True)

    @invariant()
    def W2_nobody_is_decided_without_an_eligibility_pass(self):
        application = self.pipeline.progress.application
        if application.stage in DECIDED:
            assert application.facts.eligibility.outcome is EligibilityOutcome.ELIGIBLE

    @invariant()
    def W8_a_review_is_completed_once(self):
        assert self.pipeline.review.completions <= 1

    def teardown(self):
        stage = self.pipeline.drain()
        expected = self.expected.progress
        assert stage is expected.application.stage
        if stage in {Stage.DOCUMENTS_NEEDED, Stage.WITH_A_PERSON}:  # whose letters tell faults
            counting = documents_that_count(expected.application.facts, expected.vacancy)
            assert told_faults(self.pipeline.progress.told_documents) == told_faults(counting)
        appointment = self.pipeline.interviews.candidate.appointment
        is_booked = appointment is not None and appointment.is_booked
        assert is_booked == (stage is Stage.INTERVIEW_BOOKED)


TestAnyDelivery = AnyDelivery.TestCase
TestAnyDelivery.settings = settings(stateful_step_count=30)


def test_G4_all_orders_of_five_facts_end_in_the_same_stage():
    facts = [
        application_accepted(),
        eligibility_checked(),
        documents_checked(outcome=DocumentsOutcome.FAULTY),
        documents_accepted(),
        documents_checked(documents_version=2),
    ]
    assert {Pipeline(*order).drain() for order in permutations(facts)} == {Stage.READY_FOR_REVIEW}


@pytest.mark.parametrize(
    ("eligibility", "ends"),
    [
        (EligibilityOutcome.ELIGIBLE, Stage.DOCUMENTS_NEEDED),
        (EligibilityOutcome.REFERRED, Stage.WITH_A_PERSON),
    ],
)
def test_G4_D8_in_every_order_the_last_letter_about_documents_tells_the_faults_that_count(
    eligibility, ends
):
    facts = [
        application_accepted(),
        eligibility_checked(outcome=eligibility),
        documents_checked(outcome=DocumentsOutcome.FAULTY),
        documents_accepted(),
        documents_checked(documents_version=2, outcome=DocumentsOutcome.FAULTY),
    ]
    for order in permutations(facts):
        pipeline = Pipeline(*order)
        assert pipeline.drain() is ends
        assert told_faults(pipeline.progress.told_documents) == (2, True)

"""What is checked when: eligibility on receipt, the manager's review on the promised day."""

import pytest

from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.progress.decisions import ApplicationFacts, VacancyFacts, stage
from shared.contracts.applications import ApplicationAccepted, Stage
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.reviews import ReviewOpened
from shared.contracts.vacancies import VacancyClosed, VacancyClosingDatePassed, VacancyClosingDue
from tests.support.builders import (
    application_accepted,
    documents_checked,
    eligibility_checked,
    event,
    review_opened,
    vacancy_closed,
)

OPEN = VacancyFacts()
CLOSED = OPEN.after(event(vacancy_closed()))
IN_REVIEW = CLOSED.after(event(review_opened()))


def known(*facts) -> ApplicationFacts:
    application = ApplicationFacts()
    for fact in facts:
        application = application.after(event(fact))
    return application


def test_W1_eligibility_hears_of_the_application_and_of_no_closing():
    heard = {subscription.event for subscription in ELIGIBILITY.subscriptions}
    assert ApplicationAccepted in heard
    assert not heard & {VacancyClosed, VacancyClosingDue, VacancyClosingDatePassed, ReviewOpened}


@pytest.mark.parametrize(
    ("outcome", "at_once"),
    [
        (EligibilityOutcome.ELIGIBLE, Stage.READY_FOR_REVIEW),
        (EligibilityOutcome.REFERRED, Stage.WITH_A_PERSON),
        (EligibilityOutcome.REJECTED, Stage.NOT_ELIGIBLE),
    ],
)
def test_W1_the_verdict_counts_while_the_vacancy_is_open(outcome, at_once):
    facts = known(
        application_accepted(), documents_checked(), eligibility_checked(outcome=outcome)
    )
    assert stage(facts, OPEN) is at_once


def test_W6_on_the_promised_day_the_managers_review_begins_and_eligibility_has_been_checked():
    ready = known(application_accepted(), documents_checked(), eligibility_checked())
    assert [stage(ready, vacancy) for vacancy in (OPEN, CLOSED, IN_REVIEW)] == [
        Stage.READY_FOR_REVIEW,
        Stage.READY_FOR_REVIEW,
        Stage.UNDER_REVIEW,
    ]

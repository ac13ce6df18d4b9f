"""Of replaced documents those sent last count, in whatever order and under whatever number."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.progress.decisions import ApplicationFacts, VacancyFacts, documents_that_count, stage
from shared.contracts.applications import Stage
from shared.contracts.checks import DocumentsOutcome
from tests.support.builders import (
    NOW,
    application_accepted,
    documents_accepted,
    documents_checked,
    eligibility_checked,
    event,
    vacancy_closed,
)

OPEN = VacancyFacts()
CLOSED = OPEN.after(event(vacancy_closed()))
ACCEPTED = application_accepted()
ELIGIBLE = eligibility_checked()
READY = (ACCEPTED, ELIGIBLE, documents_checked())
SECOND = documents_accepted(documents_version=2)
SECOND_COMPLETE = documents_checked(documents_version=2)


def known(*facts) -> ApplicationFacts:
    application = ApplicationFacts()
    for fact in facts:
        application = application.after(event(fact))
    return application


@pytest.mark.parametrize("numbers", list(permutations([2, 3, 4])))
def test_D8_of_replaced_documents_the_last_complete_one_sent_counts_however_they_are_numbered(
    numbers,
):
    """Numbers follow the order of arrival; those sent are: complete, complete, faulty."""
    facts = [ACCEPTED, ELIGIBLE, documents_checked(outcome=DocumentsOutcome.FAULTY)]
    outcomes = (DocumentsOutcome.COMPLETE, DocumentsOutcome.COMPLETE, DocumentsOutcome.FAULTY)
    for minute, (number, outcome) in enumerate(zip(numbers, outcomes, strict=True), start=1):
        sent_at = NOW + timedelta(minutes=minute)
        facts += [
            documents_accepted(documents_version=number, replaced_at=sent_at),
            documents_checked(documents_version=number, outcome=outcome),
        ]
    for order in (facts, facts[::-1]):
        assert documents_that_count(known(*order), OPEN) == (numbers[2], DocumentsOutcome.FAULTY)
        assert documents_that_count(known(*order), CLOSED)[0] == numbers[1]


def test_D8_an_older_version_that_comes_late_moves_nobody_who_is_in_order():
    late = documents_accepted(documents_version=3, replaced_at=NOW - timedelta(seconds=1))
    ready = known(*READY, SECOND, SECOND_COMPLETE)
    assert documents_that_count(ready.after(event(late)), OPEN)[0] == 2
    assert stage(ready.after(event(late)), OPEN) is Stage.READY_FOR_REVIEW

"""What is new of an application is counted: a stage, or other documents of which one tells."""

import pytest

from services.progress.decisions import Application, VacancyFacts, advance, documents_that_count
from shared.contracts.applications import Stage
from tests.unit.progress.test_stage import (
    ACCEPTED,
    CLOSED,
    COMPLETE,
    ELIGIBLE,
    FAULTY,
    OPEN,
    READY,
    REFERRED,
    SECOND,
    SECOND_FAULTY,
    UNCLEAR,
    known,
)


def heard(before: Application, *facts, vacancy: VacancyFacts = OPEN) -> Application:
    """Let these be all that is known, of a vacancy that was open until now."""
    return advance(before, known(*facts), vacancy, OPEN)


def test_a_new_stage_is_counted():
    first = heard(Application("app-1"), ACCEPTED)
    second = heard(first, *READY)
    assert (first.stage, first.sequence) == (Stage.RECEIVED, 1)
    assert (second.stage, second.sequence) == (Stage.READY_FOR_REVIEW, 2)


@pytest.mark.parametrize("reached", [(ACCEPTED, REFERRED), (ACCEPTED, ELIGIBLE, FAULTY)])
def test_D8_what_is_told_of_documents_is_counted_for_each_version_of_them(reached):
    """Of a referral too: its letter says what was found in the documents."""
    before = heard(Application("app-1"), *reached)
    found = (SECOND, SECOND_FAULTY)
    after = heard(before, *reached, *found)
    again = heard(after, *reached, *found, *found)
    assert (after.stage, after.sequence) == (before.stage, before.sequence + 1)
    assert again == after


@pytest.mark.parametrize(
    ("reached", "found", "is_counted"),
    [
        ((), FAULTY, True),
        ((), UNCLEAR, True),
        ((), COMPLETE, False),  # of these no letter says anything
        ((FAULTY, SECOND), SECOND_FAULTY, True),
        ((COMPLETE, SECOND), SECOND_FAULTY, True),
    ],
)
def test_D8_faults_found_in_the_documents_of_whoever_is_referred_are_counted_however_late(
    reached, found, is_counted
):
    before = heard(Application("app-1"), ACCEPTED, REFERRED, *reached)
    after = heard(before, ACCEPTED, REFERRED, *reached, found)
    assert (before.stage, after.stage) == (Stage.WITH_A_PERSON, Stage.WITH_A_PERSON)
    assert after.sequence == before.sequence + is_counted


def test_D8_that_earlier_documents_count_at_closing_is_counted_of_whoever_is_referred():
    facts = (ACCEPTED, REFERRED, COMPLETE, SECOND, SECOND_FAULTY)
    before = heard(Application("app-1"), *facts)
    after = heard(before, *facts, vacancy=CLOSED)
    assert documents_that_count(after.facts, CLOSED)[0] == 1
    assert after.sequence == before.sequence + 1


def test_a_fact_that_changes_no_stage_counts_nothing():
    before = heard(Application("app-1"), ACCEPTED)
    after = heard(before, ACCEPTED, ELIGIBLE)
    assert (after.stage, after.sequence) == (before.stage, before.sequence)

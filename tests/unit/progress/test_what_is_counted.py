"""What is new of an application is counted: a stage, or other documents of which one tells."""

import pytest

from services.progress.decisions import Application, advance
from shared.contracts.applications import Stage
from tests.unit.progress.test_stage import (
    ACCEPTED,
    ELIGIBLE,
    FAULTY,
    OPEN,
    READY,
    REFERRED,
    SECOND,
    SECOND_FAULTY,
    known,
)


def test_a_new_stage_is_counted():
    first = advance(Application("app-1"), known(ACCEPTED), OPEN)
    second = advance(first, known(*READY), OPEN)
    assert (first.stage, first.sequence) == (Stage.RECEIVED, 1)
    assert (second.stage, second.sequence) == (Stage.READY_FOR_REVIEW, 2)


@pytest.mark.parametrize("reached", [(ACCEPTED, REFERRED), (ACCEPTED, ELIGIBLE, FAULTY)])
def test_D8_what_is_told_of_documents_is_counted_for_each_version_of_them(reached):
    """Of a referral too: its letter says what was found in the documents."""
    before = advance(Application("app-1"), known(*reached), OPEN)
    found = (SECOND, SECOND_FAULTY)
    after = advance(before, known(*reached, *found), OPEN)
    again = advance(after, known(*reached, *found, *found), OPEN)
    assert (after.stage, after.sequence) == (before.stage, before.sequence + 1)
    assert again == after


def test_a_fact_that_changes_no_stage_counts_nothing():
    before = advance(Application("app-1"), known(ACCEPTED), OPEN)
    after = advance(before, known(ACCEPTED, ELIGIBLE), OPEN)
    assert (after.stage, after.sequence) == (before.stage, before.sequence)

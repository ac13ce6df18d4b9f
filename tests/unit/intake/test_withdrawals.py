"""A withdrawal is honoured at any stage, where it is plain what it is about."""

from datetime import timedelta

import pytest

from services.intake.decisions import (
    Application,
    ApplicationUnknown,
    Contradictory,
    Ignored,
    InTheFuture,
    Version,
    Withdrawn,
    withdraw,
)
from tests.support.builders import LAST_ACCEPTED_AT, NOW, VACANCY, application_withdrawn

BEFORE = NOW - timedelta(hours=1)


def application(**changes) -> Application:
    defaults = {
        "vacancy": VACANCY,
        "submitted_at": BEFORE,
        "last_accepted_at": LAST_ACCEPTED_AT,
        "versions": (Version(1, BEFORE, "the submission"),),
    }
    return Application(**defaults | changes)


@pytest.mark.parametrize(
    ("known", "withdrawn_at", "verdict"),
    [
        (application(), NOW, Withdrawn()),
        (application(), LAST_ACCEPTED_AT + timedelta(days=30), Withdrawn()),
        (application(is_refused=True), NOW, Withdrawn()),
        (application(), BEFORE - timedelta(minutes=15), Withdrawn()),
        (application(withdrawn_at=NOW), NOW - timedelta(minutes=1), Withdrawn()),
        (application(withdrawn_at=NOW), NOW, Ignored("withdrawn already")),
        (application(withdrawn_at=NOW), NOW + timedelta(days=1), Ignored("withdrawn already")),
        (None, NOW, ApplicationUnknown()),
    ],
)
def test_a_withdrawal_is_honoured_whenever_and_however_often_it_comes(
    known, withdrawn_at, verdict
):
    withdrawal = application_withdrawn(withdrawn_at=withdrawn_at)
    assert withdraw(withdrawal, known, LAST_ACCEPTED_AT + timedelta(days=30)) == verdict


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [
        (timedelta(minutes=15), Withdrawn()),
        (timedelta(minutes=15, microseconds=1), InTheFuture()),
        (timedelta(days=365), InTheFuture()),
    ],
)
def test_a_withdrawal_dated_later_than_any_honest_clock_ends_nothing(ahead, verdict):
    assert withdraw(application_withdrawn(withdrawn_at=NOW + ahead), application(), NOW) == verdict


@pytest.mark.parametrize(
    "withdrawal",
    [
        application_withdrawn(vacancy="met-001"),
        application_withdrawn(withdrawn_at=BEFORE - timedelta(minutes=15, microseconds=1)),
    ],
    ids=["another vacancy", "before the submission"],
)
def test_a_withdrawal_that_may_mean_something_else_is_left_to_a_person(withdrawal):
    assert isinstance(withdraw(withdrawal, application(), NOW), Contradictory)

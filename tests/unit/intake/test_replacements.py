"""Of all documents a candidate sends until the closing, those sent last count (D8)."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.intake.decisions import (
    Application,
    ApplicationUnknown,
    Contradictory,
    Ignored,
    InTheFuture,
    SetAside,
    Superseded,
    Superseding,
    content_sha256,
    supersede,
)
from tests.support.builders import LAST_ACCEPTED_AT, NOW, VACANCY, documents_replaced

SUBMITTED_AT = NOW - timedelta(hours=1)
AFTERWARDS = LAST_ACCEPTED_AT + timedelta(days=1)


def application(**changes) -> Application:
    defaults = {
        "vacancy": VACANCY,
        "is_refused": False,
        "last_accepted_at": LAST_ACCEPTED_AT,
        "current_since": SUBMITTED_AT,
        "contents": {SUBMITTED_AT: "the submission"},
    }
    return Application(**defaults | changes)


def judge(replacement, known=None, now=AFTERWARDS):
    return supersede(replacement, content_sha256(replacement), known or application(), now)


@pytest.mark.parametrize(
    ("replaced_at", "verdict"),
    [
        (NOW, Superseding(2)),
        (LAST_ACCEPTED_AT, Superseding(2)),
        (
            LAST_ACCEPTED_AT + timedelta(microseconds=1),
            Superseded(2, SetAside.REPLACED_AFTER_CLOSING),
        ),
        (
            SUBMITTED_AT - timedelta(microseconds=1),
            Superseded(2, SetAside.OLDER_THAN_CURRENT),
        ),
    ],
)
def test_D8_documents_may_be_replaced_until_the_closing(replaced_at, verdict):
    assert judge(documents_replaced(replaced_at=replaced_at)) == verdict


def test_D8_an_older_version_that_arrives_later_is_kept_but_does_not_count():
    known = application(current_since=NOW, contents={SUBMITTED_AT: "first", NOW: "second"})
    older = documents_replaced(replaced_at=NOW - timedelta(minutes=5))
    assert judge(older, known) == Superseded(3, SetAside.OLDER_THAN_CURRENT)


def test_C3_a_refused_application_stays_refused_whatever_documents_follow():
    verdict = judge(documents_replaced(), application(is_refused=True))
    assert verdict == Superseded(2, SetAside.APPLICATION_REFUSED)


def test_nothing_is_judged_before_the_application_is_known():
    replacement = documents_replaced()
    assert supersede(replacement, "content", None, NOW) == ApplicationUnknown()


def test_A30_documents_from_the_future_are_their_senders_fault():
    replacement = documents_replaced(replaced_at=NOW + timedelta(minutes=16))
    assert judge(replacement, now=NOW) == InTheFuture()


def test_documents_for_another_vacancy_are_left_to_a_person():
    assert isinstance(judge(documents_replaced(vacancy="met-001")), Contradictory)


def test_the_same_documents_again_change_nothing():
    replacement = documents_replaced()
    known = application(contents={SUBMITTED_AT: "1", NOW: content_sha256(replacement)})
    assert isinstance(judge(replacement, known), Ignored)


def test_two_sets_of_documents_sent_at_one_moment_are_left_to_a_person():
    known = application(contents={SUBMITTED_AT: "1", NOW: "other documents"})
    assert isinstance(judge(documents_replaced(documents=()), known), Contradictory)


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_D8_the_version_that_counts_in_the_end_is_the_same_in_every_order(order):
    known, announced = application(), []
    for minutes in order:
        replacement = documents_replaced(replaced_at=NOW + timedelta(minutes=minutes))
        contents = {**known.contents, replacement.replaced_at: content_sha256(replacement)}
        known_since = known.current_since
        match judge(replacement, known):
            case Superseding(version):
                announced.append(version)
                known_since = replacement.replaced_at
        known = application(contents=contents, current_since=known_since)
    assert known.current_since == NOW + timedelta(minutes=3)
    assert announced[-1] == max(announced) == order.index(3) + 2

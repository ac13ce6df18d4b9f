"""Of all documents a candidate sends until the closing, those sent last count (D8)."""

from dataclasses import replace
from datetime import datetime, timedelta
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
    Version,
    supersede,
)
from services.intake.recounting import gone, recount
from services.intake.sameness import content_sha256
from tests.support.builders import LAST_ACCEPTED_AT, NOW, VACANCY, documents_replaced

SUBMITTED_AT = NOW - timedelta(hours=1)
AFTERWARDS = LAST_ACCEPTED_AT + timedelta(days=1)


def application(*sent: tuple[datetime, str], **changes) -> Application:
    """One whose documents of these moments and contents all count, the submission's first."""
    versions = [(SUBMITTED_AT, "the submission"), *sent]
    defaults = {
        "vacancy": VACANCY,
        "submitted_at": SUBMITTED_AT,
        "last_accepted_at": LAST_ACCEPTED_AT,
        "versions": tuple(
            Version(number, sent_at, content)
            for number, (sent_at, content) in enumerate(versions, start=1)
        ),
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
    ],
)
def test_D8_documents_may_be_replaced_until_the_closing(replaced_at, verdict):
    assert judge(documents_replaced(replaced_at=replaced_at)) == verdict


def test_D8_an_older_version_that_arrives_later_is_numbered_last_and_leaves_the_later_one():
    known = application((NOW, "second"))
    older = documents_replaced(replaced_at=NOW - timedelta(minutes=5))
    assert judge(older, known) == Superseding(3)
    assert after(known, -5).current.number == 2


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
    known = application((NOW, content_sha256(replacement)))
    assert isinstance(judge(replacement, known), Ignored)


def test_two_sets_of_documents_sent_at_one_moment_are_left_to_a_person():
    known = application((NOW, "other documents"))
    assert isinstance(judge(documents_replaced(documents=()), known), Contradictory)


def after(known: Application, minutes: int) -> Application:
    """The application with documents sent so many minutes from now, counted or set aside."""
    sent_at = NOW + timedelta(minutes=minutes)
    verdict = judge(documents_replaced(replaced_at=sent_at), known)
    aside = verdict.reason if isinstance(verdict, Superseded) else None
    version = Version(verdict.version, sent_at, f"sent in minute {minutes}", aside)
    return replace(known, versions=(*known.versions, version))


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_D8_the_version_that_counts_in_the_end_is_the_same_in_every_order(order):
    known = application()
    for minutes in order:
        known = after(known, minutes)
    assert known.current.sent_at == NOW + timedelta(minutes=3)
    assert known.current.number == order.index(3) + 2


WITHDRAWN_AT = NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("replaced_at", "verdict"),
    [
        (WITHDRAWN_AT, Superseding(2)),
        (
            WITHDRAWN_AT + timedelta(microseconds=1),
            Superseded(2, SetAside.APPLICATION_WITHDRAWN),
        ),
    ],
)
def test_D8_documents_sent_after_a_withdrawal_are_kept_and_do_not_count(replaced_at, verdict):
    known = application(withdrawn_at=WITHDRAWN_AT)
    assert judge(documents_replaced(replaced_at=replaced_at), known) == verdict


def recounted(known: Application) -> Application:
    changes = {change.number: change.becomes for change in recount(known)}
    kept = (version for version in known.versions if version.number not in changes)
    return replace(known, versions=(*kept, *changes.values()))


OLD_CLOSING = NOW + timedelta(minutes=10)
NEW_CLOSING = NOW + timedelta(minutes=20)


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("moved_before", [0, 1, 2, 3])
@pytest.mark.parametrize("order", list(permutations([5, 12, 15])))
def test_C7_D8_the_closing_moved_later_makes_the_same_documents_count_whenever_it_is_heard_of(
    order, moved_before, refused
):
    known = application(last_accepted_at=OLD_CLOSING, is_refused=refused)
    for position, minutes in enumerate(order):
        if position == moved_before:
            known = recounted(replace(known, last_accepted_at=NEW_CLOSING, is_refused=False))
        known = after(known, minutes)
    known = recounted(replace(known, last_accepted_at=NEW_CLOSING, is_refused=False))
    assert known.current.sent_at == NOW + timedelta(minutes=15)
    assert {version.set_aside for version in known.versions} == {None}
    assert len({version.number for version in known.versions}) == 4


@pytest.mark.parametrize(
    "known",
    [
        application(),
        after(application(), 5),
        after(application(is_refused=True), 5),
        after(application(withdrawn_at=NOW), 5),
        after(after(application(), 5), 4),
        after(application(last_accepted_at=OLD_CLOSING), 15),
    ],
    ids=["plain", "replaced", "refused", "withdrawn", "older", "after closing"],
)
def test_D8_counting_anew_changes_nothing_where_nothing_has_changed(known):
    assert list(recount(known)) == []


def test_D8_documents_sent_after_the_new_closing_too_do_not_count():
    known = after(application(last_accepted_at=OLD_CLOSING, is_refused=True), 25)
    lifted = replace(known, last_accepted_at=NEW_CLOSING, is_refused=False)
    [change] = recount(lifted)
    assert change.becomes.set_aside is SetAside.REPLACED_AFTER_CLOSING


@pytest.mark.parametrize("moved_before", range(4))
@pytest.mark.parametrize("order", list(permutations([5, 12, 15])))
def test_C7_D8_the_closing_moved_earlier_makes_the_same_documents_count_whenever_it_is_heard_of(
    order, moved_before
):
    known = application(last_accepted_at=NEW_CLOSING)
    for position, minutes in enumerate(order):
        if position == moved_before:
            known = recounted(replace(known, last_accepted_at=OLD_CLOSING))
        known = after(known, minutes)
    known = recounted(replace(known, last_accepted_at=OLD_CLOSING))
    aside = {v.sent_at: v.set_aside for v in known.versions if v.set_aside}
    assert known.current.sent_at == NOW + timedelta(minutes=5)
    assert aside == {
        NOW + timedelta(minutes=minutes): SetAside.REPLACED_AFTER_CLOSING for minutes in (12, 15)
    }


@pytest.mark.parametrize("order", list(permutations([5, 8, 15])))
def test_C7_D8_what_others_know_that_counts_no_longer_is_told_with_what_is_left(order):
    """Whatever the numbers: they follow the order of arrival, not of sending."""
    known = application(last_accepted_at=NEW_CLOSING)
    for minutes in order:
        known = after(known, minutes)
    lost, left = changes = list(recount(replace(known, last_accepted_at=OLD_CLOSING)))
    assert lost.becomes.set_aside is SetAside.REPLACED_AFTER_CLOSING
    assert (left.becomes.sent_at, left.becomes.number) == (NOW + timedelta(minutes=8), 5)
    assert gone(changes) == (2 + order.index(15), 2 + order.index(8))


def test_C7_D8_if_none_is_left_the_submissions_own_documents_count_again_under_a_new_number():
    known = after(application(last_accepted_at=NEW_CLOSING), 15)
    assert known.current.number == 2
    known = recounted(replace(known, last_accepted_at=OLD_CLOSING))
    assert (known.current.number, known.current.sent_at) == (3, SUBMITTED_AT)

"""G29: the ledger of the chaos run can fail over letters: lost, astray, untold, of unknown end."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts.applications import Stage
from tests.faults.chaos.book import SET_BACK, Struck
from tests.faults.chaos.facts import Facts
from tests.support.honest_run import DAWN, HONEST, NAME, NOTHING, judge, letter, message

BOOKING = message("interview_booking")


def with_unknown(detail: str, **others: Any) -> Facts:
    unknown = message("acknowledgement", "unknown") | {"detail": detail}
    return replace(HONEST, messages=[unknown, *HONEST.messages[1:]], **others)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_letter_of_unknown_end_is_listed_with_what_the_mail_server_says(arrived: bool) -> None:
    cut = {"message_id": HONEST.letters[0].message_id, "fault": "cut_after_taking"}
    letters = HONEST.letters if arrived else HONEST.letters[1:]
    result = judge(with_unknown("SMTPServerDisconnected", letters=letters, mail_faults=[cut]))
    assert result.is_clean
    assert len(result.unknown_mails) == 1
    assert ("is at the mail server" in result.unknown_mails[0]) is arrived


@pytest.mark.parametrize(
    ("detail", "struck", "is_explained"),
    [
        ("SMTPServerDisconnected", Struck(deaths=(DAWN,) * 9), False),
        ("TimeoutError", Struck(deaths=(DAWN,) * 9, freezes=1), True),
        ("sender died", NOTHING, False),
        ("sender died", Struck(deaths=(DAWN,)), True),
    ],
)
def test_G12_a_letter_of_unknown_end_needs_a_fault_that_made_it_so(
    detail: str, struck: Struck, is_explained: bool
) -> None:
    busy = {"message_id": HONEST.letters[0].message_id, "fault": "busy_451"}
    result = judge(with_unknown(detail, mail_faults=[busy]), struck)
    assert result.is_clean is is_explained
    assert len(result.unknown_mails) == 1


def later(seconds: float) -> datetime:
    return DAWN + timedelta(seconds=seconds)


FROZEN = ((later(0), later(90)),)
KILLED = tuple(later(seconds) for seconds in (5, 10, 300))


@pytest.mark.parametrize(
    ("claimed_at", "struck", "unexplained"),
    [
        # In hand when its sender was killed; in hand ever since; claimed after that.
        ([0], Struck(deaths=(later(5),)), 0),
        ([0], Struck(deaths=(later(30),)), 1),
        ([9], Struck(deaths=(later(0),)), 1),
        # A sender has one letter in hand, and a killed one dies once.
        ([0, 1, 2], Struck(deaths=KILLED), 1),
        ([0, 6], Struck(deaths=KILLED), 0),
        # Whichever explanation is over first is used first: the other one serves the later letter.
        ([4, 8], Struck(deaths=(later(14), later(9))), 0),
        # A fault that killed nobody loses a claim of each worker, until it is over.
        ([60, 61, 62], Struck(faults=FROZEN), 0),
        ([60, 61, 62, 63], Struck(faults=FROZEN), 1),
        ([100], Struck(faults=FROZEN), 1),
        # The power cut at the end: what is claimed then is set back, and not what was before.
        ([299 - SET_BACK.total_seconds()], Struck(deaths=KILLED), 0),
        ([200 - SET_BACK.total_seconds()], Struck(deaths=KILLED), 1),
        ([120], Struck(deaths=KILLED), 1),
    ],
)
def test_G12_a_letter_whose_sender_died_was_in_hand_when_something_struck(
    claimed_at: list[float], struck: Struck, unexplained: int
) -> None:
    claims = [
        message("acknowledgement", "unknown", version=number)
        | {"detail": "sender died", "claimed_at": later(seconds)}
        for number, seconds in enumerate(claimed_at, start=1)
    ]
    facts = replace(HONEST, messages=[*claims, *HONEST.messages[1:]])
    assert len(judge(facts, struck).unexplained) == unexplained


def with_past(stage: Stage = Stage.INTERVIEW_BOOKED, **other: Any) -> Facts:
    """Let the interview be over before its letter goes, and somebody else's letter be another."""
    missed = BOOKING | {"state": "refused", "detail": "interview past"}
    others = [one | other for one in HONEST.messages[:2]]
    row = HONEST.applications[NAME] | {"stage": stage}
    return replace(
        HONEST, applications={NAME: row}, messages=[*others, missed], letters=HONEST.letters[:2]
    )


@pytest.mark.parametrize(
    ("kind", "detail"),
    [("acknowledgement", "interview past"), ("interview_booking", "not composed")],
)
def test_G12_a_letter_is_refused_by_the_server_or_books_an_interview_past(
    kind: str, detail: str
) -> None:
    refused = {"state": "refused", "detail": detail}
    messages = [m | refused if m["kind"] == kind else m for m in HONEST.messages]
    found = judge(replace(HONEST, messages=messages, letters=HONEST.letters[1:2]))
    assert f"letter {NAME} {kind} 1 was refused: {detail}" in found.unexplained


def test_G12_a_booking_of_an_interview_past_is_listed_for_a_person() -> None:
    found = judge(with_past())
    assert found.is_clean
    assert found.everything == [f"{NAME} interview_booking 1: interview past"]


@pytest.mark.parametrize(
    ("went_before", "was_due_after", "longest_fault", "is_explained"),
    [
        (31, 1, 0, False),
        (29, 1, 0, True),
        (31, -1, 0, True),
        (56, 1, 27, True),
        (58, 1, 27, False),
    ],
)
def test_G12_no_booking_is_late_because_others_that_are_due_later_go_before_it(
    went_before: int, was_due_after: int, longest_fault: float, *, is_explained: bool
) -> None:
    found = with_past(
        claimed_at=BOOKING["claimed_at"] - timedelta(seconds=went_before),
        send_after=BOOKING["send_after"] + timedelta(minutes=was_due_after),
    )
    struck = Struck(faults=((DAWN, DAWN + timedelta(seconds=longest_fault)),))
    assert judge(found, struck).is_clean is is_explained


def test_G12_who_is_interviewed_no_more_may_wait_for_that_news() -> None:
    claimed_at = BOOKING["claimed_at"] - timedelta(minutes=9)
    send_after = BOOKING["send_after"] + timedelta(minutes=9)
    found = judge(with_past(Stage.WITHDRAWN, claimed_at=claimed_at, send_after=send_after))
    assert not [entry for entry in found.unexplained if "had gone" in entry]


def test_C2_a_letter_that_went_to_somebody_else_is_unexplained() -> None:
    first, *others = HONEST.letters
    for astray in ({"to": "else@example.org"}, {"delivered_to": "else@example.org"}):
        result = judge(replace(HONEST, letters=[replace(first, **astray), *others]))
        assert [*result.lost, *result.unexplained] == [
            f"letter {NAME} acknowledgement 1 went to somebody else"
        ]


@pytest.mark.parametrize(
    ("between", "faults_of", "is_news"),
    [
        ("documents_problem", (None, None), True),
        ("review_late", (None, None), False),
        (None, (1, 2), True),
        (None, (2, 1), True),  # the later version was set aside: the one before counts again
        (None, (2, 2), False),
        (None, (1, None), False),
    ],
)
def test_G12_the_same_words_again_are_news_only_after_what_ended_them(
    between: str | None, faults_of: tuple[int | None, int | None], is_news: bool
) -> None:
    kinds = ["person_is_checking", *filter(None, [between]), "person_is_checking"]
    versions = [1, *[1] * bool(between), 2]
    planned = [
        message(kind, version=version) | {"number": number}
        for number, (kind, version) in enumerate(zip(kinds, versions, strict=True), start=1)
    ]
    planned[0]["faults_of"], planned[-1]["faults_of"] = faults_of
    told = [
        replace(letter(kind, version), text=kind)
        for kind, version in zip(kinds, versions, strict=True)
    ]
    facts = replace(
        HONEST, letters=[*HONEST.letters, *told], messages=[*HONEST.messages, *planned]
    )
    assert (judge(facts).duplicated == []) is is_news

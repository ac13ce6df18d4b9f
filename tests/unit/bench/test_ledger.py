"""The bench's ledger: what it reads off letters and off messages at the end."""

from collections import Counter
from contextlib import nullcontext
from email import message_from_string
from types import SimpleNamespace

import pytest

from shared.contracts.applications import Stage
from tests.bench.audit import Mismatch, _end, count_repeated
from tests.bench.burst import Figures
from tests.bench.contestants import BY_NAME
from tests.bench.hops import prove_batched
from tests.bench.letters import CHECK, RECEIVED, due, read
from tests.bench.memory import _PARTS, applications_of
from tests.bench.papers import _paragraphs
from tests.bench.submissions import Submissions


def ended(body: bytes, delivery_mode: int = 2):
    properties = SimpleNamespace(delivery_mode=delivery_mode)
    return SimpleNamespace(body=body, header=SimpleNamespace(properties=properties))


BODY = next(Submissions(seed=7, count=1)._bodies())[1]


def test_a_message_that_brings_the_whole_application_counts() -> None:
    assert _end(ended(BODY)) == "bench-7-0000000"


@pytest.mark.parametrize(
    "lost", [b"I have inspected and repaired", b"Ada O'Neill", b"driving_licence"]
)
def test_a_message_that_dropped_what_it_should_carry_voids_the_run(lost) -> None:
    with pytest.raises(Mismatch, match="lost a part"):
        _end(ended(BODY.replace(lost, b"")))


def test_a_message_that_a_restart_would_lose_voids_the_run() -> None:
    with pytest.raises(Mismatch, match="not persistent"):
        _end(ended(BODY, delivery_mode=1))


EXPECTED = Counter(["a", "b", "c"])


def test_an_end_may_be_announced_again_if_it_was_in_hand_when_somebody_was_killed() -> None:
    assert count_repeated(EXPECTED, EXPECTED) == 0
    assert count_repeated(EXPECTED + Counter(["a", "b", "b"]), EXPECTED, {"a", "b"}) == 3


@pytest.mark.parametrize(
    "ends",
    [
        2 * [*EXPECTED],  # whoever announces everything twice
        [*EXPECTED, "c"],
        [*EXPECTED, "d"],
        ["a", "a", "c"],
        ["a", "b"],
    ],
)
def test_any_other_end_that_comes_twice_or_not_at_all_voids_the_run(ends) -> None:
    with pytest.raises(Mismatch, match="end of the chain"):
        count_repeated(Counter(ends), EXPECTED, {"a", "b"})


@pytest.mark.parametrize(
    ("name", "commits", "is_void"),
    [
        ("muster", 0.06, False), ("muster", 0.9, False), ("muster", 3.0, True),
        ("floor", 3.0, False), ("celery", 3.0, False),
    ],
)  # fmt: skip
def test_a_run_of_ours_that_commits_message_by_message_is_void(name, commits, is_void) -> None:
    figures = Figures(name, 1_000, 1.0, 1_000.0, {}, 0.0, 0.0, commits, 0.05, 0)
    with pytest.raises(Mismatch, match="commits") if is_void else nullcontext():
        prove_batched(figures, BY_NAME[name])


def letter(to: str, subject: str, message_id: str = "1"):
    return message_from_string(
        f"Delivered-To: {to}@example.org\nTo: <somebody@example.org>\n"
        f"Message-ID: <{message_id}>\nSubject: {subject}: Vehicle\n Technician\n\nDear"
    )


def test_a_letter_counts_for_whom_it_was_delivered_to_and_again_under_another_id() -> None:
    letters = [letter("a", RECEIVED), letter("a", RECEIVED, "2"), letter("b", CHECK)]
    assert Counter(map(read, letters)) == Counter({("a", RECEIVED): 2, ("b", CHECK): 1})


def test_who_forgot_a_document_is_told_two_things_and_everybody_else_one() -> None:
    expected = {"a": Stage.READY_FOR_REVIEW, "b": Stage.DOCUMENTS_NEEDED}
    assert due(expected) == Counter([("a", RECEIVED), ("b", RECEIVED), ("b", CHECK)])


def test_no_statement_repeats_a_cv_which_would_bring_another_letter() -> None:
    assert not set(_paragraphs(-1, 8)) & set(_paragraphs(1, 14))


@pytest.mark.parametrize("messages", [6_000, 99_999, 100_000])
def test_the_memory_leg_handles_no_fewer_messages_than_were_asked_for(messages) -> None:
    handled = applications_of(messages) * 3 * _PARTS
    assert messages <= handled < messages + 3 * _PARTS

"""Compares what the mail server has with our own record, and with what had to be told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from services.simulator.candidates import Case
from shared.contracts.applications import Stage
from shared.contracts.envelope import NAMESPACE
from shared.contracts.notifications import MessageKind
from tests.faults.chaos.book import SET_BACK, Ledger, Struck
from tests.faults.chaos.facts import Facts, Row
from tests.faults.chaos.promises import REACHED_SOMEBODY, untold
from tests.faults.chaos.supervisor import CLOCK_OFFSETS

# The virtual days of a run pass in minutes, so an interview may be over before its letter goes.
_PAST: Final = "interview past"
# A letter of its own accord waits behind others that are due before it, and no longer.
_TURN: Final = timedelta(seconds=30)
# How long, on a slow machine, a letter is in hand, a kill takes, and a fault is felt afterwards.
_IN_HAND: Final = timedelta(seconds=10)
_AT_ONCE: Final = timedelta(seconds=3)
_AFTERMATH: Final = timedelta(seconds=5)
# What somebody has been told in between makes the same words news again.
_NEWS_AGAIN: Final = {
    MessageKind.PERSON_IS_CHECKING: {
        MessageKind.PERSON_HAS_CHECKED,
        MessageKind.DOCUMENTS_PROBLEM,
        MessageKind.DOCUMENTS_IN_ORDER,
        MessageKind.NOT_ELIGIBLE,
    }
}


def judge_letters(facts: Facts, cases: Mapping[str, Case], struck: Struck, ledger: Ledger) -> None:
    """G12: nobody got a letter twice, and everybody was told, or it is known who may not be."""
    arrived = Counter(letter.message_id for letter in facts.letters)
    ledger.duplicated += [f"letter {id_}" for id_, times in arrived.items() if times > 1]
    ledger.duplicated += _said_twice(facts)
    full = {row["message_id"] for row in facts.mail_faults if row["fault"] == "full_552"}
    planned = {message_id(row): row for row in facts.messages}
    for id_, row in planned.items():
        ledger.mail_states[row["state"]] += 1
        is_there = bool(arrived[id_])
        if row["state"] == "unknown":
            where = "is at the mail server" if is_there else "is not at the mail server"
            ledger.unknown_mails.append(f"{name_of(row)}: {row['detail']}, {where}")
        elif row["state"] in {"queued", "sending"} or (row["state"] == "sent" and not is_there):
            ledger.lost.append(f"letter {name_of(row)} ({row['state']})")
        elif row["state"] != "sent" and is_there:
            ledger.unexplained.append(f"letter {name_of(row)} arrived although {row['state']}")
        elif _is_of_an_interview_past(row):
            ledger.past_interviews.append(f"{name_of(row)}: {row['detail']}")
        elif row["state"] == "refused" and id_ not in full:
            ledger.unexplained.append(f"letter {name_of(row)} was refused: {row['detail']}")
    ledger.unexplained += [f"letter {id_} was never planned" for id_ in arrived.keys() - planned]
    ledger.unexplained += _astray(facts, cases, planned)
    ledger.unexplained += _lost_from_sight(facts, struck)
    ledger.unexplained += _out_of_turn(facts, struck)
    ledger.lost += untold(facts)


def _astray(facts: Facts, cases: Mapping[str, Case], planned: Mapping[str, Row]) -> Iterator[str]:
    """C2: a letter names, and goes to, the one person it is about."""
    for letter in facts.letters:
        row = planned.get(letter.message_id)
        if row is None or row["application"] not in cases:
            continue  # it is unexplained already, and so is its application
        if {letter.to, letter.delivered_to} != {cases[row["application"]].person.email}:
            yield f"letter {name_of(row)} went to somebody else"


def _lost_from_sight(facts: Facts, struck: Struck) -> Iterator[str]:
    """Find the letters of unknown end that no fault explains.

    One whose connection was cut explains itself. Else its sender died, with one letter in hand, or
    stood still for longer than a letter may take.
    """
    cut = {row["message_id"] for row in facts.mail_faults if row["fault"].startswith("cut_")}
    unknown = [r for r in facts.messages if r["state"] == "unknown" and message_id(r) not in cut]
    dead = [row for row in unknown if row["detail"] == "sender died"]
    late = [row for row in unknown if row["detail"] != "sender died"]
    for row in (*_struck_by_nothing(dead, struck), *late[struck.freezes :]):
        yield f"letter {name_of(row)} is of unknown end, by no fault: {row['detail']}"


def _struck_by_nothing(dead: Sequence[Row], struck: Struck) -> Iterator[Row]:
    """Find the letters that their senders left behind, and were not in hand when anything struck.

    A death takes one letter along. Any other fault may take one of each worker: the answer is lost
    by which that would know that the letter is its own. What is over first explains first, so that
    the most are explained.
    """
    spans = [(at, at + _AT_ONCE) for at in struck.deaths]
    spans += len(CLOCK_OFFSETS) * [(at, over_at + _AFTERMATH) for at, over_at in struck.faults]
    spans.sort(key=lambda span: span[1])
    claims = sorted(((_claimed_at(row, struck), row) for row in dead), key=lambda claim: claim[0])
    for at, row in claims:
        explaining = (s for s in spans if s[0] - _IN_HAND <= at <= s[1])
        if span := next(explaining, None):
            spans.remove(span)
        else:
            yield row


def _claimed_at(row: Row, struck: Struck) -> datetime:
    """Say when a letter was really claimed, be it set back after the last kill."""
    at: datetime = row["claimed_at"]
    is_set_back = bool(struck.deaths) and at < struck.deaths[0] - SET_BACK / 2
    return at + SET_BACK if is_set_back else at


def _is_of_an_interview_past(row: Row) -> bool:
    is_booking = row["kind"] == MessageKind.INTERVIEW_BOOKING
    return is_booking and row["state"] == "refused" and row["detail"] == _PAST


def _out_of_turn(facts: Facts, struck: Struck) -> Iterator[str]:
    """Find the bookings of an interview past that no fault made so late: others overtook them.

    Letters go in the order in which they are due. Whoever has one that is due earlier in hand, or
    not committed yet, may stand still for as long as a fault lasts. Who is interviewed no more is
    told nothing until that is told.
    """
    patience = struck.longest + _TURN
    for row in filter(_is_of_an_interview_past, facts.messages):
        stage = facts.applications.get(row["application"], {}).get("stage")
        overtaking = (
            name_of(other)
            for other in facts.messages
            if other["state"] == "sent"
            and other["send_after"] > row["send_after"]
            and other["claimed_at"] < row["claimed_at"] - patience
        )
        if stage == Stage.INTERVIEW_BOOKED and (name := next(overtaking, None)):
            yield f"letter {name_of(row)} was refused: {_PAST}, long after {name} had gone"


def _said_twice(facts: Facts) -> Iterator[str]:
    """Find the same words sent to somebody again, with nothing in between that made them news."""
    sent = {message_id(row): row for row in facts.messages}
    last: dict[tuple[str, str, str], Row | None] = {}
    for letter in facts.letters:
        words, now = (letter.to, letter.subject, letter.text), sent.get(letter.message_id)
        before = last.get(words)
        if words in last and not (now and before and _is_news_again(facts, before, now)):
            yield f"{letter.to}: {letter.subject}"
        last[words] = now


def _is_news_again(facts: Facts, before: Row, now: Row) -> bool:
    if now["faults_of"] not in {None, before["faults_of"]}:
        return True  # the same fault in other documents, be it earlier ones that count again (D8)
    return any(
        row["kind"] in _NEWS_AGAIN.get(now["kind"], ())
        and row["application"] == now["application"]
        and before["number"] < row["number"] < now["number"]
        and row["state"] in REACHED_SOMEBODY
        for row in facts.messages
    )


def name_of(row: Row) -> str:
    """Name a letter by whose it is, its kind and its version."""
    return f"{row['application']} {row['kind']} {row['version']}"


def message_id(row: Row) -> str:
    """Derive the Message-ID of a letter from our own record of it."""
    id_: UUID = uuid5(NAMESPACE, f"message {name_of(row)}")
    return f"<{id_}@recruitment.example>"

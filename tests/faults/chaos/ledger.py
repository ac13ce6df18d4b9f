"""Compares both sides and says what does not add up; every entry names its ids."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from services.console.workers import SERVICES
from services.simulator.candidates import Case
from services.simulator.stories.story import Repeat
from shared.contracts.applications import Stage
from shared.contracts.envelope import NAMESPACE
from shared.contracts.notifications import MessageKind
from tests.faults.chaos.facts import Facts, Row

# What makes an announcement the same fact again, by its type. Not here is what cannot come again,
# because its id is made of the same: vacancy.closed, review.opened and review.completed.
_ONCE: Final = {
    "vacancy.timetabled.v1": ("vacancy", "version"),
    "vacancy.opened.v1": ("vacancy",),
    "application.accepted.v1": ("application",),
    "application.refused.v1": ("application",),
    "application.documents_accepted.v1": ("application", "documents_version"),
    "documents.checked.v1": ("application", "documents_version", "is_by_person", "revision"),
    "eligibility.checked.v1": ("application", "revision"),
    "challenge.received.v1": ("application", "number"),
    "challenge.settled.v1": ("application", "number"),
    "application.stage_changed.v1": ("application", "sequence"),
    "application.reviewed.v1": ("application", "reviewed_at"),
    "interview.booked.v1": ("application", "sequence"),
    "interview.cancelled.v1": ("application", "sequence"),
    "candidate.notified.v1": ("application", "kind", "version"),
}
# What somebody whose application ended at a stage must have been told.
_TOLD: Final = {
    Stage.REFUSED: MessageKind.SUBMITTED_LATE,
    Stage.NOT_ELIGIBLE: MessageKind.NOT_ELIGIBLE,
    Stage.NOT_SUCCESSFUL: MessageKind.NOT_SUCCESSFUL,
    Stage.INTERVIEW_BOOKED: MessageKind.INTERVIEW_BOOKING,
    Stage.WITH_A_PERSON: MessageKind.PERSON_IS_CHECKING,
    Stage.WITHDRAWN: MessageKind.WITHDRAWAL,
}
# What somebody has been told in between makes the same words news again.
_NEWS_AGAIN: Final = {
    MessageKind.PERSON_IS_CHECKING: {
        MessageKind.PERSON_HAS_CHECKED,
        MessageKind.DOCUMENTS_PROBLEM,
        MessageKind.DOCUMENTS_IN_ORDER,
        MessageKind.NOT_ELIGIBLE,
    }
}
_REACHED_SOMEBODY: Final = {"sent", "unknown", "refused"}


@dataclass
class Ledger:
    """Lists that must be empty, and two that need not be: `unknown` and `to_a_person`."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    double_booked: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    rejected_by_fault: list[str] = field(default_factory=list)
    unknown_mails: list[str] = field(default_factory=list)
    to_a_person_by_fault: list[str] = field(default_factory=list)
    explained_held: Counter[str] = field(default_factory=Counter)
    mail_states: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether everything adds up."""
        return not (
            self.lost
            or self.duplicated
            or self.double_booked
            or self.unexplained
            or self.rejected_by_fault
        )

    @property
    def everything(self) -> list[str]:
        """All entries, worst first."""
        return [
            *self.lost,
            *self.duplicated,
            *self.double_booked,
            *self.unexplained,
            *self.rejected_by_fault,
            *self.unknown_mails,
            *self.to_a_person_by_fault,
        ]


def judge(facts: Facts, cases: Mapping[str, Case]) -> Ledger:
    """Write the ledger of a run in which these cases were played."""
    ledger = Ledger()
    _judge_events(facts, ledger)
    _judge_applications(facts, cases, ledger)
    _judge_repetitions(facts, ledger)
    _judge_bookings(facts, ledger)
    _judge_letters(facts, ledger)
    _judge_leftovers(facts, cases, ledger)
    return ledger


def _judge_events(facts: Facts, ledger: Ledger) -> None:
    """G1: whatever was confirmed, or announced, is settled by each service that hears it."""
    hearers = {
        event_type: [
            service.name
            for service in SERVICES
            if any(s.event.type == event_type for s in service.subscriptions)
        ]
        for event_type in {row["type"] for row in (*facts.confirmed, *facts.history)}
    }
    settled = facts.inbox | {(r["service"], r["message"], r["sha256"]) for r in facts.held}
    events = {(r["id"], r["type"], r["sha256"]) for r in (*facts.confirmed, *facts.history)}
    for id_, event_type, sha256 in events:
        for service in hearers[event_type]:
            if (service, id_, sha256) not in settled:
                ledger.lost.append(f"{service} never settled {event_type} {id_}")


def _judge_applications(facts: Facts, cases: Mapping[str, Case], ledger: Ledger) -> None:
    """G1, G17: every application confirmed ends once, where its story ends."""
    confirmed = {r["subject"] for r in facts.confirmed if r["type"] == "application.submitted.v1"}
    decided = {r["subject"] for r in facts.confirmed if r["type"] == "manager.reviewed.v1"}
    ledger.lost += [f"application {name} was never confirmed" for name in cases.keys() - confirmed]
    ledger.unexplained += [
        f"application {name} came from nowhere" for name in facts.applications.keys() - confirmed
    ]
    for name in sorted(confirmed):
        row = facts.applications.get(name)
        if row is None:
            ledger.lost += [] if cases[name].story.is_held else [f"application {name}"]
            continue
        if name in decided - facts.decisions and row["stage"] != Stage.WITHDRAWN:
            ledger.lost.append(f"the manager's decision on {name}")
        _judge_stage(row, cases[name], ledger)


def _judge_stage(row: Row, case: Case, ledger: Ledger) -> None:
    if row["stage"] == case.ends:
        return
    wrong = f"{case.application} ({case.story.name}) is {row['stage']} instead of {case.ends}"
    if row["stage"] in {Stage.NOT_ELIGIBLE, Stage.REFUSED}:
        ledger.rejected_by_fault.append(wrong)
    elif row["stage"] == Stage.WITH_A_PERSON and "not_inspected" in (row["findings"] or ""):
        ledger.to_a_person_by_fault.append(wrong)
    else:
        ledger.unexplained.append(wrong)


def _judge_repetitions(facts: Facts, ledger: Ledger) -> None:
    """G2: no fact is announced twice, and no stage follows itself."""
    facts_said = Counter(
        (row["type"], *(str(row["data"][name]) for name in _ONCE[row["type"]]))
        for row in facts.history
        if row["type"] in _ONCE
    )
    ledger.duplicated += [" ".join(fact) for fact, times in facts_said.items() if times > 1]
    ledger.duplicated += [
        f"{row['application']} changed to {row['stage']} twice in a row"
        for row in facts.stage_changes
        if row["stage"] == row["previous"]
    ]


def _judge_bookings(facts: Facts, ledger: Ledger) -> None:
    """G13: by the table, and by what was announced, nobody shares a slot or holds two."""
    ledger.double_booked += [
        f"{row['vacancy']}: {row['one']} and {row['other']}" for row in facts.overlaps
    ]
    holders: dict[tuple[str, str], str] = {}
    slots: dict[str, str] = {}
    for row in facts.history:
        data = row["data"]
        if row["type"] == "interview.booked.v1":
            slot = (data["vacancy"], data["starts_at"])
            if slot in holders:
                ledger.double_booked.append(f"{holders[slot]} and {row['subject']} at {slot}")
            if row["subject"] in slots:
                ledger.double_booked.append(f"{row['subject']} holds two slots")
            holders[slot], slots[row["subject"]] = row["subject"], data["starts_at"]
        elif row["type"] == "interview.cancelled.v1":
            holders.pop((data["vacancy"], data["starts_at"]), None)
            slots.pop(row["subject"], None)
    for name, row in facts.applications.items():
        appointment = facts.appointments.get(name, {})
        booked = appointment.get("state") == "booked"
        if booked and appointment["had_begun"]:
            continue  # whoever leaves then cannot call it off any more
        if booked != (row["stage"] == Stage.INTERVIEW_BOOKED) or booked != (name in slots):
            ledger.unexplained.append(f"{name} is {row['stage']}, booked: {booked}")


def _judge_letters(facts: Facts, ledger: Ledger) -> None:
    """G12: nobody got a letter twice, and everybody was told, or it is known who may not be."""
    arrived = Counter(letter.message_id for letter in facts.letters)
    ledger.duplicated += [f"letter {id_}" for id_, times in arrived.items() if times > 1]
    ledger.duplicated += _said_twice(facts)
    full = {row["message_id"] for row in facts.mail_faults if row["fault"] == "full_552"}
    planned: dict[str, Row] = {}
    for row in facts.messages:
        message_id = _message_id(row)
        planned[message_id] = row
        ledger.mail_states[row["state"]] += 1
        name = f"{row['application']} {row['kind']} {row['version']}"
        is_there = bool(arrived[message_id])
        if row["state"] == "unknown":
            where = "is at the mail server" if is_there else "is not at the mail server"
            ledger.unknown_mails.append(f"{name}: {row['detail']}, {where}")
        elif row["state"] in {"queued", "sending"} or (row["state"] == "sent" and not is_there):
            ledger.lost.append(f"letter {name} ({row['state']})")
        elif row["state"] != "sent" and is_there:
            ledger.unexplained.append(f"letter {name} arrived although {row['state']}")
        elif row["state"] == "refused" and message_id not in full:
            ledger.unexplained.append(f"letter {name} was refused: {row['detail']}")
    ledger.unexplained += [f"letter {id_} was never planned" for id_ in arrived.keys() - planned]
    ledger.lost += _untold(facts)


def _said_twice(facts: Facts) -> Iterator[str]:
    """Find the same words sent to somebody again, with nothing in between that made them news."""
    sent = {_message_id(row): row for row in facts.messages}
    last: dict[tuple[str, str, str], Row | None] = {}
    for letter in facts.letters:
        words, now = (letter.to, letter.subject, letter.text), sent.get(letter.message_id)
        before = last.get(words)
        if words in last and not (now and before and _is_news_again(facts, before, now)):
            yield f"{letter.to}: {letter.subject}"
        last[words] = now


def _is_news_again(facts: Facts, before: Row, now: Row) -> bool:
    return any(
        row["kind"] in _NEWS_AGAIN.get(now["kind"], ())
        and row["application"] == now["application"]
        and before["number"] < row["number"] < now["number"]
        and row["state"] in _REACHED_SOMEBODY
        for row in facts.messages
    )


def _untold(facts: Facts) -> Iterator[str]:
    told = {
        (row["application"], row["kind"])
        for row in facts.messages
        if row["state"] in _REACHED_SOMEBODY
    }
    for name, row in facts.applications.items():
        kinds = {MessageKind.ACKNOWLEDGEMENT} if row["stage"] != Stage.REFUSED else set()
        if row["stage"] in _TOLD:
            kinds |= {_TOLD[Stage(row["stage"])]}
        for kind in kinds:
            if (name, kind) not in told:
                yield f"letter {name} {kind}, never planned"


def _message_id(row: Row) -> str:
    id_: UUID = uuid5(NAMESPACE, f"message {row['application']} {row['kind']} {row['version']}")
    return f"<{id_}@recruitment.example>"


def _judge_leftovers(facts: Facts, cases: Mapping[str, Case], ledger: Ledger) -> None:
    """G11: queues and outboxes are empty, and whatever is held is held for a good reason."""
    ledger.unexplained += [f"{count} in {name}" for name, count in facts.queues.items() if count]
    ledger.unexplained += [
        f"{row['service']}'s outbox still holds {row['type']}" for row in facts.outbox
    ]
    applications = {r["id"]: r["subject"] for r in facts.confirmed}
    for row in facts.held:
        case = cases.get(applications.get(row["message"], ""))
        is_reused_id = case is not None and case.story.repeats is Repeat.SAME_ID_OTHER_BODY
        if row["reason"] == "id_conflict" and row["service"] == "intake" and is_reused_id:
            ledger.explained_held["an id used again for another body (story id_reused)"] += 1
        elif row["reason"] == "before_posting" and case is not None and case.story.is_held:
            ledger.explained_held["dated before the posting (story before_posting)"] += 1
        else:
            ledger.unexplained.append(
                f"held by {row['service']}: {row['routing_key']} {row['message']}, "
                f"{row['status']}, {row['reason']}: {row['detail']}"
            )

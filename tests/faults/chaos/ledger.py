"""Compares both sides and says what does not add up; every entry names its ids."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from services.console.workers import SERVICES
from services.documents.children import CHILDREN
from services.simulator.candidates import Case
from services.simulator.stories.story import Repeat
from shared.contracts.applications import Stage
from shared.contracts.checks import EligibilityOutcome
from tests.faults.chaos.book import Ledger, Struck
from tests.faults.chaos.facts import Facts, Row
from tests.faults.chaos.letters import judge_letters
from tests.faults.chaos.truth import judge_truth

# What makes an announcement the same fact again, by its type. Not here is what cannot come again,
# because its id is made of the same (vacancy.closed, and what the review says), what may be said
# again (application.conflicted, interview.unplaced), and timers.
_ONCE: Final = {
    "vacancy.timetabled.v1": ("vacancy", "version"),
    "vacancy.opened.v1": ("vacancy",),
    "application.accepted.v1": ("application",),
    "application.refused.v1": ("application",),
    "application.documents_accepted.v1": ("application", "documents_version"),
    "application.withdrawal_accepted.v1": ("application",),
    "documents.checked.v1": ("application", "documents_version", "is_by_person", "revision"),
    "eligibility.checked.v1": ("application", "revision"),
    "challenge.received.v1": ("application", "number"),
    "challenge.settled.v1": ("application", "number"),
    "challenge.overdue.v1": ("application", "number"),
    "rejection.corrected.v1": ("application", "number"),
    "application.stage_changed.v1": ("application", "sequence"),
    "application.reviewed.v1": ("application", "reviewed_at"),
    "interview.booked.v1": ("application", "sequence"),
    "interview.cancelled.v1": ("application", "sequence"),
    "candidate.notified.v1": ("application", "kind", "version"),
    # Of one given up as unknown its sender may still learn that it was refused.
    "notification.failed.v1": ("application", "kind", "version", "reason"),
}

_TELLS_OF_DOCUMENTS: Final = (Stage.DOCUMENTS_NEEDED, Stage.WITH_A_PERSON)


def judge(facts: Facts, cases: Mapping[str, Case], struck: Struck) -> Ledger:
    """Write the ledger of a run in which these cases were played and these faults struck."""
    ledger = Ledger()
    _judge_events(facts, ledger)
    _judge_applications(facts, cases, ledger)
    # Only a worker that stood still lets the time of a document pass: one in each child.
    ledger.unexplained += ledger.to_a_person_by_fault[CHILDREN * struck.freezes :]
    _judge_repetitions(facts, ledger)
    _judge_bookings(facts, ledger)
    judge_letters(facts, cases, struck, ledger)
    judge_truth(facts, cases, ledger)
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
    """G1, G17: every application confirmed ends once, where its story ends, or is held."""
    submitted = [r for r in facts.confirmed if r["type"] == "application.submitted.v1"]
    confirmed = {r["subject"] for r in submitted}
    waiting = {r["message"] for r in facts.held if _is_before_posting(r)}
    held = {r["subject"] for r in submitted if r["id"] in waiting}
    decided = {r["subject"] for r in facts.confirmed if r["type"] == "manager.reviewed.v1"}
    ledger.lost += [f"application {name} was never confirmed" for name in cases.keys() - confirmed]
    ledger.unexplained += [
        f"application {name} came from nowhere" for name in facts.applications.keys() - confirmed
    ]
    for name in sorted(confirmed):
        row, is_to_be_held = facts.applications.get(name), cases[name].story.is_held
        if row is None:
            ledger.lost += [] if is_to_be_held and name in held else [f"application {name}"]
            continue
        if is_to_be_held:
            ledger.unexplained.append(f"application {name} exists, and was to be held")
            continue
        if name in decided - facts.decisions and row["stage"] != Stage.WITHDRAWN:
            ledger.lost.append(f"the manager's decision on {name}")
        _judge_stage(row, cases[name], ledger)


def _is_before_posting(held: Row) -> bool:
    return (held["service"], held["reason"]) == ("intake", "before_posting")


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
    """G2: no fact is announced twice, and no stage follows itself but for news of documents."""
    facts_said = Counter(
        (row["type"], *(str(row["data"][name]) for name in _ONCE[row["type"]]))
        for row in facts.history
        if row["type"] in _ONCE
    )
    ledger.duplicated += [" ".join(fact) for fact, times in facts_said.items() if times > 1]
    news = _news(facts)
    again = Counter(
        (row["application"], row["stage"])
        for row in facts.stage_changes
        if row["stage"] == row["previous"]
    )
    ledger.duplicated += [
        f"{name} changed to {stage} twice in a row"
        for (name, stage), times in again.items()
        if times > news[name, stage]
    ]


def _news(facts: Facts) -> Counter[tuple[str, str]]:
    """Count what may let a stage follow itself (D8): other documents.

    A verdict on the same ones brings the stage, and is no news but where a person had them already
    because of their eligibility.
    """
    referred = {
        row["subject"]
        for row in facts.history
        if row["type"] == "eligibility.checked.v1"
        and row["data"]["outcome"] == EligibilityOutcome.REFERRED
    }
    news: Counter[tuple[str, str]] = Counter()
    for row in facts.history:
        if row["type"] == "application.documents_accepted.v1":
            news.update((row["subject"], stage) for stage in _TELLS_OF_DOCUMENTS)
        elif row["type"] == "documents.checked.v1" and row["subject"] in referred:
            news[row["subject"], Stage.WITH_A_PERSON] += 1
    return news


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
        elif _is_before_posting(row) and case is not None and case.story.is_held:
            ledger.explained_held["dated before the posting (story before_posting)"] += 1
        else:
            ledger.unexplained.append(
                f"held by {row['service']}: {row['routing_key']} {row['message']}, "
                f"{row['status']}, {row['reason']}: {row['detail']}"
            )

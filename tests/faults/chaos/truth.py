"""Compares what was said of each application, to itself or to its candidate, with its story.

However a story comes out in the end: what was untrue for a while has reached somebody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.notifications.wording import clock_time, day
from services.simulator.candidates import Case
from shared.calendar import london_date
from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from shared.contracts.reviews import ManagerDecision
from tests.faults.chaos.book import Ledger
from tests.faults.chaos.facts import Facts, Row
from tests.faults.chaos.letters import message_id, name_of
from tests.faults.chaos.promises import WAS_TOLD

_TELLS: Final = {
    MessageKind.SUBMITTED_LATE: Stage.REFUSED,
    MessageKind.NOT_ELIGIBLE: Stage.NOT_ELIGIBLE,
    MessageKind.NOT_SUCCESSFUL: Stage.NOT_SUCCESSFUL,
    MessageKind.INVITATION: Stage.INVITED,
    MessageKind.INTERVIEW_BOOKING: Stage.INTERVIEW_BOOKED,
    MessageKind.WITHDRAWAL: Stage.WITHDRAWN,
}
_REJECTIONS: Final = {Stage.REFUSED, Stage.NOT_ELIGIBLE, Stage.NOT_SUCCESSFUL}


def judge_truth(facts: Facts, cases: Mapping[str, Case], ledger: Ledger) -> None:
    """G17: nobody was rejected, invited or told so, not even for a while, but by their story."""
    said = [(row, f"was {row['stage']} once", row["stage"]) for row in facts.stage_changes]
    said += [
        (row, f"was told {row['kind']} {row['version']}", _TELLS[row["kind"]])
        for row in facts.messages
        if row["kind"] in _TELLS and row["state"] in WAS_TOLD
    ]
    for row, how, stage in said:
        case = cases.get(row["application"])
        if case is not None and not _may_be(stage, case):
            column = ledger.rejected_by_fault if stage in _REJECTIONS else ledger.unexplained
            column.append(f"{case.application} ({case.story.name}) {how}")
    _judge_bookings(facts, ledger)


def _may_be(stage: Stage, case: Case) -> bool:
    """Tell whether the story comes to a stage, be it on the way."""
    story = case.story
    match stage:
        case Stage.REFUSED:
            return case.ends is Stage.REFUSED or _is_late_at_first(case)
        case Stage.NOT_ELIGIBLE:
            is_reversed = story.challenge is not None or story.corrected is not None
            return case.ends is Stage.NOT_ELIGIBLE or is_reversed
        case Stage.NOT_SUCCESSFUL:
            return case.decision is ManagerDecision.DECLINE
        case Stage.INVITED | Stage.INTERVIEW_BOOKED:
            return case.decision is ManagerDecision.INVITE
        case Stage.WITHDRAWN:
            return story.withdraws is not None
        case _:
            return True


def _is_late_at_first(case: Case) -> bool:
    """Tell whether somebody may be judged by the closing before it is extended (C3, C7)."""
    advert = case.advert
    return advert.extended_by_days > 0 and case.moments.submitted_at > advert.first_closes_at


def _judge_bookings(facts: Facts, ledger: Ledger) -> None:
    """G13: a letter that books an interview, and the diary, name the hour that was announced."""
    announced = {
        (row["subject"], row["data"]["sequence"]): row["data"]
        for row in facts.history
        if row["type"] == "interview.booked.v1"
    }
    texts = {letter.message_id: letter.text for letter in facts.letters}
    for row in facts.messages:
        if row["kind"] == MessageKind.INTERVIEW_BOOKING and message_id(row) in texts:
            booked = announced.get((row["application"], row["version"] - 1))
            if booked is None or not _names(texts[message_id(row)], booked):
                ledger.unexplained.append(f"letter {name_of(row)} is of another interview")
    for name, row in facts.appointments.items():
        booked = announced.get((name, row["sequence"]))
        is_another = booked is None or _instant(booked["starts_at"]) != row["during"].lower
        if row["state"] == "booked" and is_another:
            ledger.unexplained.append(f"{name} has an interview at another hour than announced")


def _names(text: str, booked: Row) -> bool:
    """Tell whether a letter names the London day and hours of what was booked."""
    starts_at, ends_at = _instant(booked["starts_at"]), _instant(booked["ends_at"])
    hours = f"{clock_time(starts_at)} to {clock_time(ends_at)} (London time)"
    return day(london_date(starts_at)) in text and hours in text


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

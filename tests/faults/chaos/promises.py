"""What candidates are promised to be told, whatever order events come in.

Other letters depend on that order, such as that of a documents problem which is solved before we
hear of it: nothing is asked of them here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from shared.contracts.applications import Stage
from shared.contracts.notifications import MessageKind
from tests.faults.chaos.facts import Facts, Row

REACHED_SOMEBODY: Final = {"sent", "unknown", "refused"}
WAS_TOLD: Final = {"sent", "unknown"}
# What somebody whose application ended at a stage must have been told.
_TOLD: Final = {
    Stage.REFUSED: MessageKind.SUBMITTED_LATE,
    Stage.INVITED: MessageKind.INVITATION,
    Stage.INTERVIEW_BOOKED: MessageKind.INVITATION,
    Stage.NOT_SUCCESSFUL: MessageKind.NOT_SUCCESSFUL,
    Stage.WITH_A_PERSON: MessageKind.PERSON_IS_CHECKING,
    Stage.WITHDRAWN: MessageKind.WITHDRAWAL,
}
# What says the contrary, and is untrue at the stages at which the letter is due.
_TAKEN_BACK_BY: Final = {
    MessageKind.ACKNOWLEDGEMENT: {MessageKind.SUBMITTED_LATE},
    MessageKind.SUBMITTED_LATE: {MessageKind.ACKNOWLEDGEMENT},
    MessageKind.INVITATION: {MessageKind.NOT_SUCCESSFUL},
    MessageKind.NOT_SUCCESSFUL: {MessageKind.INVITATION},
    MessageKind.PERSON_IS_CHECKING: {MessageKind.PERSON_HAS_CHECKED, MessageKind.NOT_ELIGIBLE},
}
# What says that a rejection does not stand. Whoever withdrew, or was late, is told that instead.
_REINSTATES: Final = {
    MessageKind.REJECTION_CORRECTED,
    MessageKind.CHALLENGE_UPHELD,
    MessageKind.PERSON_IS_CHECKING,
}
_ENDED_OTHERWISE: Final = {Stage.NOT_ELIGIBLE, Stage.REFUSED, Stage.WITHDRAWN}
_ACCOUNTED_FOR: Final = REACHED_SOMEBODY | {"overtaken"}
_INTERVIEWS: Final = {MessageKind.INTERVIEW_BOOKING, MessageKind.INTERVIEW_CANCELLATION}

Promise = tuple[str, str, int, set[str]]
"""Whose letter, of which kind and version, must have come to one of these states."""

Letters = Mapping[str, Sequence[Row]]
"""The letters to each application, in the order of planning."""


def untold(facts: Facts) -> Iterator[str]:
    """Find the letters that had to go and never did, and those that were never even planned."""
    letters: dict[str, list[Row]] = defaultdict(list)
    for letter in facts.messages:
        letters[letter["application"]].append(letter)
    for name, row in facts.applications.items():
        receipt = {MessageKind.ACKNOWLEDGEMENT} if row["stage"] != Stage.REFUSED else set()
        for kind in receipt | ({_TOLD[row["stage"]]} if row["stage"] in _TOLD else set()):
            if not _is_told(letters[name], kind):
                yield f"letter {name} {kind}, never told"
        if row["stage"] not in _ENDED_OTHERWISE and _believes_to_be_rejected(letters[name]):
            yield f"letter {name} that takes {MessageKind.NOT_ELIGIBLE} back, never told"
    for name, kind, version, states in (
        *_of_challenges(facts),
        *_of_interviews(facts, letters),
        *_of_rejections(facts, letters),
    ):
        found = {r["state"] for r in letters[name] if (r["kind"], r["version"]) == (kind, version)}
        if not found & states:
            yield f"letter {name} {kind} {version}, never told"


def _is_told(letters: Sequence[Row], kind: MessageKind) -> bool:
    is_told = False
    for letter in letters:
        if letter["kind"] == kind:
            is_told |= letter["state"] in REACHED_SOMEBODY
        elif letter["kind"] in _TAKEN_BACK_BY.get(kind, ()) and letter["state"] in WAS_TOLD:
            is_told = False
    return is_told


def _believes_to_be_rejected(letters: Sequence[Row]) -> bool:
    """Tell whether a rejection went, or may have gone, and nothing since that takes it back (E21).

    Nothing is asked of a correction that still rejects: the rejection's own letter may tell it.
    """
    is_rejected = False
    for letter in letters:
        if letter["kind"] == MessageKind.NOT_ELIGIBLE:
            is_rejected |= letter["state"] in WAS_TOLD
        elif letter["kind"] in _REINSTATES and letter["state"] in REACHED_SOMEBODY:
            is_rejected = False
    return is_rejected


def _of_challenges(facts: Facts) -> Iterator[Promise]:
    """Each is received and answered; of two answers, or a late receipt, one is left out (E20)."""
    for event in facts.history:
        about, number = event["data"].get("application"), event["data"].get("number")
        if event["type"] == "challenge.received.v1":
            yield about, "challenge_received", number, _ACCOUNTED_FOR
        elif event["type"] == "challenge.settled.v1":
            yield about, f"challenge_{event['data']['outcome']}", number, _ACCOUNTED_FOR


def _of_interviews(facts: Facts, letters: Letters) -> Iterator[Promise]:
    """The booking that stands is told, and the last cancellation to whoever knew of a booking."""
    for event in _last(facts, "interview.booked.v1", "interview.cancelled.v1"):
        about, version = event["data"]["application"], event["data"]["sequence"] + 1
        stage = facts.applications.get(about, {}).get("stage")
        if event["type"] == "interview.cancelled.v1":
            told = [
                r["kind"]
                for r in letters.get(about, ())
                if r["kind"] in _INTERVIEWS and r["version"] < version and r["state"] in WAS_TOLD
            ]
            knows = told[-1:] == [MessageKind.INTERVIEW_BOOKING]
            states = REACHED_SOMEBODY if knows else _ACCOUNTED_FOR
            yield about, MessageKind.INTERVIEW_CANCELLATION, version, states
        elif stage == Stage.INTERVIEW_BOOKED:
            yield about, MessageKind.INTERVIEW_BOOKING, version, REACHED_SOMEBODY


def _of_rejections(facts: Facts, letters: Letters) -> Iterator[Promise]:
    """The rejection that stands is told, unless a manager had declined already."""
    for event in _last(facts, "application.stage_changed.v1"):
        about, version = event["data"]["application"], event["data"]["sequence"]
        kinds = {letter["kind"] for letter in letters.get(about, ())}
        is_rejected = event["data"]["stage"] == Stage.NOT_ELIGIBLE
        if is_rejected and MessageKind.NOT_SUCCESSFUL not in kinds:
            yield about, MessageKind.NOT_ELIGIBLE, version, REACHED_SOMEBODY


def _last(facts: Facts, *types: str) -> Iterable[Row]:
    """Give the event of these types with the highest sequence, of each application."""
    events = [event for event in facts.history if event["type"] in types]
    events.sort(key=lambda event: event["data"]["sequence"])
    return {event["data"]["application"]: event for event in events}.values()

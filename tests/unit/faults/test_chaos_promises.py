"""G29: the ledger of the chaos run can fail over what had to be told, and never was."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.applications import Stage
from tests.faults.chaos.facts import Facts
from tests.faults.chaos.letters import message_id
from tests.support.honest_run import HONEST, NAME, SLOT, event, judge, letter, message, with_stage

BOOKING, CANCELLATION = message("interview_booking"), message("interview_cancellation", version=2)


def with_history(stage: Stage, told: list[dict[str, Any]], *more: dict[str, Any]) -> Facts:
    """Let these letters be planned after an acknowledgement; what is sent has arrived."""
    messages = [message("acknowledgement"), *told]
    letters = [letter(m["kind"], m["version"]) for m in messages if m["state"] == "sent"]
    facts = replace(with_stage(stage), messages=messages, letters=letters)
    return replace(facts, history=[HONEST.history[0], *more])


BOOKED, CALLED_OFF = (
    event("interview.booked.v1", "4", **SLOT),
    event("interview.cancelled.v1", "5", **SLOT | {"sequence": 1}),
)


REJECTED = event("application.stage_changed.v1", "6", sequence=7, stage="not_eligible")


CHALLENGED = event("challenge.received.v1", "7", number=1)


DISMISSED = event("challenge.settled.v1", "8", number=1, outcome="dismissed")


WITHDRAWAL = message("withdrawal")


REJECTION = message("not_eligible", version=7)


CHECKING = message("person_is_checking", version=3)


CORRECTION = message("rejection_corrected", version=2)


DECLINED = message("not_successful")


OVERTAKEN = {"state": "overtaken"}


REFUSED = {"state": "refused"}


MAYBE_REJECTED = REJECTION | {"state": "unknown"}


TAKING_BACK = "that takes not_eligible back"


@pytest.mark.parametrize(
    ("untold", "facts"),
    [
        # The letter of the booking that stands, not of an earlier one.
        ("interview_booking 1", replace(HONEST, messages=HONEST.messages[:2])),
        (
            "interview_booking 3",
            replace(
                HONEST,
                history=[*HONEST.history, CALLED_OFF, {**BOOKED, "data": SLOT | {"sequence": 2}}],
                messages=[*HONEST.messages, CANCELLATION],
            ),
        ),
        ("invitation", replace(HONEST, messages=HONEST.messages[::2])),
        # The invitation was taken back, and not told again.
        ("invitation", replace(HONEST, messages=[*HONEST.messages, message("not_successful")])),
        (
            "interview_cancellation 2",
            with_history(Stage.WITHDRAWN, [BOOKING, WITHDRAWAL], BOOKED, CALLED_OFF),
        ),
        (
            "interview_cancellation 2",
            with_history(
                Stage.WITHDRAWN,
                [BOOKING, CANCELLATION | OVERTAKEN, WITHDRAWAL],
                BOOKED,
                CALLED_OFF,
            ),
        ),
        ("not_eligible 7", with_history(Stage.NOT_ELIGIBLE, [message("not_eligible")], REJECTED)),
        ("challenge_received 1", with_history(Stage.NOT_ELIGIBLE, [REJECTION], CHALLENGED)),
        ("challenge_dismissed 1", with_history(Stage.NOT_ELIGIBLE, [REJECTION], DISMISSED)),
        ("person_is_checking", with_history(Stage.WITH_A_PERSON, [CHECKING, REJECTION])),
        ("withdrawal", with_history(Stage.WITHDRAWN, [])),
        # Rejected, reversed since, and nobody said so: neither planned nor sent, or before.
        (TAKING_BACK, with_history(Stage.UNDER_REVIEW, [REJECTION])),
        (TAKING_BACK, with_history(Stage.UNDER_REVIEW, [MAYBE_REJECTED, CORRECTION | OVERTAKEN])),
        (TAKING_BACK, with_history(Stage.NOT_SUCCESSFUL, [REJECTION, DECLINED])),
        (TAKING_BACK, with_history(Stage.UNDER_REVIEW, [CORRECTION, REJECTION])),
    ],
)
def test_G12_what_must_be_told_and_never_went_is_lost(untold: str, facts: Facts) -> None:
    assert f"letter {NAME} {untold}, never told" in judge(facts).lost


@pytest.mark.parametrize(
    "facts",
    [
        # Whoever never heard of the interview need not hear that there is none.
        with_history(
            Stage.WITHDRAWN,
            [BOOKING | OVERTAKEN, CANCELLATION | OVERTAKEN, WITHDRAWAL], BOOKED, CALLED_OFF,
        ),
        with_history(Stage.WITHDRAWN, [BOOKING, CANCELLATION, WITHDRAWAL], BOOKED, CALLED_OFF),
        with_history(Stage.NOT_ELIGIBLE, [REJECTION], REJECTED),
        # Whom a manager has declined is not rejected once more by a machine.
        with_history(Stage.NOT_ELIGIBLE, [message("not_successful")], REJECTED),
        # The answer went before the receipt.
        with_history(
            Stage.NOT_ELIGIBLE,
            [REJECTION, message("challenge_received") | OVERTAKEN, message("challenge_dismissed")],
            REJECTED, CHALLENGED, DISMISSED,
        ),
        with_history(Stage.WITH_A_PERSON, [CHECKING, message("documents_problem"), CHECKING
            | OVERTAKEN | {"version": 5}]),
        with_history(Stage.WITH_A_PERSON, [REJECTION, CHECKING]),
        # A rejection that does not stand is taken back, as far as its candidate heard of it.
        with_history(Stage.UNDER_REVIEW, [REJECTION, CORRECTION]),
        with_history(Stage.UNDER_REVIEW, [MAYBE_REJECTED, CORRECTION | {"state": "unknown"}]),
        with_history(Stage.UNDER_REVIEW, [REJECTION, message("challenge_upheld")]),
        with_history(Stage.UNDER_REVIEW, [REJECTION | OVERTAKEN]),
        with_history(Stage.UNDER_REVIEW, [REJECTION | OVERTAKEN, CORRECTION | OVERTAKEN]),
        with_history(Stage.NOT_SUCCESSFUL, [REJECTION, CORRECTION, DECLINED]),
        # Corrected, and it still rejects: the letter that went tells it, or went before.
        with_history(Stage.NOT_ELIGIBLE, [REJECTION]),
        with_history(Stage.NOT_ELIGIBLE, [REJECTION, CORRECTION]),
        # Withdrawn meanwhile: whoever has left is told no more than that.
        with_history(Stage.WITHDRAWN, [REJECTION, CORRECTION | OVERTAKEN, WITHDRAWAL]),
        # The mail server would not take it: a person has to know.
        replace(
            with_history(Stage.UNDER_REVIEW, [REJECTION, CORRECTION | REFUSED]),
            mail_faults=[{"message_id": message_id(CORRECTION), "fault": "full_552"}],
        ),
        with_history(Stage.UNDER_REVIEW, [REJECTION | REFUSED]),
    ],
)  # fmt: skip
def test_G12_a_letter_that_was_not_needed_is_accounted_for(facts: Facts) -> None:
    assert [entry for entry in judge(facts).lost if entry.startswith("letter")] == []

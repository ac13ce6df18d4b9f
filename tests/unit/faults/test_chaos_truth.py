"""G29: the ledger of the chaos run can fail over what was untrue, be it for a while."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from asyncpg import Range

from services.simulator.candidates import Case
from services.simulator.stories import EXTENDED, STORIES
from shared.calendar import at_london
from shared.contracts.applications import Stage
from shared.contracts.reviews import ManagerDecision
from tests.faults.chaos.book import Ledger
from tests.faults.chaos.facts import Facts
from tests.faults.chaos.truth import judge_truth
from tests.support.honest_run import (
    CASE,
    ENDS_AT,
    HONEST,
    NAME,
    SLOT,
    STARTS_AT,
    event,
    judge,
    letter,
    message,
)

DECLINED = replace(CASE, decision=ManagerDecision.DECLINE)


def of(name: str, *, extended_by_days: int = 0) -> Case:
    """Tell another story of the honest application, which is submitted on the closing day."""
    story = next(one for one in (*STORIES, *EXTENDED) if one.name == name)
    advert = replace(CASE.advert, extended_by_days=extended_by_days)
    submitted_at = at_london(advert.closes_on, time(23, 55, 59))
    moments = replace(CASE.moments, submitted_at=submitted_at)
    return replace(CASE, story=story, advert=advert, moments=moments)


def once(stage: Stage) -> Facts:
    row = {"application": NAME, "stage": stage, "previous": "received"}
    return replace(HONEST, stage_changes=[*HONEST.stage_changes, row])


def told(kind: str, state: str = "sent") -> Facts:
    letters = [letter(kind)] if state == "sent" else []
    return replace(
        HONEST,
        messages=[*HONEST.messages, message(kind, state)],
        letters=[*HONEST.letters, *letters],
    )


def untruths(facts: Facts, case: Case) -> list[str]:
    judged = Ledger()
    judge_truth(facts, {NAME: case}, judged)
    return judged.everything


@pytest.mark.parametrize(
    ("column", "facts"),
    [
        ("rejected_by_fault", once(Stage.NOT_ELIGIBLE)),
        ("rejected_by_fault", once(Stage.REFUSED)),
        ("rejected_by_fault", once(Stage.NOT_SUCCESSFUL)),
        ("rejected_by_fault", told("not_eligible")),
        ("rejected_by_fault", told("not_eligible", "unknown")),
        ("rejected_by_fault", told("submitted_late")),
        ("rejected_by_fault", told("not_successful")),
        ("unexplained", once(Stage.WITHDRAWN)),
        ("unexplained", told("withdrawal")),
    ],
)
def test_G17_what_was_untrue_for_a_while_is_an_error_however_well_it_ends(
    column: str, facts: Facts
) -> None:
    assert getattr(judge(facts), column)


def test_G17_what_was_overtaken_reached_nobody() -> None:
    assert judge(told("not_eligible", "overtaken")).is_clean


def test_W7_nobody_is_invited_whom_the_manager_declines() -> None:
    assert untruths(once(Stage.INVITED), DECLINED) == [
        f"{NAME} (ordinary) was invited once",
        f"{NAME} (ordinary) was told invitation 1",
        f"{NAME} (ordinary) was told interview_booking 1",
    ]


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        (of("returner"), told("not_eligible")),
        (of("found_not_eligible"), once(Stage.NOT_ELIGIBLE)),
        (of("date_corrected"), told("not_eligible")),
        (of("challenge_upheld"), told("not_eligible")),
        (of("challenge_dismissed"), once(Stage.NOT_ELIGIBLE)),
        (of("too_late"), told("submitted_late")),
        # Whoever comes after the first closing is late until the extension is known (C3, C7).
        (of("let_in", extended_by_days=7), told("submitted_late")),
        (of("last_second", extended_by_days=7), once(Stage.REFUSED)),
        (of("withdrawn_early"), once(Stage.WITHDRAWN)),
        (of("statement_missing"), once(Stage.WITH_A_PERSON)),
    ],
)
def test_G17_what_the_story_comes_to_is_no_error(case: Case, facts: Facts) -> None:
    assert untruths(facts, case) == []


def test_W7_whom_the_manager_declines_is_told_so() -> None:
    nobody_invited = replace(told("not_successful"), messages=[message("not_successful")])
    assert untruths(nobody_invited, DECLINED) == []


def test_C2_nobody_is_late_before_a_closing_that_does_not_move_even_for_a_while() -> None:
    assert untruths(once(Stage.REFUSED), of("last_second"))


def booked(**other: Any) -> Facts:
    announced = event("interview.booked.v1", "4", **SLOT | other)
    return replace(HONEST, history=[HONEST.history[0], announced])


LATER = {"starts_at": ENDS_AT.isoformat(), "ends_at": (ENDS_AT + timedelta(hours=1)).isoformat()}
TOMORROW = {
    name: (at + timedelta(days=1)).isoformat()
    for name, at in (("starts_at", STARTS_AT), ("ends_at", ENDS_AT))
}


@pytest.mark.parametrize("announced", [LATER, TOMORROW, {"sequence": 2}])
def test_G13_a_letter_that_books_another_hour_than_was_announced_is_an_error(
    announced: dict[str, Any],
) -> None:
    wrong = f"letter {NAME} interview_booking 1 is of another interview"
    assert wrong in judge(booked(**announced)).unexplained


def test_G13_a_diary_with_another_hour_than_was_announced_is_an_error() -> None:
    row = HONEST.appointments[NAME] | {"during": Range(ENDS_AT, ENDS_AT + timedelta(hours=1))}
    assert judge(replace(HONEST, appointments={NAME: row})).unexplained

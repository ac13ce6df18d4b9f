"""G29: the ledger of the chaos run can fail. One honest application, and every way to lose it."""

import asyncio
import json
from dataclasses import replace
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from services.simulator.candidates import Case
from services.simulator.mailbox import Fault, Mailbox
from shared.contracts.applications import Stage
from tests.faults.chaos import ledger
from tests.faults.chaos.book import Struck
from tests.faults.chaos.facts import Facts, Row
from tests.faults.chaos.plan import Plan
from tests.faults.chaos.post_office import Moods, answer_at_last
from tests.support.honest_run import (
    CASE,
    HONEST,
    NAME,
    NOTHING,
    event,
    judge,
    letter,
    message,
    with_stage,
)


def withdrawn(*, had_begun: bool) -> Facts:
    stage = {"application": NAME, "stage": Stage.WITHDRAWN, "findings": "[]"}
    booked = HONEST.appointments[NAME] | {"had_begun": had_begun}
    return replace(HONEST, applications={NAME: stage}, appointments={NAME: booked})


def with_held(reason: str) -> Facts:
    row = {"service": "intake", "message": "1", "sha256": "aa", "status": "quarantined",
           "reason": reason, "routing_key": "application.submitted.v1", "detail": ""}  # fmt: skip
    return replace(HONEST, held=[row])


STAGELESS = {"application": NAME, "stage": None, "findings": None}
FAILED = {"kind": "invitation", "version": 1}


def with_history(type_: str, **data: Any) -> Facts:
    """Let the same be announced twice, by two events."""
    twice = [event(type_, id_, **data) for id_ in ("6", "7")]
    return replace(HONEST, history=[*HONEST.history, *twice])


def test_an_honest_run_adds_up() -> None:
    assert judge(HONEST).everything == []


@pytest.mark.parametrize(
    ("column", "facts"),
    [
        ("lost", replace(HONEST, inbox=HONEST.inbox - {("intake", "1", "aa")})),
        ("lost", replace(HONEST, inbox=HONEST.inbox - {("eligibility", "3", "aa")})),
        ("lost", replace(HONEST, applications={}, appointments={})),
        ("lost", replace(HONEST, decisions=set())),
        ("lost", replace(HONEST, letters=HONEST.letters[1:])),
        ("lost", replace(HONEST, messages=HONEST.messages[1:], letters=HONEST.letters[1:])),
        ("duplicated", replace(HONEST, history=[*HONEST.history, HONEST.history[0]])),
        ("duplicated", replace(HONEST, letters=[*HONEST.letters, HONEST.letters[0]])),
        (
            "duplicated",
            replace(
                HONEST,
                letters=[*HONEST.letters, replace(HONEST.letters[0], message_id="<other@id>")],
            ),
        ),
        (
            "duplicated",
            replace(
                HONEST,
                stage_changes=[{"application": NAME, "stage": "invited", "previous": "invited"}],
            ),
        ),
        ("duplicated", with_history("application.withdrawal_accepted.v1")),
        ("duplicated", with_history("challenge.overdue.v1", number=1)),
        ("duplicated", with_history("rejection.corrected.v1", number=2)),
        ("duplicated", with_history("notification.failed.v1", **FAILED, reason="unknown")),
        ("double_booked", replace(HONEST, overlaps=[{"vacancy": "1", "one": "a", "other": "b"}])),
        ("double_booked", replace(HONEST, history=[*HONEST.history, HONEST.history[1]])),
        ("unexplained", replace(HONEST, queues={"muster.intake.fuse": 1})),
        (
            "unexplained",
            replace(HONEST, outbox=[{"service": "intake", "type": "x", "due_at": None}]),
        ),
        ("unexplained", replace(HONEST, appointments={})),
        ("unexplained", withdrawn(had_begun=False)),
        ("unexplained", with_held("failed")),
        ("unexplained", with_held("id_conflict")),
        ("unexplained", with_stage(Stage.WITH_A_PERSON)),
        ("rejected_by_fault", with_stage(Stage.NOT_ELIGIBLE)),
        ("rejected_by_fault", with_stage(Stage.REFUSED)),
        ("to_a_person_by_fault", with_stage(Stage.WITH_A_PERSON, '[{"code": "not_inspected"}]')),
    ],
)
def test_G29_whatever_does_not_add_up_is_in_its_column(column: str, facts: Facts) -> None:
    assert getattr(judge(facts), column)


def test_a_letter_given_up_as_unknown_may_be_found_refused() -> None:
    reasons = ("unknown", "refused")
    failed = [event("notification.failed.v1", r, **FAILED, reason=r) for r in reasons]
    assert judge(replace(HONEST, history=[*HONEST.history, *failed])).duplicated == []


def test_an_interview_that_had_begun_before_its_candidate_withdrew_is_explained() -> None:
    assert not [e for e in judge(withdrawn(had_begun=True)).unexplained if "booked: True" in e]


@pytest.mark.parametrize("freezes", [0, 1])
def test_G17_no_more_go_to_a_person_by_a_fault_than_were_in_frozen_hands(freezes: int) -> None:
    facts = with_stage(Stage.WITH_A_PERSON, '[{"code": "not_inspected"}]')
    facts = replace(facts, messages=[*facts.messages, message("person_is_checking")])
    facts = replace(facts, letters=[*facts.letters, letter("person_is_checking")])
    assert judge(facts, Struck(freezes=freezes)).is_clean is bool(freezes)


def with_story(name: str) -> Case:
    story = next(case.story for case in Plan(1, 0.3).cases.values() if case.story.name == name)
    return replace(CASE, story=story, decision=None)


NOWHERE = replace(with_stage(Stage.RECEIVED), applications={}, messages=[], letters=[], history=[])
HELD = with_held("before_posting").held[0]


@pytest.mark.parametrize(
    ("column", "facts"),
    [
        (None, replace(NOWHERE, held=[HELD])),
        # Taken into the inbox, and nowhere else: neither held nor an application.
        ("lost", NOWHERE),
        ("lost", replace(NOWHERE, held=[HELD | {"message": "9"}])),
        # Held by somebody else, as who hears of it later may: it did not wait for a person here.
        ("lost", replace(NOWHERE, held=[HELD | {"service": "review"}])),
        # An application all the same, be it without a stage.
        ("unexplained", replace(with_stage(Stage.RECEIVED), held=[HELD])),
        ("unexplained", replace(NOWHERE, held=[HELD], applications={NAME: STAGELESS})),
    ],
)
def test_G1_whoever_has_to_be_held_is_held_and_is_no_application(
    column: str | None, facts: Facts
) -> None:
    confirmed = HONEST.confirmed[:1]
    found = replace(facts, confirmed=confirmed, decisions=set())
    result = ledger.judge(found, {NAME: with_story("before_posting")}, NOTHING)
    assert result.is_clean is (column is None)
    assert column is None or getattr(result, column)


def test_an_id_used_twice_for_other_content_is_explained_by_its_story() -> None:
    case = replace(with_story("id_reused"), decision=CASE.decision)
    result = ledger.judge(with_held("id_conflict"), {NAME: case}, NOTHING)
    assert result.is_clean
    assert sum(result.explained_held.values()) == 1


def test_G12_the_mail_server_fails_in_every_way_there_is() -> None:
    log, letter = StringIO(), EmailMessage()
    letter["Message-ID"] = "<1@id>"
    moods = Moods(1, log)
    assert {moods.choose(letter) for _ in range(5000)} == {None, *Fault}
    assert {json.loads(line)["fault"] for line in log.getvalue().splitlines()} == {*Fault}


async def test_G12_a_slow_mail_server_answers_at_last_and_is_slow_again(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    answering = asyncio.create_task(answer_at_last(mailbox, after_seconds=0.01))
    for _ in range(2):
        await asyncio.wait_for(mailbox.resume.wait(), 10)
    answering.cancel()
    assert not mailbox.resume.is_set()


def test_the_same_seed_makes_the_same_run() -> None:
    first, second = Plan(5, 0.3), Plan(5, 0.3)
    assert [e.name for e in first.entries] == [e.name for e in second.entries]
    assert len({case.person.email for case in first.cases.values()}) == len(first.cases)


CHECKED = event("documents.checked.v1", "6", documents_version=1, is_by_person=False, revision=0)
REFERRED = event("eligibility.checked.v1", "7", revision=0, outcome="referred")
ELIGIBLE = event("eligibility.checked.v1", "7", revision=0, outcome="eligible")
REPLACED = event("application.documents_accepted.v1", "8", documents_version=2)


@pytest.mark.parametrize(
    ("stage", "news", "times", "is_right"),
    [
        # Other documents are news to either.
        ("documents_needed", [CHECKED, ELIGIBLE, REPLACED], 1, True),
        ("documents_needed", [CHECKED, ELIGIBLE, REPLACED], 2, False),
        ("with_a_person", [CHECKED, ELIGIBLE, REPLACED], 1, True),
        # A verdict brings the stage, but where a person had them already.
        ("documents_needed", [CHECKED, ELIGIBLE], 1, False),
        ("documents_needed", [CHECKED, REFERRED], 1, False),
        ("with_a_person", [CHECKED, ELIGIBLE], 1, False),
        ("with_a_person", [CHECKED, REFERRED], 1, True),
        ("with_a_person", [CHECKED, REFERRED], 2, False),
        ("with_a_person", [CHECKED, REFERRED, REPLACED], 2, True),
        ("ready_for_review", [CHECKED, REFERRED, REPLACED], 1, False),
    ],
)
def test_D8_G2_a_stage_that_tells_of_documents_follows_itself_once_for_each_news_of_them(
    stage: str, news: list[Row], times: int, is_right: bool
) -> None:
    again = {"application": NAME, "stage": stage, "previous": stage}
    changes = [*HONEST.stage_changes, *[again] * times]
    facts = replace(HONEST, history=[*HONEST.history, *news], stage_changes=changes)
    assert (not judge(facts).duplicated) is is_right

"""G29: the ledger of the chaos run can fail. One honest application, and every way to lose it."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from unittest.mock import AsyncMock

import pytest

from shared.contracts.applications import Stage
from tests.faults.chaos import ledger
from tests.faults.chaos.book import Ledger, Struck
from tests.faults.chaos.effects import NEVER, Effects
from tests.faults.chaos.facts import Facts, Letter
from tests.faults.chaos.letters import message_id
from tests.faults.chaos.nemesis import Fault, Nemesis
from tests.faults.chaos.plan import Plan

CASE = next(
    case
    for case in Plan(seed=1, minutes=0.3).cases.values()
    if case.story.name == "ordinary" and case.ends is Stage.INTERVIEW_BOOKED
)
NAME, VACANCY = CASE.application, CASE.advert.vacancy
NOTHING = Struck(deaths=0, freezes=0)
SLOT = {"application": NAME, "vacancy": VACANCY, "starts_at": "10:00", "sequence": 0}


def message(kind: str, state: str = "sent", version: int = 1) -> dict[str, Any]:
    return {
        "application": NAME, "kind": kind, "version": version, "state": state, "detail": None,
    }  # fmt: skip


def letter(kind: str, version: int = 1) -> Letter:
    id_, email = message_id(message(kind, version=version)), CASE.person.email
    return Letter(id_, email, email, kind, f"{kind} {version}")


def event(type_: str, id_: str, **data: Any) -> dict[str, Any]:
    data = {"application": NAME, **data}
    return {"type": type_, "id": id_, "subject": NAME, "sha256": "aa", "data": data}


HONEST = Facts(
    confirmed=[event("application.submitted.v1", "1"), event("manager.reviewed.v1", "2")],
    letters=[letter("acknowledgement"), letter("invitation"), letter("interview_booking")],
    mail_faults=[],
    history=[
        event("application.accepted.v1", "3"),
        event("interview.booked.v1", "4", **SLOT),
    ],
    inbox={
        (service, id_, "aa")
        for service, id_ in (
            ("intake", "1"), ("review", "2"), ("documents", "3"), ("eligibility", "3"),
            ("progress", "3"), ("progress", "4"), ("notifications", "4"),
        )
    },
    held=[],
    outbox=[],
    applications={
        NAME: {"application": NAME, "stage": Stage.INTERVIEW_BOOKED, "findings": "[]"},
    },
    appointments={NAME: {"application": NAME, "state": "booked", "had_begun": False}},
    overlaps=[],
    stage_changes=[{"application": NAME, "stage": "received", "previous": None}],
    decisions={NAME},
    messages=[message("acknowledgement"), message("invitation"), message("interview_booking")],
    queues={"muster.intake": 0},
)  # fmt: skip


def with_stage(stage: Stage, findings: str = "[]") -> Facts:
    row = {"application": NAME, "stage": stage, "findings": findings}
    return replace(HONEST, applications={NAME: row}, appointments={}, history=HONEST.history[:1])


def withdrawn(*, had_begun: bool) -> Facts:
    stage = {"application": NAME, "stage": Stage.WITHDRAWN, "findings": "[]"}
    booked = {"application": NAME, "state": "booked", "had_begun": had_begun}
    return replace(HONEST, applications={NAME: stage}, appointments={NAME: booked})


def with_held(reason: str) -> Facts:
    row = {"service": "intake", "message": "1", "sha256": "aa", "status": "quarantined",
           "reason": reason, "routing_key": "application.submitted.v1", "detail": ""}  # fmt: skip
    return replace(HONEST, held=[row])


def with_unknown(detail: str, **others: Any) -> Facts:
    unknown = message("acknowledgement", "unknown") | {"detail": detail}
    return replace(HONEST, messages=[unknown, *HONEST.messages[1:]], **others)


def judge(facts: Facts, struck: Struck = NOTHING) -> Ledger:
    return ledger.judge(facts, {NAME: CASE}, struck)


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


def test_an_interview_that_had_begun_before_its_candidate_withdrew_is_explained() -> None:
    assert not [e for e in judge(withdrawn(had_begun=True)).unexplained if "booked: True" in e]


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
        ("SMTPServerDisconnected", Struck(deaths=9, freezes=0), False),
        ("TimeoutError", Struck(deaths=9, freezes=1), True),
        ("sender died", NOTHING, False),
        ("sender died", Struck(deaths=1, freezes=0), True),
    ],
)
def test_G12_a_letter_of_unknown_end_needs_a_fault_that_made_it_so(
    detail: str, struck: Struck, is_explained: bool
) -> None:
    busy = {"message_id": HONEST.letters[0].message_id, "fault": "busy_451"}
    result = judge(with_unknown(detail, mail_faults=[busy]), struck)
    assert result.is_clean is is_explained
    assert len(result.unknown_mails) == 1


def test_C2_a_letter_that_went_to_somebody_else_is_unexplained() -> None:
    first, *others = HONEST.letters
    for astray in ({"to": "else@example.org"}, {"delivered_to": "else@example.org"}):
        result = judge(replace(HONEST, letters=[replace(first, **astray), *others]))
        assert [*result.lost, *result.unexplained] == [
            f"letter {NAME} acknowledgement 1 went to somebody else"
        ]


@pytest.mark.parametrize("freezes", [0, 1])
def test_G17_no_more_go_to_a_person_by_a_fault_than_were_in_frozen_hands(freezes: int) -> None:
    facts = with_stage(Stage.WITH_A_PERSON, '[{"code": "not_inspected"}]')
    facts = replace(facts, messages=[*facts.messages, message("person_is_checking")])
    facts = replace(facts, letters=[*facts.letters, letter("person_is_checking")])
    assert judge(facts, Struck(deaths=9, freezes=freezes)).is_clean is bool(freezes)


def test_an_id_used_twice_for_other_content_is_explained_by_its_story() -> None:
    story = next(
        case for case in Plan(1, 0.3).cases.values() if case.story.name == "id_reused"
    ).story
    result = ledger.judge(with_held("id_conflict"), {NAME: replace(CASE, story=story)}, NOTHING)
    assert result.is_clean
    assert sum(result.explained_held.values()) == 1


@pytest.mark.parametrize(
    ("seconds", "unrecovered"),
    [(NEVER, ["no effect ever came after: a worker killed"]), (None, []), (9.0, [])],
)
async def test_G16_a_kill_without_any_effect_is_an_error_and_a_slow_one_is_not(
    seconds: float | None, unrecovered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nemesis = Nemesis(cast(Any, None), Effects("", Path()), cast(Any, None), 1, print)
    monkeypatch.setattr(nemesis.effects, "first_after", AsyncMock(return_value=seconds))
    nemesis.worker_killed(0)
    await asyncio.gather(*nemesis._measuring)
    assert nemesis.unrecovered == unrecovered


async def test_G16_a_fault_without_any_effect_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    nemesis = Nemesis(cast(Any, None), Effects("", Path()), cast(Any, None), 1, print)
    monkeypatch.setattr(nemesis.effects, "first_after", AsyncMock(return_value=NEVER))
    await nemesis._suffer(Fault("broker killed", AsyncMock()))
    assert nemesis.unrecovered == ["no effect ever came after: broker killed"]


def test_the_same_seed_makes_the_same_run() -> None:
    first, second = Plan(5, 0.3), Plan(5, 0.3)
    assert [e.name for e in first.entries] == [e.name for e in second.entries]
    assert len({case.person.email for case in first.cases.values()}) == len(first.cases)


@pytest.mark.parametrize(
    ("between", "is_news"), [("documents_problem", True), ("review_late", False), (None, False)]
)
def test_G12_the_same_words_again_are_news_only_after_what_ended_them(between, is_news) -> None:
    kinds = ["person_is_checking", *filter(None, [between]), "person_is_checking"]
    versions = [1, *[1] * bool(between), 2]
    planned = [
        message(kind, version=version) | {"number": number}
        for number, (kind, version) in enumerate(zip(kinds, versions, strict=True), start=1)
    ]
    told = [
        replace(letter(kind, version), text=kind)
        for kind, version in zip(kinds, versions, strict=True)
    ]
    facts = replace(
        HONEST, letters=[*HONEST.letters, *told], messages=[*HONEST.messages, *planned]
    )
    assert (judge(facts).duplicated == []) is is_news

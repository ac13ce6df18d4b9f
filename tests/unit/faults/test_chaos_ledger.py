"""G29: the ledger of the chaos run can fail. One honest application, and every way to lose it."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.applications import Stage
from tests.faults.chaos import ledger
from tests.faults.chaos.facts import Facts, Letter
from tests.faults.chaos.plan import Plan

CASE = next(
    case
    for case in Plan(seed=1, minutes=0.3).cases.values()
    if case.story.name == "ordinary" and case.ends is Stage.INTERVIEW_BOOKED
)
NAME, VACANCY = CASE.application, CASE.advert.vacancy
SLOT = {"application": NAME, "vacancy": VACANCY, "starts_at": "10:00", "sequence": 0}


def message(kind: str, state: str = "sent", version: int = 1) -> dict[str, Any]:
    return {
        "application": NAME, "kind": kind, "version": version, "state": state, "detail": None,
    }  # fmt: skip


def letter(kind: str, version: int = 1) -> Letter:
    message_id = ledger._message_id(message(kind, version=version))
    return Letter(message_id, CASE.person.email, kind, f"{kind} {version}")


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


def judge(facts: Facts) -> ledger.Ledger:
    return ledger.judge(facts, {NAME: CASE})


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
    messages = [message("acknowledgement", "unknown"), *HONEST.messages[1:]]
    letters = HONEST.letters if arrived else HONEST.letters[1:]
    result = judge(replace(HONEST, messages=messages, letters=letters))
    assert result.is_clean
    assert len(result.unknown_mails) == 1
    assert ("is at the mail server" in result.unknown_mails[0]) is arrived


def test_an_id_used_twice_for_other_content_is_explained_by_its_story() -> None:
    story = next(
        case for case in Plan(1, 0.3).cases.values() if case.story.name == "id_reused"
    ).story
    result = ledger.judge(with_held("id_conflict"), {NAME: replace(CASE, story=story)})
    assert result.is_clean
    assert sum(result.explained_held.values()) == 1


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

"""One honest application for the tests of the chaos run's ledger, and ways to change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncpg import Range

from shared.contracts.applications import Stage
from tests.faults.chaos import ledger
from tests.faults.chaos.book import Ledger, Struck
from tests.faults.chaos.facts import Facts, Letter
from tests.faults.chaos.letters import message_id
from tests.faults.chaos.plan import Plan

CASE = next(
    case
    for case in Plan(seed=1, minutes=0.3).cases.values()
    if case.story.name == "ordinary" and case.ends is Stage.INTERVIEW_BOOKED
)


NAME, VACANCY = CASE.application, CASE.advert.vacancy


NOTHING = Struck()


STARTS_AT = datetime(2025, 7, 17, 8, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(minutes=45)


# When the run is played, by no virtual clock.
DAWN = datetime(2026, 11, 29, 6, tzinfo=UTC)


SLOT = {
    "application": NAME, "vacancy": VACANCY, "starts_at": STARTS_AT.isoformat(),
    "ends_at": ENDS_AT.isoformat(), "sequence": 0,
}  # fmt: skip


def message(kind: str, state: str = "sent", version: int = 1) -> dict[str, Any]:
    return {
        "application": NAME, "kind": kind, "version": version, "state": state, "detail": None,
        "faults_of": None,
        "send_after": STARTS_AT - timedelta(days=9), "claimed_at": DAWN,
    }  # fmt: skip


def letter(kind: str, version: int = 1) -> Letter:
    id_, email = message_id(message(kind, version=version)), CASE.person.email
    when = "Day: Thursday 17 July 2025, Time: 9am to 9:45am (London time)"
    return Letter(id_, email, email, kind, f"{kind} {version}. {when}")


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
    appointments={
        NAME: {
            "application": NAME, "state": "booked", "had_begun": False, "sequence": 0,
            "during": Range(STARTS_AT, ENDS_AT),
        },
    },
    overlaps=[],
    stage_changes=[{"application": NAME, "stage": "received", "previous": None}],
    decisions={NAME},
    messages=[message("acknowledgement"), message("invitation"), message("interview_booking")],
    queues={"muster.intake": 0},
)  # fmt: skip


def with_stage(stage: Stage, findings: str = "[]") -> Facts:
    row = {"application": NAME, "stage": stage, "findings": findings}
    return replace(
        HONEST, applications={NAME: row}, appointments={}, history=HONEST.history[:1],
        messages=HONEST.messages[:2], letters=HONEST.letters[:2],
    )  # fmt: skip


def judge(facts: Facts, struck: Struck = NOTHING) -> Ledger:
    return ledger.judge(facts, {NAME: CASE}, struck)

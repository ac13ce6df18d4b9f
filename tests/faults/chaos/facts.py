"""What there is after a run: the careers site's log, the letters, the tables and the queues."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg

from services.console.workers import SERVICES

Row = dict[str, Any]

_HELD = """
select '{service}' as service, message, status, reason, routing_key, attempts, detail,
       encode(sha256, 'hex') as sha256
from {service}.held
"""
_OUTBOX = "select '{service}' as service, type, due_at from {service}.outbox"
_INBOX = """
select '{service}' as service, id::text, encode(sha256, 'hex') as sha256 from {service}.inbox
"""
_HISTORY = """
select id::text, type, subject, encode(sha256(body), 'hex') as sha256,
       convert_from(body, 'UTF8')::jsonb -> 'data' as data
from messaging.history order by position
"""
_APPLICATIONS = """
select received.application, received.vacancy, p.stage, e.outcome as eligibility,
       d.outcome as documents, d.findings::text as findings
from intake.application as received
left join progress.application as p using (application)
left join eligibility.verdict as e using (application)
left join lateral (select outcome, findings from documents.verdict v
    where v.application = received.application order by documents_version desc limit 1) d on true
"""
_OVERLAPS = """
select a.vacancy, a.application as one, b.application as other from interviews.appointment a
join interviews.appointment b on a.vacancy = b.vacancy and a.application < b.application
    and a.during && b.during and a.state = 'booked' and b.state = 'booked'
"""
# Whether the interview had begun when the application's stage changed last.
_APPOINTMENTS = """
select a.*, lower(during) <= (
    select max((convert_from(body, 'UTF8')::jsonb ->> 'time')::timestamptz)
    from messaging.history
    where type = 'application.stage_changed.v1' and subject = a.application
) as had_begun from interviews.appointment a
"""
_STAGES = """
select application, sequence, stage,
       lag(stage) over (partition by application order by sequence) as previous
from progress.stage_change
"""


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived: `to` is in its header, `delivered_to` is who was handed it."""

    message_id: str
    to: str
    delivered_to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Facts:
    """Both sides of the ledger: `confirmed` and `letters` were written outside the system."""

    confirmed: list[Row]
    mail_faults: list[Row]
    history: list[Row]
    inbox: set[tuple[str, str, str]]
    held: list[Row]
    outbox: list[Row]
    applications: dict[str, Row]
    appointments: dict[str, Row]
    overlaps: list[Row]
    stage_changes: list[Row]
    decisions: set[str]
    messages: list[Row]
    letters: list[Letter] = field(default_factory=list)
    queues: dict[str, int] = field(default_factory=dict)


async def load(owner_url: str, folder: Path) -> Facts:
    """Read everything but letters and queues, with nothing left to do."""
    connection = await asyncpg.connect(owner_url, command_timeout=120)
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )

    async def rows(sql: str) -> list[Row]:
        return [dict(row) for row in await connection.fetch(sql)]

    async def of_all_services(sql: str) -> list[Row]:
        return await rows(" union all ".join(sql.format(service=s.name) for s in SERVICES))

    try:
        return Facts(
            confirmed=read_log(folder / "confirmed.jsonl"),
            mail_faults=read_log(folder / "mail-faults.jsonl"),
            history=await rows(_HISTORY),
            inbox={(r["service"], r["id"], r["sha256"]) for r in await of_all_services(_INBOX)},
            held=await of_all_services(_HELD),
            outbox=await of_all_services(_OUTBOX),
            applications=_by_application(await rows(_APPLICATIONS)),
            appointments=_by_application(await rows(_APPOINTMENTS)),
            overlaps=await rows(_OVERLAPS),
            stage_changes=await rows(_STAGES),
            decisions={r["application"] for r in await rows("select * from review.decision")},
            messages=await rows("select * from notifications.message order by number"),
        )
    finally:
        await connection.close()


def read_log(path: Path) -> list[Row]:
    """Read a log of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def read_letters(folder: Path) -> list[Letter]:
    """Read all letters, in the order in which they arrived."""
    return [read_letter(path) for path in sorted((folder / "letters").glob("*.eml"))]


def read_letter(path: Path) -> Letter:
    """Read a letter as a candidate's mail program would."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    return Letter(
        str(mail["Message-ID"]),
        str(mail["To"]),
        str(mail["Delivered-To"]),
        str(mail["Subject"]),
        str(body.get_content()) if body else "",
    )


def _by_application(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["application"]: row for row in rows}

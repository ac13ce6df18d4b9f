"""The job of one hop, as anybody would write it: read, decide, write the rows, pass it on.

The floor and the peers do it with this model and these statements; our own worker does the same
through `shared` (chain.py). The JSON on the wire is the same for all.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import BaseModel, ValidationError

HOPS: Final = ("hop_one", "hop_two", "hop_three")
TYPES: Final = ("hop.one.v1", "hop.two.v1", "hop.three.v1", "hop.done.v1")
OUT_TYPE: Final = TYPES[-1]


class Paper(BaseModel):
    kind: str
    name: str
    sha256: str
    size: int


class Applicant(BaseModel):
    name: str
    email: str
    phone: str
    birth_date: date
    country: str
    languages: list[str]
    years_experience: int


class Submission(BaseModel):
    application: str
    vacancy: str
    submitted_at: datetime
    applicant: Applicant
    papers: list[Paper]
    cover_letter: str
    answers: dict[str, Any]


class Envelope(BaseModel):
    specversion: str
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    data: Submission


@dataclass(frozen=True, slots=True)
class Poison:
    """A body that breaks the contract, and the id it carries all the same."""

    id: str


def read(body: bytes | str) -> Envelope | Poison:
    try:
        return Envelope.model_validate_json(body)
    except ValidationError:
        return Poison(json.loads(body)["id"])


def decide(papers: int, years_experience: int) -> str:
    if papers < 2:
        return "missing_document"
    return "accepted" if years_experience >= 3 else "rejected"


def decide_on(event: Envelope) -> str:
    return decide(len(event.data.papers), event.data.applicant.years_experience)


def next_id(event: UUID, hop: int, application: str) -> UUID:
    """Derive as `shared.contracts.event_id` does, so that all write the same ids."""
    return uuid5(event, f"{TYPES[hop + 1]} {application}")


def advance(event: Envelope, hop: int) -> tuple[UUID, str]:
    """Return the id and the body of the event that the hop announces."""
    id_ = next_id(event.id, hop, event.subject)
    onward = event.model_copy(
        update={"id": id_, "type": TYPES[hop + 1], "source": f"muster/{HOPS[hop]}"}
    )
    return id_, onward.model_dump_json()


def sha256(body: bytes | str) -> bytes:
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).digest()


CLAIM: Final = (
    "insert into {hop}.inbox (id, sha256, subject) values (%s, %s, %s)"
    " on conflict do nothing returning 1"
)
LOAD: Final = "select version from {hop}.state where application = %s for update"
WRITE: Final = """
insert into {hop}.state as s (application, vacancy, outcome) values (%s, %s, %s)
on conflict (application) do update set outcome = excluded.outcome, version = s.version + 1
"""
RECORD: Final = (
    "insert into messaging.history (id, type, subject, cause, body) values (%s, %s, %s, %s, %s)"
)
HOLD: Final = """
insert into {hop}.held (message, sha256, status, routing_key, body, reason, detail, first_error)
values (%s, %s, 'quarantined', %s, %s, 'invalid', 'breaks the contract', 'breaks the contract')
on conflict do nothing
"""


def numbered(statement: str) -> str:
    """Rewrite psycopg's placeholders to asyncpg's."""
    for number in range(1, statement.count("%s") + 1):
        statement = statement.replace("%s", f"${number}", 1)
    return statement

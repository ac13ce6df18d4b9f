"""What intake has of one application: when it came, its documents, conflicts, who it resembles.

Shown without names, addresses, file names or anything that was written on the form, but what
adjustment the candidate needs, for whoever asks for that.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from services.console import words
from services.console.mistakes import read_reference
from services.console.workers import SERVICES
from services.intake.sameness import differing_fields
from services.intake.storage import load_submissions
from shared.contracts import ContractViolation, parse
from shared.contracts.applications import ApplicationSubmitted
from shared.postgres import Transaction

_MOST_ALIKE: Final = 20  # of each kind, as the view says
_SHA256_SHOWN: Final = 12

_APPLICATION: Final = """
select a.vacancy, a.submitted_at, a.received_at, v.last_accepted_at, w.withdrawn_at,
    exists (select from intake.refusal r where r.application = a.application) as is_refused,
    coalesce(a.form ->> 'adjustments', '') <> '' as asks_for_adjustment,
    case when $2 then a.form ->> 'adjustments' end as adjustments
from intake.application a
join intake.vacancy v using (vacancy)
left join intake.withdrawal w using (application)
where a.application = $1
"""

# Whoever is out needs none; once they are back they are listed again.
_ASKING: Final = """
select a.application from intake.application a left join progress.application p using (application)
where a.vacancy = $1 and coalesce(a.form ->> 'adjustments', '') <> ''
  and p.is_withdrawn is not true
  and (p.stage is null or p.stage not in ('refused', 'not_eligible', 'not_successful'))
order by a.application
"""

_DOCUMENTS: Final = """
select s.documents_version as version, s.replaced_at as sent_at, s.received_at,
    s.set_aside_because, v.outcome,
    (
        select json_agg(json_build_object(
            'role', d.role, 'size', d.size, 'sha256', d.sha256, 'also_in', array(
                select distinct other.application from intake.document other
                where other.sha256 = d.sha256 and other.application <> d.application
                order by other.application limit 20
            )
        ) order by d.position)::text
        from intake.document d
        where (d.application, d.documents_version) = (s.application, s.documents_version)
    ) as files
from intake.document_set s
left join documents.verdict v using (application, documents_version)
where s.application = $1 order by s.replaced_at
"""

_CONFLICTS: Final = """
select received_at, differs_in from intake.conflict where application = $1 order by received_at
"""

_ALIKE: Final = """
select other as application, a.vacancy, reasons
from intake.likeness l join intake.application a on a.application = l.other
where l.application = $1 order by other
"""

# `escape` reads any bytes; a body that mentions the reference is then looked at more closely.
_HELD: Final = """
select '{service}-' || number as name, status, reason, detail, routing_key, body, first_held_at
from {service}.held where strpos(lower(encode(body, 'escape')), $1) > 0
"""


async def load(
    tx: Transaction, application: str, *, with_adjustments: bool = False
) -> dict[str, Any] | None:
    """Read everything that intake, and every waiting room, has of an application."""
    row = await tx.fetchrow(_APPLICATION, application, with_adjustments)
    held = await _load_held(tx, application)
    if row is None:
        return {"held": held} if held else None
    documents = [dict(found) for found in await tx.fetch(_DOCUMENTS, application)]
    for version in documents:
        version["files"] = json.loads(version["files"] or "[]")
    return {
        **dict(row),
        "arrived_after_close": row["received_at"] > row["last_accepted_at"],
        "documents": documents,
        "conflicts": [dict(found) for found in await tx.fetch(_CONFLICTS, application)],
        "alike": [dict(found) for found in await tx.fetch(_ALIKE, application)],
        "held": held,
    }


async def find_asking(tx: Transaction, vacancy: str) -> list[str]:
    """Name who wrote what adjustment they need, of those who are not out."""
    return [row["application"] for row in await tx.fetch(_ASKING, vacancy)]


async def _load_held(tx: Transaction, application: str) -> list[dict[str, Any]]:
    sql = " union all ".join(_HELD.format(service=service.name) for service in SERVICES)
    recorded = (await load_submissions(tx, [application])).get(application)
    held = []
    for row in await tx.fetch(f"{sql} order by first_held_at", application):
        found = dict(row)
        body = found.pop("body")
        if _subject(body) != application:
            continue
        if found["reason"] == "id_conflict" and recorded:
            found["differs_in"] = _differences(body, found["routing_key"], recorded[0])
        held.append(found)
    return held


def _subject(body: bytes) -> str | None:
    """Tell what a body is about, even if it breaks the contract otherwise."""
    try:
        return read_reference(str(json.loads(body)["subject"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _differences(
    body: bytes, routing_key: str, recorded: ApplicationSubmitted
) -> tuple[str, ...] | None:
    try:
        other = parse(body, routing_key).data
    except ContractViolation:
        return None
    return differing_fields(other, recorded) if isinstance(other, ApplicationSubmitted) else None


def lines(record: dict[str, Any]) -> Iterator[str]:
    """Say it for a person."""
    if "submitted_at" in record:
        yield from _arrival(record)
        yield "Documents:"
        for version in record["documents"]:
            yield from _version(version)
        for conflict in record["conflicts"]:
            again = words.minute(conflict["received_at"])
            yield f"Conflict: came again {again} with other content"
            yield f"  {_differing(conflict['differs_in'])}; both are kept, nothing is applied"
        yield from _likeness(record["alike"])
    for held in record["held"]:
        yield f"Held: {held['name']} ({held['routing_key']}) is {held['status']}"
        yield f"  {held['reason']}: {held['detail']}"
        if held["reason"] == "id_conflict":
            yield f"  {_differing(held.get('differs_in'))}; both are kept, nothing is applied"


def _arrival(record: dict[str, Any]) -> Iterator[str]:
    label = " (arrived after close)" if record["arrived_after_close"] else ""
    yield f"Submitted: {words.minute(record['submitted_at'])}"
    yield f"Received: {words.minute(record['received_at'])}{label}"
    if record["is_refused"]:
        yield f"Refused: the closing was {words.minute(record['last_accepted_at'])}"
    if record["withdrawn_at"]:
        yield f"Withdrawn: {words.minute(record['withdrawn_at'])}"
    if record["adjustments"]:
        yield "Adjustment needed, in the candidate's words:"
        yield from (f"  {line}" for line in words.wrapped(record["adjustments"]))
    elif record["asks_for_adjustment"]:
        yield "The candidate wrote what adjustment is needed: add --adjustments to read it"


def _version(version: dict[str, Any]) -> Iterator[str]:
    verdict = words.plain(version["outcome"] or "not checked")
    if version["set_aside_because"]:
        verdict = f"does not count: {words.plain(version['set_aside_because'])}"
    yield f"  version {version['version']}, sent {words.minute(version['sent_at'])}: {verdict}"
    for file in version["files"]:
        sha256 = file["sha256"][:_SHA256_SHOWN]
        yield f"    {words.plain(file['role'])}, {file['size']:,} bytes, SHA-256 {sha256}..."
        if file["also_in"]:
            yield f"      the same file was sent for {', '.join(file['also_in'])}"


def _differing(fields: list[str] | tuple[str, ...] | None) -> str:
    if fields is None:
        return "which fields differ is not recorded"
    return f"differs in {', '.join(fields)}" if fields else "differs in its envelope only"


def _likeness(alike: list[dict[str, Any]]) -> Iterator[str]:
    for other in alike:
        reasons = " and ".join(map(words.plain, other["reasons"]))
        yield (
            f"Perhaps the same person: {other['application']} for {other['vacancy']} ({reasons})"
        )
    if len(alike) >= _MOST_ALIKE:
        yield f"  (at most {_MOST_ALIKE} of each kind are shown)"

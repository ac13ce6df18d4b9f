"""Inspects the documents of applications and judges each version once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from services.documents import answers, objects, scanner, storage
from services.documents.answers import Answered, Early, Ignored
from services.documents.children import children
from services.documents.decisions import (
    MISSING,
    Document,
    Inspection,
    Kind,
    Scan,
    is_missing,
    judge,
)
from services.documents.storage import Checked, File
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
)
from shared.contracts.checks import (
    DocumentsChecked,
    FindingCode,
)
from shared.contracts.referrals import ReferralKind, ReferralResolved
from shared.contracts.vacancies import Employer
from shared.employers import terms_of
from shared.messaging import Batch
from shared.postgres import Database, Transaction

MAX_DOCUMENT_BYTES: Final = 20 * 1024 * 1024
MOST_LOOKS: Final = 90
"""How often an object is looked for, every ten seconds, before a person is asked (G17)."""

_AT_ONCE: Final = 3
"""How many documents are read, scanned or inspected at the same time."""

DocumentsReceived: TypeAlias = ApplicationAccepted | ApplicationDocumentsAccepted


async def inspect_documents(
    batch: Batch[DocumentsReceived], database: Database
) -> Mapping[UUID, tuple[Document, ...]]:
    """Load and inspect every document of the batch; return each event's documents.

    A version that was set aside or renumbered meanwhile has none: the new number is announced.
    A store that fails is a fault and raises: people are not judged by it.
    """
    versions = {e.id: (e.data.application, e.data.documents_version) for e in batch}
    async with database.transaction() as tx:
        files = await storage.load_files(tx, [*versions.values()])
        now = await storage.read_real_time(tx)
    wanted = [e for e in batch if versions[e.id] in files]
    room = asyncio.Semaphore(_AT_ONCE)
    inspected = await asyncio.gather(
        *(_inspect_all(files[versions[e.id]], now, room) for e in wanted),
        return_exceptions=True,
    )
    documents = {}
    for event, result in zip(wanted, inspected, strict=True):
        if isinstance(result, BaseException):
            raise result
        documents[event.id] = result
    return documents


async def check_documents(batch: Batch[DocumentsReceived], tx: Transaction) -> None:
    """Judge the inspected documents by the employer's terms; announce what was not judged before.

    Only the acceptance names the employer: documents that overtook it wait for it. What is
    not in the store may still come; if it has not after a while, a person is asked (G17).
    """
    employers = await _employers(batch, tx)
    awaited = await _awaited(batch, tx)
    checked = []
    for event in batch:
        data, documents = event.data, batch.prepared.get(event.id)
        if data.application not in employers:
            batch.park(event, waiting_for=ApplicationAccepted, subject=data.application)
            continue
        if documents is None:
            continue
        if event.id in awaited:
            batch.postpone(event, "a submitted document is not in the object store")
            continue
        terms = terms_of(employers[data.application])
        version, verdict = data.documents_version, judge(documents, terms)
        one = Checked(data.application, data.vacancy, version, documents, terms, verdict)
        checked.append((event, one))
    new = await storage.record_verdicts(tx, [one for _, one in checked], batch.now)
    for event, one in checked:
        if (one.application, one.version) in new:
            batch.announce(
                DocumentsChecked(
                    application=one.application,
                    vacancy=one.vacancy,
                    documents_version=one.version,
                    outcome=one.verdict.outcome,
                    findings=one.verdict.findings,
                ),
                because_of=event,
            )


async def answer_questions(batch: Batch[ReferralResolved], tx: Transaction) -> None:
    """Take people's answers about documents, and announce each version anew (C5, D4, D5)."""
    events = [event for event in batch if event.data.kind is ReferralKind.DOCUMENTS]
    questions = await storage.lock_questions(tx, [event.data for event in events])
    answered: list[ReferralResolved] = []
    for event in events:
        resolved = event.data
        assert resolved.documents_version is not None
        match answers.answer(resolved, questions.get(event.subject)):
            case Answered(outcome, revision, findings):
                answered.append(resolved)
                batch.announce(
                    DocumentsChecked(
                        application=resolved.application,
                        vacancy=resolved.vacancy,
                        documents_version=resolved.documents_version,
                        outcome=outcome,
                        findings=findings,
                        is_by_person=True,
                        revision=revision,
                    ),
                    because_of=event,
                )
            case Early():
                is_first = resolved.documents_version == 1
                source = ApplicationAccepted if is_first else ApplicationDocumentsAccepted
                batch.park(event, waiting_for=source, subject=event.subject)
            case Ignored():
                pass
    await storage.record_answers(tx, answered)


async def _employers(batch: Batch[DocumentsReceived], tx: Transaction) -> Mapping[str, Employer]:
    accepted = {
        event.data.application: event.data.employer
        for event in batch
        if isinstance(event.data, ApplicationAccepted)
    }
    if accepted:
        await storage.record_employers(tx, accepted)
    others = [e.data.application for e in batch if e.data.application not in accepted]
    return accepted | (await storage.find_employers(tx, others) if others else {})


async def _awaited(batch: Batch[DocumentsReceived], tx: Transaction) -> frozenset[UUID]:
    """Name the events of which a document is not in the store, and may still come."""
    lacking = {
        (event.data.application, event.data.documents_version): event.id
        for event in batch
        if any(is_missing(document) for document in batch.prepared.get(event.id) or ())
    }
    recent = await storage.record_missing(tx, lacking, MOST_LOOKS) if lacking else ()
    return frozenset(lacking[version] for version in recent)


async def _inspect_all(
    files: Sequence[File], now: datetime, room: asyncio.Semaphore
) -> tuple[Document, ...]:
    return tuple([await _inspect(file, now, room) for file in files])


async def _inspect(file: File, now: datetime, room: asyncio.Semaphore) -> Document:
    try:
        async with room:
            return await examine(file, _pieces, now)
    except objects.MissingObjectError:
        return _unread(file, FindingCode.NOT_AS_SENT, MISSING)


def _pieces(file: File) -> AsyncIterator[bytes]:
    return objects.read(file.key, size=file.size, sha256=file.sha256)


async def examine(
    file: File, pieces: Callable[[File], AsyncIterator[bytes]], now: datetime
) -> Document:
    """Scan and inspect one document, provided that its pieces are what it is said to be."""
    if file.size > MAX_DOCUMENT_BYTES:
        return _unread(file, FindingCode.TOO_LARGE)
    inspection = Inspection(Kind.UNKNOWN)
    try:
        scan = await scanner.scan(pieces(file), now) if file.size else Scan.UNREAD
        if scan is not Scan.INFECTED:  # that nobody opens, not even a child
            inspection = await children().inspect(pieces(file), size=file.size, sha256=file.sha256)
    except objects.OtherObjectError:
        return _unread(file, FindingCode.NOT_AS_SENT)
    return Document(file.role, file.name, file.sha256, inspection, scan)


def _unread(file: File, problem: FindingCode, detail: str = "") -> Document:
    inspection = Inspection(Kind.UNKNOWN, problem, detail)
    return Document(file.role, file.name, file.sha256, inspection, Scan.UNREAD)

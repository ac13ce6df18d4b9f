"""Inspects the documents of applications and judges each version once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from services.documents import answers, objects, storage
from services.documents.answers import Answered, Early, Ignored
from services.documents.children import children
from services.documents.decisions import Document, Inspection, Kind, judge
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
from shared.messaging import Batch
from shared.postgres import Database, Transaction

MAX_DOCUMENT_BYTES: Final = 20 * 1024 * 1024
_IN_MEMORY: Final = 3
"""How many documents are loaded or inspected at the same time."""

DocumentsReceived: TypeAlias = ApplicationAccepted | ApplicationDocumentsAccepted


async def inspect_documents(
    batch: Batch[DocumentsReceived], database: Database
) -> Mapping[UUID, tuple[Document, ...]]:
    """Load and inspect every document of the batch; return each event's documents.

    A store that fails or lacks a document is a fault and raises: people are not judged by it.
    """
    versions = [(event.data.application, event.data.documents_version) for event in batch]
    async with database.transaction() as tx:
        files = await storage.load_files(tx, versions)
    room = asyncio.Semaphore(_IN_MEMORY)
    inspected = await asyncio.gather(
        *(_inspect_all(files[version], room) for version in versions), return_exceptions=True
    )
    documents = {}
    for event, result in zip(batch, inspected, strict=True):
        if isinstance(result, BaseException):
            raise result
        documents[event.id] = result
    return documents


async def check_documents(batch: Batch[DocumentsReceived], tx: Transaction) -> None:
    """Judge the inspected documents; announce what was not judged before."""
    checked = []
    for event in batch:
        data, documents = event.data, batch.prepared[event.id]
        checked.append(
            Checked(
                data.application, data.vacancy, data.documents_version, documents, judge(documents)
            )
        )
    new = await storage.record_verdicts(tx, checked, batch.now)
    for event, one in zip(batch, checked, strict=True):
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


async def _inspect_all(files: Sequence[File], room: asyncio.Semaphore) -> tuple[Document, ...]:
    inspections = [await _inspect(file, room) for file in files]
    return tuple(
        Document(file.role, file.name, file.sha256, inspection)
        for file, inspection in zip(files, inspections, strict=True)
    )


async def _inspect(file: File, room: asyncio.Semaphore) -> Inspection:
    """Inspect one document, provided that it is what the careers site said it is."""
    if file.size > MAX_DOCUMENT_BYTES:
        return Inspection(Kind.UNKNOWN, FindingCode.TOO_LARGE)
    async with room:
        data = await objects.load_bytes(file.key, size=file.size, sha256=file.sha256)
        if data is None:
            return Inspection(Kind.UNKNOWN, FindingCode.NOT_AS_SENT)
        return await children().inspect(data, file.sha256)

"""Documents in a real object store, taken in by intake, checked on a real database."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.documents import handlers, scanner
from services.documents.children import Children
from services.documents.handlers import check_documents, inspect_documents
from services.intake.worker import SERVICE as INTAKE
from shared.contracts import Event, Payload
from shared.contracts.applications import (
    Document,
    Role,
)
from shared.contracts.checks import (
    DocumentsChecked,
)
from shared.settings import settings
from tests.support.batches import batch_of
from tests.support.builders import (
    APPLICATION,
    NOW,
    application_submitted,
    documents_replaced,
    event,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing


@dataclass
class Desk:
    """Where documents arrive: upload them, take them in, have them checked."""

    database: TestDatabase
    store: Path
    parked: list[str] = field(default_factory=list)
    postponed: list[UUID] = field(default_factory=list)
    _intake: list[Hearing] = field(default_factory=list)

    def upload(self, role: Role, name: str, content: bytes, **described: Any) -> Document:
        """Write a file into the object store and describe it as the careers site does."""
        sha256 = hashlib.sha256(content).hexdigest()
        key = described.pop("key", f"incoming/{role}-{sha256[:12]}")
        path = self.store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        defaults = {"key": key, "sha256": sha256, "size": len(content), "role": role, "name": name}
        return Document(**defaults | described)

    async def take_in(self, *documents: Document, application: str = APPLICATION) -> None:
        intake = await self._hearing()
        submitted = application_submitted(application=application, documents=documents)
        await intake.hear(submitted, now=NOW)

    async def replace(self, *documents: Document) -> None:
        intake = await self._hearing()
        await intake.hear(documents_replaced(documents=documents, replaced_at=NOW), now=NOW)

    async def check(
        self, *heard: Payload | Event[Any], now: datetime = NOW
    ) -> list[DocumentsChecked]:
        """Hear events of one type as one batch, as the worker does; return what is announced."""
        database = await self.database.service("documents")
        events = [one if isinstance(one, Event) else event(one) for one in heard]
        batch, _ = batch_of(events, now)
        prepared = await inspect_documents(batch, database)
        batch, outcome = batch_of(events, now, prepared)
        async with database.transaction() as tx:
            await check_documents(batch, tx)
        self.parked = [parked.waiting_for for parked in outcome.parked]
        self.postponed = [postponed.message for postponed in outcome.postponed]
        return [said.event.data for said in outcome.announced]

    async def miss(self, times: int) -> None:
        """Have what is missing been looked for so often."""
        await self._change("update documents.missing set looks = $1", times)

    async def let_pass(self, time: timedelta) -> None:
        """Have what is missing been looked for first so long ago, and not since."""
        await self._change("update documents.missing set since = now() - $1::interval", time)

    async def stored(self, sql: str) -> list[dict[str, Any]]:
        database = await self.database.service("documents")
        async with database.transaction() as tx:
            return [dict(row) for row in await tx.fetch(sql)]

    async def findings(self) -> list[dict[str, Any]]:
        (row,) = await self.stored("select findings from documents.verdict")
        return json.loads(row["findings"])

    async def _change(self, sql: str, value: object) -> None:
        database = await self.database.service("documents")
        async with database.transaction() as tx:
            await tx.execute(sql, value)

    async def _hearing(self) -> Hearing:
        if not self._intake:
            self._intake.append(Hearing(INTAKE, await self.database.service("intake")))
            await self._intake[0].hear(vacancy_timetabled(), now=NOW)
        return self._intake[0]


@pytest.fixture(scope="session")
def _children():
    children = Children()
    yield children
    children.close()


@pytest.fixture
def desk(database, tmp_path, _children, monkeypatch):
    monkeypatch.setenv("OBJECT_STORE_URL", tmp_path.as_uri())
    monkeypatch.setattr(handlers, "children", lambda: _children)
    settings.cache_clear()
    yield Desk(database, tmp_path)
    settings.cache_clear()


@pytest.fixture
def scanned_by(monkeypatch):
    """Name the scanner in the environment, as an operator does."""

    monkeypatch.setattr(scanner, "_dates", {})

    def use(url):
        monkeypatch.setenv("CLAMD_URL", url)
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()

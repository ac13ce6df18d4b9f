"""What runs beside the workers of one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from services.console import work
from services.console.workers import Running


async def test_the_doctor_looks_in_where_the_owners_url_is_known_and_may_not_end_unnoticed(
    monkeypatch,
):
    visited: list[str] = []

    @asynccontextmanager
    async def run_workers(*_: object) -> AsyncIterator[Running]:
        yield Running([], [])

    async def look_hourly(owner_url: str) -> None:
        visited.append(owner_url)
        raise LookupError

    monkeypatch.setattr(work, "run_workers", run_workers)
    monkeypatch.setattr(work, "look_hourly", look_hourly)
    with structlog.testing.capture_logs() as logged:
        assert await work._until_stopped([], "127.0.0.1", 0, "postgresql://owner") == 1
    assert visited == ["postgresql://owner"]
    assert (logged[-1]["service"], logged[-1]["error"]) == ("doctor", "LookupError")

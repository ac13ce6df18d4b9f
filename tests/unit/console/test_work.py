"""What runs beside the workers of one process."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from services.console import work
from services.console.workers import Running
from shared.settings import settings
from tests.support.rig import until


async def test_the_doctor_looks_in_where_the_owners_url_is_known_and_may_not_end_unnoticed(
    monkeypatch,
):
    visited: list[str] = []

    @asynccontextmanager
    async def run_workers(*_: object) -> AsyncIterator[Running]:
        yield Running({}, [])

    async def look_hourly(owner_url: str) -> None:
        visited.append(owner_url)
        raise LookupError

    monkeypatch.setattr(work, "run_workers", run_workers)
    monkeypatch.setattr(work, "look_hourly", look_hourly)
    with structlog.testing.capture_logs() as logged:
        assert await work._until_stopped([], "127.0.0.1", 0, "postgresql://owner") == 1
    assert visited == ["postgresql://owner"]
    assert (logged[-1]["service"], logged[-1]["error"]) == ("doctor", "LookupError")


async def test_whoever_waits_for_the_database_goes_when_told_to(monkeypatch):
    with socket.socket() as nobody, structlog.testing.capture_logs() as logged:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        port = nobody.getsockname()[1]
        monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{port}/nothing")
        settings.cache_clear()
        working = asyncio.create_task(work._until_stopped(["intake"], "127.0.0.1", 0, ""))

        async def is_waiting() -> bool:
            return any(line["event"] == "server_unavailable" for line in logged)

        await until(is_waiting, "it waits for the database")
        os.kill(os.getpid(), signal.SIGTERM)
        done, _ = await asyncio.wait({working}, timeout=10)
        working.cancel()
        assert done
    settings.cache_clear()
    assert working.result() == 0

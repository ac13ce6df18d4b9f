"""A careers site written from docs/contract alone, with its program, is answered with a mail."""

import asyncio
import json
import os
import signal
import sys
import urllib.request
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from services.simulator.mailbox import Mailbox
from services.simulator.papers import make_docx, make_pdf
from shared.embedded.process import free_ports
from tests.architecture.source import ROOT
from tests.support import careers_site
from tests.support.databases import SECRET, created
from tests.support.doctor import Doctor
from tests.support.rig import until


@pytest.fixture
async def mailbox(tmp_path: Path):
    async with Mailbox(tmp_path / "letters") as box:
        yield box


async def test_a_vacancy_and_an_application_bring_an_acknowledgement(
    amqp_url: str, database_url: str, mailbox: Mailbox, tmp_path: Path, doctor: Doctor
) -> None:
    cv, statement = tmp_path / "cv.pdf", tmp_path / "statement.docx"
    cv.write_bytes(make_pdf("Curriculum vitae", ["Vehicle technician for six years."]))
    statement.write_bytes(make_docx("Personal statement", ["I like inspecting vehicles."]))
    health = free_ports(1)[0]
    async with created(database_url) as database:
        environment = os.environ | {
            "AMQP_URL": amqp_url, "DATABASE_URL": database, "MUSTER_SECRET": SECRET,
            "OBJECT_STORE_URL": tmp_path.as_uri(), "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(mailbox.port),
        }  # fmt: skip
        workers = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.console", "up", "--health-port", str(health),
            cwd=ROOT, env=environment,
        )  # fmt: skip
        try:
            await until(lambda: _is_healthy(health), "eight workers are attached", 300)
            events = careers_site.prepare(
                str(tmp_path), str(cv), str(statement), "sam@example.org"
            )
            await careers_site.publish(amqp_url, events)
            await until(lambda: _has_letters(mailbox), "a letter arrives", 300)
            workers.send_signal(signal.SIGTERM)
            async with asyncio.timeout(90):
                assert await workers.wait() == 0
        finally:
            if workers.returncode is None:
                workers.kill()
            await workers.wait()
        await doctor.finds_nothing(database)
    [letter] = [message_from_bytes(p.read_bytes(), policy=default) for p in mailbox.letters]
    text = letter.get_body(("plain",)).get_content()
    assert "sam@example.org" in letter["To"]
    for promised in (
        "met-2025-000-0017",
        "7:42pm on Friday 3 October 2025",
        "11:55pm on Tuesday 21 October 2025",
        events[1]["data"]["documents"][0]["sha256"],
    ):
        assert promised in text


async def _is_healthy(port: int) -> bool:
    def ask() -> dict[str, bool]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return {}

    attached = await asyncio.to_thread(ask)
    return len(attached) == 8 and all(attached.values())


async def _has_letters(mailbox: Mailbox) -> bool:
    return bool(mailbox.letters)

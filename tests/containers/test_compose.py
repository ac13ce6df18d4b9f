"""compose.yaml as an operator uses it: up, one application through it, down."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

import pytest

from services.simulator.papers import make_docx, make_pdf
from shared.embedded.process import free_ports
from tests.architecture.source import ROOT
from tests.support import careers_site
from tests.support.rig import until

_UP_SECONDS: Final = 600


class Stack:
    """One project of compose.yaml, with its own ports, passwords and volumes."""

    def __init__(self, folder: Path) -> None:
        self.objects, self.mail = folder / "objects", folder / "mail"
        for path in (self.objects, self.mail):
            path.mkdir(parents=True)
            path.chmod(0o777)  # the containers' user is not ours
        self.amqp_port, postgres, ui = free_ports(3)
        printed = subprocess.run(
            [ROOT / "muster", "secrets"], capture_output=True, text=True, check=True
        ).stdout
        self.secrets = dict(line.split("=", 1) for line in printed.splitlines())
        self._environment = {
            **os.environ, **self.secrets,
            "MUSTER_OBJECTS": str(self.objects), "MUSTER_MAIL": str(self.mail),
            "AMQP_PORT": str(self.amqp_port), "POSTGRES_PORT": str(postgres),
            "RABBITMQ_UI_PORT": str(ui),
        }  # fmt: skip
        self._project = f"muster{secrets.token_hex(3)}"
        standalone = shutil.which("docker-compose")
        self._compose = [standalone] if standalone else ["docker", "compose"]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._compose, "--project-name", self._project, *arguments],
            cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False,
            timeout=_UP_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout

    @property
    def careers_site_url(self) -> str:
        password = self.secrets["MUSTER_PASSWORD_CAREERS_SITE"]
        return f"amqp://careers_site:{password}@127.0.0.1:{self.amqp_port}/"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    try:
        stack.run("up", "--build", "--detach", "--scale", "eligibility=3")
        yield stack
    finally:
        stack.run("down", "--volumes", "--remove-orphans")


async def test_an_application_goes_through_the_containers_and_is_acknowledged(
    stack: Stack, tmp_path: Path
) -> None:
    """Written from docs/contract alone: the broker lets the careers site do just that."""
    cv, statement = tmp_path / "cv.pdf", tmp_path / "statement.docx"
    cv.write_bytes(make_pdf("Curriculum vitae", ["Vehicle technician for six years."]))
    statement.write_bytes(make_docx("Personal statement", ["I like inspecting vehicles."]))
    events = careers_site.prepare(str(stack.objects), str(cv), str(statement), "sam@example.org")
    await careers_site.publish(stack.careers_site_url, events)

    async def is_acknowledged() -> bool:
        return any("sam@example.org" in letter for letter in _recipients(stack.mail))

    await until(is_acknowledged, "the acknowledgement mail", 120)

    async def all_healthy() -> bool:
        states = stack.run("ps")
        return "unhealthy" not in states and states.count("(healthy)") >= 12

    await until(all_healthy, "ten workers, the broker and the database are healthy", 180)


def _recipients(folder: Path) -> list[str]:
    letters = [message_from_bytes(p.read_bytes(), policy=default) for p in folder.glob("*.eml")]
    return [str(letter["To"]) for letter in letters]

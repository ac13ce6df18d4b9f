"""compose.yaml, brought up with ports, passwords and volumes of its own."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Final

from shared import calendar
from shared.embedded.process import free_ports
from tests.architecture.source import ROOT

_UP_SECONDS: Final = 600


class Stack:
    """One project of compose.yaml, with its own ports, passwords and volumes."""

    def __init__(self, folder: Path) -> None:
        self.objects, self.mail = folder / "objects", folder / "mail"
        for path in (self.objects, self.mail):
            path.mkdir(parents=True)
            path.chmod(0o777)  # the containers' user is not ours
        self.bank_holidays = Path(shutil.copy(calendar._SHIPPED, folder))
        self.amqp_port, postgres, ui = free_ports(3)
        printed = subprocess.run(
            [ROOT / "muster", "secrets"], capture_output=True, text=True, check=True
        ).stdout
        self.secrets = dict(line.split("=", 1) for line in printed.splitlines())
        self._environment = {
            **os.environ, **self.secrets,
            "MUSTER_OBJECTS": str(self.objects), "MUSTER_MAIL": str(self.mail),
            "MUSTER_BANK_HOLIDAYS": str(self.bank_holidays),
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

    def broker_url(self, name: str) -> str:
        """Log in as a worker, as the careers site, or as the operator."""
        password = self.secrets[f"MUSTER_PASSWORD_{name.upper()}"]
        user = name if name in {"careers_site", "operator"} else f"muster_{name}"
        return f"amqp://{user}:{password}@127.0.0.1:{self.amqp_port}/"

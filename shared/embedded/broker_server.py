"""The embedded broker as a server of its own, which tests can kill and freeze like the others."""

import os
import sys
from pathlib import Path
from typing import Final, Self

from shared.embedded.private_server import PrivateServer
from shared.embedded.process import GuardedProcess, free_ports
from shared.embedded.rabbitmq import shakes_hands

_PROJECT: Final = Path(__file__).parent.parent.parent
_START_SECONDS: Final = 30


class BrokerServer(PrivateServer):
    """`shared.embedded.broker` in a process of its own, with its journal in the folder."""

    def __init__(self, *, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._port = free_ports(1)[0]

    @property
    def url(self) -> str:
        """Everybody may log in: it listens on this machine only."""
        return f"amqp://muster:{self._password()}@127.0.0.1:{self._port}/"

    @property
    def title(self) -> str:
        """What it is."""
        return "embedded AMQP broker"

    def start(self) -> Self:
        """Return once it shakes hands, its journal replayed."""
        self._claim_folder()
        self._process = GuardedProcess(
            [sys.executable, "-m", "shared.embedded.broker",
             f"--port={self._port}", f"--journal={self._folder / 'journal'}"],
            log=self._folder / "log",
            env={**os.environ, "PYTHONPATH": str(_PROJECT)},
            temporary=self._temporary_folder,
            lock=self._lock,
        )  # fmt: skip
        self._process.wait_until(lambda: shakes_hands(self._port), seconds=_START_SECONDS)
        return self

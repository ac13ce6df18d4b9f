"""A private RabbitMQ node: loopback only, its own password, gone with its parent.

Debian's `/usr/sbin` wrapper wants to be root or rabbitmq and drops the environment, so the script
in RabbitMQ's own `sbin` is called, with a home, an epmd and ports of its own: any number of nodes
run side by side.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
import socket
import subprocess
from pathlib import Path
from typing import Any, Final, Self

from shared.embedded.binaries import RabbitBinaries
from shared.embedded.private_server import PrivateServer
from shared.embedded.process import GuardedProcess, ServerError, free_ports

# On a machine that others use as well. A node that ends is noticed at once.
_START_SECONDS: Final = 300
_CONTROL_SECONDS: Final = 180
_MAX_MESSAGE_BYTES: Final = 1024 * 1024  # as the embedded broker: our own refusal is reached
_OWNER: Final = "muster"
_ON_LOOPBACK: Final = "-kernel inet_dist_use_interface {127,0,0,1}"
_PROTOCOL_HEADER: Final = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME: Final = b"\x01"


class RabbitServer(PrivateServer):
    """One node whose owner may do everything.

    `definitions` is a deployment's definitions file; the owner is added to what it holds.
    """

    def __init__(
        self,
        binaries: RabbitBinaries,
        *,
        folder: Path | None = None,
        definitions: Path | None = None,
        vm_memory_high_watermark: str = "2GB",
    ) -> None:
        super().__init__(folder)
        self._binaries = binaries
        self._definitions = definitions
        self._watermark = vm_memory_high_watermark
        self._port, self._distribution_port, self._epmd_port = free_ports(3)

    @property
    def url(self) -> str:
        """The owner's URL for the default virtual host."""
        return f"amqp://{_OWNER}:{self._password()}@127.0.0.1:{self._port}/"

    @property
    def title(self) -> str:
        """RabbitMQ and its version."""
        return f"RabbitMQ {self._binaries.version} of this machine"

    def start(self) -> Self:
        """Return once it shakes hands."""
        self._claim_folder()
        self._write_configuration()
        self._process = GuardedProcess(
            [self._binaries.sbin / "rabbitmq-server"],
            log=self._folder / "log",
            env=self._environment(),
            temporary=self._temporary_folder,
            lock=self._lock,
        )
        self._process.wait_until(lambda: shakes_hands(self._port), seconds=_START_SECONDS)
        return self

    def kill(self) -> None:
        """End the Erlang node as a crash would.

        RabbitMQ 3 writes down only about once a second which queues there are: one that is younger
        than that may be gone after the next start, with what it had confirmed.
        """
        super().kill()

    def stop_app(self) -> None:
        """Stop the broker but not its Erlang node, as an upgrade does."""
        self.control("stop_app")

    def start_app(self) -> None:
        """Start the broker again after stop_app()."""
        self.control("start_app")

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` on this node and return what it prints."""
        try:
            done = subprocess.run(
                [self._binaries.sbin / "rabbitmqctl", "--quiet", *arguments],
                env=self._environment(), capture_output=True, text=True, check=False,
                timeout=_CONTROL_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ServerError(
                f"rabbitmqctl {arguments[0]}: no answer within {_CONTROL_SECONDS} seconds"
            ) from None
        if done.returncode:
            raise ServerError(f"rabbitmqctl {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            **self._binaries.environment,
            "HOME": str(self._folder),  # where Erlang keeps its cookie
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": "muster@localhost",
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # +sbwt none: idle schedulers sleep instead of spinning.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_ON_LOOPBACK} +sbwt none",
            "RABBITMQ_CTL_ERL_ARGS": _ON_LOOPBACK,
            # The script then becomes the Erlang node instead of standing in front of it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _write_configuration(self) -> None:
        settings = {
            "listeners.tcp.default": f"127.0.0.1:{self._port}",
            "default_user": _OWNER,
            "default_pass": self._password(),
            "vm_memory_high_watermark.absolute": self._watermark,
            "disk_free_limit.absolute": "50MB",
            "max_message_size": str(_MAX_MESSAGE_BYTES),
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
        }
        if self._definitions:
            settings["load_definitions"] = str(self._folder / "definitions.json")
            definitions = _with_owner(self._definitions, self._password())
            self._write("definitions.json", json.dumps(definitions))
        self._write("rabbitmq.conf", "".join(f"{k} = {v}\n" for k, v in settings.items()))
        self._write("rabbitmq-env.conf", "")
        self._write("enabled_plugins", "[].\n")

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)


def shakes_hands(port: int, host: str = "127.0.0.1") -> bool:
    """Offer AMQP 0-9-1 to whoever listens: a broker answers with its first method."""
    with contextlib.suppress(OSError), socket.socket() as client:
        client.settimeout(5)
        client.connect((host, port))
        client.sendall(_PROTOCOL_HEADER)
        return client.recv(1) == _METHOD_FRAME
    return False


def _with_owner(definitions: Path, password: str) -> dict[str, Any]:
    """Add the owner: a node that loads definitions creates no default user."""
    content: dict[str, Any] = json.loads(definitions.read_text())
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    owner = {
        "name": _OWNER,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"],
    }
    everything = dict.fromkeys(("configure", "write", "read"), ".*")
    permission = {"user": _OWNER, "vhost": "/", **everything}
    return content | {
        "vhosts": content.get("vhosts") or [{"name": "/"}],
        "users": [*content.get("users", ()), owner],
        "permissions": [*content.get("permissions", ()), permission],
    }

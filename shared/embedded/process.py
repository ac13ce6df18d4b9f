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
from typing import IO, Final

from shared import clock
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
    `temporary` is a folder to delete once we are gone; `lock` is held until the server is.
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
        lock: IO[bytes] | None = None,
    ) -> None:
        self._log = log
        orders = [str(int(ending)), str(grace_seconds), str(temporary or "")]
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, *orders, *map(str, command)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                cwd="/",
                env=env,
                start_new_session=True,
                pass_fds=(lock.fileno(),) if lock else (),
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
        if not wait_for(lambda: self._has_ended() or is_ready(), seconds=seconds):
            self.kill()
            raise ServerError(f"not ready after {seconds:.0f} seconds: {self.last_words()}")
        if self._has_ended():
            raise ServerError(f"ended while starting: {self.last_words()}")

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

    def _has_ended(self) -> bool:
        return self._guard.poll() is not None

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


def wait_for(is_ready: Callable[[], bool], *, seconds: float) -> bool:
    """Ask again and again, and say whether it became ready in time."""
    deadline = clock.monotonic() + seconds
    while not (ready := is_ready()) and clock.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return ready


def free_ports(count: int) -> list[int]:
    """Choose ports that nobody listens on at the moment."""
    found: list[int] = []
    for port in random.sample(_PORTS, k=len(_PORTS)):
        with socket.socket() as candidate, contextlib.suppress(OSError):
            candidate.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise ServerError("no free port; stop some servers")


def command_of(pid: int) -> str:
    """Give a process's command line, empty if there is no such process."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except FileNotFoundError:
            return ""
    question = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(question, capture_output=True, text=True, check=False).stdout.strip()

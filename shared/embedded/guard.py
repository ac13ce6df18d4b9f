"""Run a server that cannot outlive whoever started it, not even a parent killed with SIGKILL.

    python -I -S guard.py SIGNAL GRACE_SECONDS FOLDER_TO_REMOVE command ...

The parent holds the other end of standard input and says `stop` (SIGNAL, then SIGKILL after the
grace) or `kill` (SIGKILL at once). When it closes without a word, the parent is gone: that is a
`kill` too, and the temporary folder goes as well. Whatever the server left behind (backends, a
daemonised epmd) goes with it.
Standard library only: it starts in some milliseconds, without the project on its path.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_MEANT_FOR_PARENT: Final = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
_ON_LINUX: Final = sys.platform == "linux"


def main(arguments: list[str]) -> None:
    """Start the command, print its process id, and clear up once it has ended."""
    ending, grace, folder, *command = arguments
    for ignored in _MEANT_FOR_PARENT:
        signal.signal(ignored, signal.SIG_IGN)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    with _woken_by_children() as alarm:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_die_with_guard,  # noqa: PLW1509 - there are no threads here
        )
        print(server.pid, flush=True)  # noqa: T201 - the parent reads it
        word = _hear_parent(server, alarm)
    if word == b"stop":
        server.send_signal(int(ending))
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(float(grace))
    server.kill()
    server.wait()
    _bury_descendants()
    if folder and not word:
        shutil.rmtree(folder, ignore_errors=True)


def descendants(pid: int) -> list[int]:
    """Find the children of a process, their children and so on, nearest first."""
    children: dict[int, list[int]] = {}
    for child, parent in _processes():
        children.setdefault(parent, []).append(child)
    found = list(children.get(pid, ()))
    for child in found:
        found.extend(children.get(child, ()))
    return found


def _processes() -> list[tuple[int, int]]:
    """List (process, its parent) for this machine."""
    if not _ON_LINUX:
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        lines = map(str.split, listing.stdout.splitlines())
        return [(int(pid), int(parent)) for pid, parent in lines]
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may end while we look
            status = (folder / "stat").read_text()
            found.append((int(folder.name), int(status.rpartition(")")[2].split()[1])))
    return found


@contextlib.contextmanager
def _woken_by_children() -> Iterator[int]:
    """Make a descriptor readable whenever a child ends."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    yield reading
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _hear_parent(server: subprocess.Popen[bytes], alarm: int) -> bytes:
    """Wait for the parent's word, which is empty if the parent is gone, or the server's end."""
    parent = sys.stdin.fileno()
    while server.poll() is None:
        readable, _, _ = select.select([parent, alarm], [], [])
        if parent in readable:
            return os.read(parent, 16)
        os.read(alarm, 512)
    return b"ended"


def _prctl(option: int, value: int) -> None:
    if _ON_LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _die_with_guard() -> None:
    for restored in _MEANT_FOR_PARENT:
        signal.signal(restored, signal.SIG_DFL)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _bury_descendants() -> None:
    """Kill what is left; the orphans of each become our own children, until there are none."""
    while left := descendants(os.getpid()):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()


if __name__ == "__main__":
    main(sys.argv[1:])

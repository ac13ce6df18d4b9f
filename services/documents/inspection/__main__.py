"""The child process: it gives up what it does not need, then inspects what its parent sends.

It says that it is ready; then each document comes as four bytes of length and its bytes, and each
answer is a line of JSON. It ends with its parent, whichever way that ends.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from typing import IO, Final

from pydantic import TypeAdapter

from services.documents.decisions import Inspection
from services.documents.inspection import inspect

MEMORY_BYTES: Final = 512 * 1024 * 1024
CPU_SECONDS_A_DOCUMENT: Final = 5

_NEW_USERS_AND_NETWORK: Final = 0x10000000 | 0x40000000
_DIE_WITH_PARENT, _NO_NEW_RIGHTS = 1, 38


def main() -> None:
    """Inspect documents until the parent closes the pipe."""
    documents, answers = _take_pipes()
    has_no_network = give_up_rights(parent=int(sys.argv[1]))
    to_json = TypeAdapter(Inspection).dump_json
    answers.write(b"ready\n" if has_no_network else b"ready, with a network\n")
    answers.flush()
    while header := documents.read(4):
        (size,) = struct.unpack(">I", header)
        data = documents.read(size)
        _allow_cpu_seconds(CPU_SECONDS_A_DOCUMENT)
        answers.write(to_json(inspect(data)) + b"\n")
        answers.flush()


def give_up_rights(parent: int) -> bool:
    """Leave little to a document that takes this process over: no byte in a file, no memory.

    No network either if True is returned: a Linux kernel may refuse that; the rest always holds.
    """
    has_no_network = False
    os.nice(10)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        kernel = ctypes.CDLL(None)
        has_no_network = bool(kernel.unshare(_NEW_USERS_AND_NETWORK) == 0)
        kernel.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0)
        kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL)  # last: new users would undo it
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    return has_no_network


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for ourselves: what a parser prints is no answer."""
    documents, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return documents, answers


def _allow_cpu_seconds(more: int) -> None:
    """Let the kernel end this process when the next document takes too long."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + more + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()

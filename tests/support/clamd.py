"""A virus scanner with one signature: the real clamd, and one that does what a test wants."""

import asyncio
import contextlib
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path

from shared.embedded import debian
from shared.embedded.process import GuardedProcess, ServerError, free_ports
from shared.settings import settings

# The harmless file by which scanners are tried out, in two parts so that none finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"
_SIGNATURE = "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test"
LIMIT_BYTES = 100_000

_PACKAGES = ("clamav-daemon", "libclamav12", "libjson-c5", "libmspack0")
_CONFIGURATION = """
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {folder}/socket
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength {limit}
MaxRecursion 3
AlertExceedsMax yes
Foreground yes
"""


class RealClamd:
    """ClamAV's daemon with a database of one line."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="muster-clamd-"))
        (self._folder / "signatures").mkdir()
        (self._folder / "signatures" / "test.hdb").write_text(f"{_SIGNATURE}\n")
        (self._port,) = free_ports(1)
        self.url, self.local_url = f"tcp://127.0.0.1:{self._port}", f"unix://{self._folder}/socket"

    def __enter__(self):
        binary, libraries = _clamd()
        configuration = self._folder / "clamd.conf"
        text = _CONFIGURATION.format(port=self._port, folder=self._folder, limit=LIMIT_BYTES)
        configuration.write_text(text)
        self._process = GuardedProcess(
            [binary, "--config-file", configuration],
            log=self._folder / "log",
            env={"LD_LIBRARY_PATH": str(libraries), "PATH": os.environ["PATH"]},
            temporary=self._folder,
        )
        self._process.wait_until(self._is_answering, seconds=30)
        return self

    def __exit__(self, *_):
        self._process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_answering(self):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._port)) as s,
        ):
            s.sendall(b"zPING\0")
            return s.recv(10) == b"PONG\0"
        return False


def _clamd():
    """Find clamd on this machine, or unpack Debian's; raises ServerError where neither is had."""
    if installed := shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin"):
        return Path(installed), ""
    root = settings().home / "clamav"
    binary = root / "usr/sbin/clamd"
    if not binary.exists():
        if not debian.is_debian():
            raise ServerError("no clamd: install clamav-daemon")
        root.parent.mkdir(parents=True, exist_ok=True)
        debian.unpack(root, _PACKAGES)
    (libraries,) = {path.parent for path in root.glob("usr/lib/*/libclamav.so.*")}
    return binary, libraries


class PretendClamd:
    """Speaks clamd's protocol on a real socket; `answer` and `mood` are what a test wants.

    Moods: "well"; "hangs" and "dies" when it is to scan; "frozen" answers nothing at all, and
    "stopped" does not even read.
    """

    def __init__(self, *, answer=None, mood="well"):
        self._answer, self._mood = answer, mood
        self._folder = Path(tempfile.mkdtemp(prefix="muster-clamd-"))
        self._local = self._folder / "socket"
        self._is_over = asyncio.Event()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._local_server = await asyncio.start_unix_server(self._serve, self._local)
        host, port = self._server.sockets[0].getsockname()
        self.url, self.local_url = f"tcp://{host}:{port}", f"unix://{self._local}"
        return self

    async def __aexit__(self, *_):
        self._is_over.set()
        for server in (self._server, self._local_server):
            server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, EOFError):
            if self._mood == "stopped":
                await self._is_over.wait()
            command = await reader.readuntil(b"\0")
            if self._mood == "frozen":
                await reader.read()
            elif command == b"zPING\0":
                writer.write(b"PONG\0")
            elif command == b"zINSTREAM\0":
                writer.write(await self._scan(reader))
            await writer.drain()
        writer.close()

    async def _scan(self, reader):
        content = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
            if len(content) > LIMIT_BYTES:
                return b"INSTREAM size limit exceeded. ERROR\0"
            if self._mood == "dies":
                return b""
        if self._mood == "hangs":
            await reader.read()
        if self._answer is not None:
            return self._answer
        return b"stream: Eicar-Test FOUND\0" if content == EICAR else b"stream: OK\0"

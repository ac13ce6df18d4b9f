"""A virus scanner with one signature: the real clamd, and one that does what a test wants."""

import asyncio
import contextlib
import hashlib
import io
import os
import shutil
import socket
import struct
import tarfile
import tempfile
from pathlib import Path

from shared import clock
from shared.embedded import debian
from shared.embedded.process import GuardedProcess, ServerError, free_ports
from shared.settings import settings

# The harmless file by which scanners are tried out, in two parts so that none finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"
_SIGNATURE = b"44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n"
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
    """ClamAV's daemon with a database of one line and of this time."""

    def __init__(self, signatures_of=None):
        self._folder = Path(tempfile.mkdtemp(prefix="muster-clamd-"))
        (self._folder / "signatures").mkdir()
        database = _daily(signatures_of or clock.utc_now())
        (self._folder / "signatures" / "daily.cud").write_bytes(database)
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
            env={"LD_LIBRARY_PATH": str(libraries), "PATH": os.environ["PATH"], "TZ": "UTC"},
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


def _daily(at):
    """Write the daily database, whose date clamd tells, with our signature."""
    said = f"{at:%d %b %Y %H-%M +0000}:27500:1:90:{'0' * 32}:x:test:{int(at.timestamp())}"
    head = f"ClamAV-VDB:{said}"
    digest = hashlib.sha256(_SIGNATURE).hexdigest()
    info = f"{head}\ndaily.hdb:{len(_SIGNATURE)}:{digest}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in (("daily.info", info), ("daily.hdb", _SIGNATURE)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return head.encode().ljust(512) + packed.getvalue()


def version_of(at):
    """Say what clamd says of itself when its signatures are of this time."""
    return f"ClamAV 1.0.7/27500/{at:%a %b} {at.day:2} {at:%H:%M:%S %Y}\0".encode()


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
    """Speaks clamd's protocol on a real socket; `answer`, `version`, `mood` are as a test wants.

    Moods: "well"; "hangs" and "dies" when it is to scan; "frozen" answers nothing at all, and
    "stopped" does not even read. `asked` counts how often it was asked for its version.
    """

    def __init__(self, *, answer=None, version=None, mood="well"):
        self._answer, self._mood = answer, mood
        self.version, self.asked = version, 0
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
            elif command == b"zVERSION\0":
                self.asked += 1
                now = version_of(clock.utc_now())
                writer.write(now if self.version is None else self.version)
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

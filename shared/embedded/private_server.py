"""What every private server of ours can do, so that tests can do it to them."""

import fcntl
import os
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, Final, Self

from shared.embedded.process import GuardedProcess, ServerError, wait_for

_GUARD_SECONDS: Final = 15
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
_ROOM_BYTES: Final = 4 << 30


class PrivateServer(ABC):
    """A server on loopback with one owner, `muster`, and a random password.

    With a `folder` its data stays there and is picked up again, also after a crash; without one
    it is temporary. Address and password stay the same however often it is started again.
    """

    def __init__(self, folder: Path | None, *, is_durable: bool = True) -> None:
        self._is_temporary = folder is None
        within = None if is_durable else _in_memory()
        self._folder = (
            folder.absolute() if folder else Path(tempfile.mkdtemp(prefix="muster-", dir=within))
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._process: GuardedProcess | None = None
        self._lock: IO[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The owner's URL."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Name and version, to be printed."""

    @abstractmethod
    def start(self) -> Self:
        """Return once it answers."""

    def stop(self) -> None:
        """End it in good order."""
        if self._process:
            self._process.stop()
            self._process = None

    def kill(self) -> None:
        """End it and all its processes as a crash would."""
        if self._process:
            self._process.kill()
            self._process = None

    def restart(self) -> None:
        """Stop and start again on the same port and data."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Leave every connection open and answer nothing."""
        assert self._process
        self._process.freeze()

    def resume(self) -> None:
        """Go on after freeze()."""
        assert self._process
        self._process.resume()

    def close(self) -> None:
        """End it; what was temporary is removed and need not be ended in good order."""
        if self._is_temporary:
            self.kill()
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self.stop()
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        """Start it."""
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _claim_folder(self) -> None:
        """Make sure that no other process runs a server on this folder."""
        if self._lock:
            return
        lock = self._lock = (self._folder / "lock").open("wb")
        # A server whose parent was killed just now is still being ended by its guard.
        if not wait_for(lambda: _is_locked_by_us(lock), seconds=_GUARD_SECONDS):
            self.close()
            raise ServerError(f"{self._folder} is in use by another muster; end that one")

    def _password(self) -> str:
        kept = self._folder / "password"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(24))
        return kept.read_text()

    @property
    def _temporary_folder(self) -> Path | None:
        return self._folder if self._is_temporary else None


def _in_memory() -> Path | None:
    """Find a place that no disk slows down, if this machine has one with room to spare."""
    is_usable = os.access(_MEMORY, os.W_OK)
    return _MEMORY if is_usable and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES else None


def _is_locked_by_us(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

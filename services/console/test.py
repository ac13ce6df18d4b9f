"""`./muster test`: the tests, on servers that it brings up itself."""

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from services.console.project import PROJECT
from shared.embedded.process import ServerError
from shared.embedded.servers import Choice, Servers, servers
from shared.settings import settings

_TESTS: Final = PROJECT / "tests"
_NEED_NO_SERVERS: Final = ("architecture", "unit")
_NEED_SERVERS: Final = ("hostile", "integration", "faults", "journeys")
_ONLY_IF_ASKED: Final = ("bench", "containers")
_UNPROVEN: Final = 2
_GOODBYE_SECONDS: Final = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes; whatever it does not know is for pytest."""
    parser.usage = "muster test [KIND or PATH ...] [--servers CHOICE] [pytest arguments]"
    parser.description = (
        f"Kinds of tests: {', '.join((*_NEED_NO_SERVERS, *_NEED_SERVERS))}; "
        f"only if asked for: {', '.join(_ONLY_IF_ASKED)}. "
        "The exit code is 2 if something could not be proven on real servers."
    )
    parser.add_argument(
        "--servers",
        choices=[choice.value for choice in Choice],
        default=Choice.AUTO.value,
        help="auto takes AMQP_URL and DATABASE_URL, else Docker, else what this machine has, "
        "else Debian's packages",
    )
    parser.set_defaults(more=[])


def run(arguments: argparse.Namespace) -> int:
    """Run pytest as a child, so that it finds the servers in its environment."""
    places, more = _split(arguments.more)
    if all(place.relative_to(_TESTS).parts[0] in _NEED_NO_SERVERS for place in places):
        return _pytest(places, more, {})
    from services.console.given import refuse_inhabited  # and all workers, which takes seconds

    choice = Choice(arguments.servers)
    refuse_inhabited(choice)
    try:
        with servers(choice, is_durable=False) as real:
            return _pytest_on(real, places, more)
    except ServerError as error:
        if choice is not Choice.AUTO:
            raise
        missing = str(error)
    with servers(Choice.EMBEDDED, is_durable=False) as embedded:
        returncode = _pytest_on(embedded, places, more)
    print(f"Not proven on real servers: {missing}.", file=sys.stderr)
    return returncode or _UNPROVEN


def _split(words: list[str]) -> tuple[list[Path], list[str]]:
    """Take kinds and paths of tests from the front, all if none is named; the rest is pytest's."""
    places: list[Path] = []
    for word in words:
        place = _find(word)
        if place is None:
            break
        places.append(place)
    everything = [_TESTS / kind for kind in (*_NEED_NO_SERVERS, *_NEED_SERVERS)]
    return places or everything, words[len(places) :]


def _find(word: str) -> Path | None:
    """Find a kind, or a path to some of its tests, which may name one: `test_file.py::test_it`."""
    path, *_ = word.split("::")
    for place in (_TESTS / path, Path(path).absolute()):
        if not word.startswith("-") and place.is_relative_to(_TESTS) and place.exists():
            return Path(f"{place}{word.removeprefix(path)}")
    return None


def _pytest_on(running: Servers, places: list[Path], more: list[str]) -> int:
    print(f"Servers: {running.description}", flush=True)
    return _pytest(
        places,
        more,
        {
            "AMQP_URL": running.amqp_url,
            "DATABASE_URL": running.database_url,
            "MUSTER_SECRET": settings().secret or "test-secret",
        },
    )


def _pytest(places: list[Path], more: list[str], environment: dict[str, str]) -> int:
    """Run it to its end; on Ctrl-C it is interrupted as well, and says what it has."""
    child = subprocess.Popen(
        [sys.executable, "-m", "pytest", *map(str, places), *more],
        cwd=PROJECT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_GOODBYE_SECONDS)
        raise
    finally:
        child.kill()
        child.wait()

"""`./muster COMMAND`: runs the command, and says what to do about an error."""

import argparse
import asyncio
import inspect
import os
import signal
import sys
from functools import partial
from typing import Final

from services.console.commands import COMMANDS
from services.console.mistakes import USAGE_ERROR, unknown_command

_INTERRUPTED: Final = 130
_TERMINATED: Final = 143


def main(words: list[str]) -> int:
    """Run one command and return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # so that servers are ended
    parser = _parser(words[:1])
    arguments, more = parser.parse_known_args(words)
    if not words:
        parser.print_help()
        return USAGE_ERROR
    if more and "more" not in arguments:
        parser.error(f"unknown: {' '.join(more)} (see ./muster {words[0]} --help)")
    arguments.more = more
    try:
        code = arguments.run(arguments)
        return int(asyncio.run(code) if inspect.iscoroutine(code) else code)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has seen enough
        return 0
    except _environs_errors() as error:
        print(f"muster: {_told(error)}", file=sys.stderr)
        return 1
    except _expected_errors() as error:
        print(f"muster: {error}", file=sys.stderr)
        return USAGE_ERROR


def _told(error: Exception) -> str:
    if isinstance(error, _server_errors()):
        return _refused(error)
    if isinstance(error, ConnectionError | TimeoutError):
        return f"{str(error) or 'no answer'}. Are AMQP_URL and DATABASE_URL right?"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; name another, or put it there"
    return str(error)


def _parser(first: list[str]) -> argparse.ArgumentParser:
    """Build the command line of the command that comes first, else one that only lists them."""
    parser = argparse.ArgumentParser(
        prog="muster",
        description="Recruitment from advert to interview, driven by events.",
        epilog="start here: ./muster demo",
        formatter_class=partial(argparse.HelpFormatter, max_help_position=20),
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    chosen = first[0] if first else ""
    if chosen in COMMANDS:
        COMMANDS[chosen].add(chosen, commands)
    elif chosen and not chosen.startswith("-"):
        parser.error(unknown_command(chosen, COMMANDS))
    else:
        for name, command in COMMANDS.items():
            commands.add_parser(name, help=command.help)
    return parser


def _environs_errors() -> tuple[type[Exception], ...]:
    """List the errors of files, of the network and of servers."""
    return (OSError, OverflowError, *_server_errors())


def _server_errors() -> tuple[type[Exception], ...]:
    from services.console.refusals import SERVER_ERRORS

    return SERVER_ERRORS


def _refused(error: Exception) -> str:
    from services.console.refusals import told

    return told(error)


def _expected_errors() -> tuple[type[Exception], ...]:
    """List the errors whose message is meant for the person at the terminal."""
    from services.console.database import NoDatabase
    from services.console.publishing import NoBroker
    from services.simulator.run import NotFresh
    from services.simulator.world import Stalled
    from shared.calendar import BankHolidaysUnknownError, UnusableBankHolidays
    from shared.embedded.process import ServerError
    from shared.employers import UnusableTerms
    from shared.messaging.topology import DeclaredOtherwise
    from shared.postgres.migrate import MigrationError
    from shared.settings import UnusableSetting

    return (
        ServerError, NoDatabase, NoBroker, NotFresh, Stalled, MigrationError,
        BankHolidaysUnknownError, UnusableBankHolidays, UnusableTerms, DeclaredOtherwise,
        UnusableSetting,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

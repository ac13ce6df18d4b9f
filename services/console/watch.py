"""`./muster watch`: stage changes as they happen, resumable from any line."""

import argparse
import asyncio
import json
from typing import Final

from services.console import words
from services.console.changes import Change, Cursor, read_changes
from services.console.database import open_database
from services.console.mistakes import read_as, read_reference
from shared.contracts.applications import ApplicationStageChanged
from shared.postgres import Transaction

POLL_SECONDS: Final = 0.3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--vacancy", metavar="REF", type=read_reference, help="only this vacancy's applications"
    )
    parser.add_argument(
        "--since",
        metavar="CURSOR",
        type=read_as(Cursor.read, "is none; a cursor looks like 12345.678"),
        default=Cursor(),
        help="go on after the line that began with this cursor; without it, from the beginning",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--once", action="store_true", help="end when there is nothing more")


async def run(arguments: argparse.Namespace) -> int:
    """Print until interrupted or, with --once, until the present."""
    async with open_database() as database:
        await _follow(database, arguments)
    return 0


async def _follow(database: Transaction, arguments: argparse.Namespace) -> None:
    cursor: Cursor = arguments.since
    wanted: str | None = arguments.vacancy
    while True:
        changes = await read_changes(database, cursor, ApplicationStageChanged)
        for change in changes:
            cursor = change.cursor
            if wanted is None or getattr(change.event.data, "vacancy", None) == wanted:
                print(as_json(change) if arguments.json else as_text(change), flush=True)
        if not changes:
            if arguments.once:
                return
            await asyncio.sleep(POLL_SECONDS)


def as_text(change: Change) -> str:
    """Write a change for a person, its cursor first."""
    moved = change.event.data
    assert isinstance(moved, ApplicationStageChanged)
    previous = f"{words.plain(moved.previous)} -> " if moved.previous else ""
    at = words.minute(change.event.time)
    return (
        f"{change.cursor!s:<14} {at}  {moved.application:<12} {previous}{words.plain(moved.stage)}"
    )


def as_json(change: Change) -> str:
    """Write a change for a program."""
    moved = change.event.data
    assert isinstance(moved, ApplicationStageChanged)
    return json.dumps(
        {
            "cursor": str(change.cursor),
            "at": change.event.time.isoformat(),
            "application": moved.application,
            "vacancy": moved.vacancy,
            "previous": moved.previous,
            "stage": moved.stage,
            "sequence": moved.sequence,
        }
    )

"""`muster held`: the waiting room of every service, for the operator."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

from services.console import words
from services.console.database import open_database
from services.console.mistakes import USAGE_ERROR
from services.console.workers import SERVICES
from shared.contracts.envelope import EVENTS, envelope
from shared.messaging import held
from shared.postgres import Transaction

_SHOWN: Final = 100
Change: TypeAlias = Callable[[Transaction, Sequence[int]], Awaitable[object]]

# What a body may show of itself: never what a person wrote about themselves.
_OPEN_FIELDS: Final = frozenset(
    {
        "application", "closes_at", "decision", "documents_version", "employer", "id", "outcome",
        "replaced_at", "reviewed_at", "source", "specversion", "stage", "subject", "submitted_at",
        "time", "type", "vacancy", "version", "withdrawn_at",
    }
)  # fmt: skip


async def list_rows(arguments: argparse.Namespace) -> int:
    """List what waits, and why."""
    async with open_database() as tx:
        rows = [row for row in await _rows(tx) if _matches(row, arguments)]
    if arguments.json:
        print(json.dumps([_as_json(row) for row in rows], indent=2))
        return 0
    for row in rows[:_SHOWN]:
        line = (
            f"{_name(row):<20} {row['status']:<12} {row['reason']:<20} "
            f"attempts {row['attempts']}  {row['routing_key']}  since {row['first_held_at']:%F %R}"
        )
        print(words.fit(line))
    if len(rows) > _SHOWN:
        print(f"... and {len(rows) - _SHOWN} more; narrow down with --reason or --status")
    is_narrowed = arguments.status or arguments.reason
    print(f"{len(rows)} held" + (" of these" if is_narrowed else ""))
    return 0


async def show(arguments: argparse.Namespace) -> int:
    """Show one message with its body redacted."""
    async with open_database() as tx:
        rows = [row for row in await _rows(tx) if _name(row) == arguments.name]
        if not rows:
            return _not_found(arguments.name)
        async with _waiting_room(tx, rows[0]["service"]):
            body = await held.load_body(tx, rows[0]["number"])
    if body is None:  # handled meanwhile
        return _not_found(arguments.name)
    print(json.dumps(_as_json(rows[0]) | {"body": redacted(body)}, indent=2))
    return 0


async def replay(arguments: argparse.Namespace) -> int:
    """Send messages through their worker again."""
    return await _change(arguments, "replay", held.replay)


async def discard(arguments: argparse.Namespace) -> int:
    """Delete messages for good."""
    return await _change(arguments, "discard", held.discard)


async def _change(arguments: argparse.Namespace, verb: str, change: Change) -> int:
    async with open_database() as tx, tx.transaction():
        everything = await _rows(tx)
        rows = [row for row in everything if row["status"] == "quarantined"]
        if arguments.name:
            named = [row for row in everything if _name(row) == arguments.name]
            if not named:
                return _not_found(arguments.name)
            if named[0]["status"] != "quarantined":
                print(f"{arguments.name} is {named[0]['status']}: it goes on by itself")
                return 0
            rows = named
        elif arguments.reason:
            rows = [row for row in rows if row["reason"] == arguments.reason]
        else:
            print(f"Say which: a name, or --reason to {verb} all of one cause.", file=sys.stderr)
            return USAGE_ERROR
        for row in rows:
            print(f"{'would ' if arguments.dry_run else ''}{verb} {_name(row)} ({row['reason']})")
        if not arguments.dry_run:
            for service, own in groupby(rows, itemgetter("service")):
                async with _waiting_room(tx, service):
                    await change(tx, [row["number"] for row in own])
    print(f"{len(rows)} messages")
    return 0


async def _rows(tx: Transaction) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for service in SERVICES:
        async with _waiting_room(tx, service.name):
            rows += [row | {"service": service.name} for row in await held.browse(tx)]
    return rows


@asynccontextmanager
async def _waiting_room(tx: Transaction, service: str) -> AsyncIterator[None]:
    """See the tables of one service in the block; what comes after it names its own."""
    async with tx.transaction():
        await tx.execute(f"set local search_path = {service}, public")
        yield


def _matches(row: dict[str, Any], arguments: argparse.Namespace) -> bool:
    return (not arguments.reason or row["reason"] == arguments.reason) and (
        not arguments.status or row["status"] == arguments.status
    )


def _name(row: dict[str, Any]) -> str:
    return f"{row['service']}-{row['number']}"


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": _name(row)} | {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in row.items()
        if key != "number"
    }


def redacted(body: bytes) -> object:
    """Show a body's structure, with the values only of fields that say nothing of a person."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return f"{len(body)} bytes that are not JSON"
    return _redact(document, "")


def _redact(value: object, key: str) -> object:
    if isinstance(value, dict):
        shown = {k: _redact(v, k) for k, v in value.items() if k in _known_keys()}
        hidden = len(value) - len(shown)
        return shown | ({"(hidden keys)": hidden} if hidden else {})
    if isinstance(value, list):
        return [_redact(v, key) for v in value]
    return value if key in _OPEN_FIELDS else "(hidden)"


@cache
def _known_keys() -> frozenset[str]:
    """Name every field of the contract: any other key may be what a person wrote."""
    schemas = [envelope(payload).model_json_schema() for payload in EVENTS.values()]
    parts = [part for schema in schemas for part in (schema, *schema["$defs"].values())]
    return frozenset(key for part in parts for key in part.get("properties", ()))


def _not_found(name: str) -> int:
    print(f"Nothing called {name!r} is held; see `./muster held list`.", file=sys.stderr)
    return 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="list|show|replay|discard")
    listing = verbs.add_parser("list", help="what waits, and why")
    listing.add_argument("--status", choices=("retrying", "parked", "quarantined"))
    listing.add_argument("--reason", help="only this cause, such as id_conflict")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(act=list_rows)
    showing = verbs.add_parser("show", help="one message, its body redacted")
    showing.add_argument("name", help="such as intake-17")
    showing.set_defaults(act=show)
    for name, act, text in (
        ("replay", replay, "send quarantined messages through their worker again"),
        ("discard", discard, "delete quarantined messages for good"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("name", nargs="?", help="such as intake-17")
        verb.add_argument("--reason", help="all of one cause instead of one message")
        verb.add_argument("--dry-run", action="store_true", help="say what would happen")
        verb.set_defaults(act=act)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code

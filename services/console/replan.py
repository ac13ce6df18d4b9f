"""`./muster vacancy replan`: show old against new, and ask the vacancies worker to plan anew.

The worker alone owns timetables, and computes by its own files. What is shown is computed by this
machine's: they should be the same.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.console import words
from services.console.database import open_database
from services.console.mistakes import USAGE_ERROR, read_reference
from services.vacancies import decisions, storage
from services.vacancies.decisions import Replanned, Unusable
from shared.calendar import london_date
from shared.contracts.vacancies import VacancyReplanRequested
from shared.messaging.batch import Outcome
from shared.messaging.outbox import Outgoing, record
from shared.messaging.publisher import Publisher
from shared.postgres import Transaction
from shared.settings import settings

_NOT_ROUTED: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What planning one vacancy anew would move, or why it cannot be planned."""

    vacancy: str
    moves: dict[str, tuple[str, str]] = field(default_factory=dict)
    problem: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "reference", nargs="*", metavar="REF", type=read_reference,
        help="these vacancies instead of all whose review may still begin in time",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only show old against new")
    parser.add_argument("--by", metavar="WHO", help="the reference of whoever decides this")
    parser.add_argument("--because", metavar="WHY", help="for the record")
    parser.add_argument("--json", action="store_true", help="for a program")


async def run(arguments: argparse.Namespace) -> int:
    """Show what would move and, unless it is a dry run, ask for it."""
    if not arguments.dry_run and not (arguments.by and arguments.because):
        print("Say --by WHO and --because WHY, or --dry-run.", file=sys.stderr)
        return USAGE_ERROR
    if not arguments.dry_run and not settings().amqp_url:
        print(
            "Set AMQP_URL to the broker's URL for the operator, or say --dry-run.", file=sys.stderr
        )
        return USAGE_ERROR
    async with open_database() as tx:
        now: datetime = await tx.fetchval("select messaging.virtual_now()")
        outlooks = await look_ahead(tx, arguments.reference, now)
        known = [outlook.vacancy for outlook in outlooks]
        if unknown := sorted({*arguments.reference} - {*known}):
            print(f"there is no vacancy {', '.join(unknown)}", file=sys.stderr)
            return 1
        _print(outlooks, as_json=arguments.json)
        if arguments.dry_run:
            return 0
        requested = await _request(tx, known, arguments.by, arguments.because, now)
    publisher = Publisher(settings().amqp_url)
    try:
        confirmed = await publisher.publish(requested)
    finally:
        await publisher.close()
    if len(confirmed) < len(requested):
        print(
            "The broker did not confirm all: is AMQP_URL the operator's? If so, try again.",
            file=sys.stderr,
        )
        return 1
    return 0


async def look_ahead(tx: Transaction, vacancies: Sequence[str], now: datetime) -> list[Outlook]:
    """Compute what planning anew would move, by the files of this machine; change nothing."""
    async with tx.transaction():
        names = vacancies or await storage.find_unfinished(tx, london_date(now), now)
        plans = await storage.lock_plans(tx, names)
        announced = await storage.load_timetables(tx, names)
    outlooks = []
    for vacancy, plan in plans.items():
        match decisions.replan(plan):
            case Replanned(_, timetable):
                moves = words.moves(announced[vacancy], timetable)
                outlooks.append(Outlook(vacancy, moves))
            case Unusable(_, detail):
                outlooks.append(Outlook(vacancy, problem=detail))
    return outlooks


def _print(outlooks: Sequence[Outlook], *, as_json: bool) -> None:
    if as_json:
        found = [
            {
                "vacancy": one.vacancy,
                "moves": {
                    name: {"old": old, "new": new} for name, (old, new) in one.moves.items()
                },
                "problem": one.problem or None,
            }
            for one in outlooks
        ]
        print(json.dumps(found, indent=2))
        return
    for one in outlooks:
        print(f"{one.vacancy}: {one.problem or ('moves' if one.moves else 'nothing moves')}")
        for line in words.move_lines(one.moves):
            print(f"  {line}")
    print(f"{len(outlooks)} vacancies, {sum(bool(one.moves) for one in outlooks)} move")


async def _request(
    tx: Transaction, vacancies: Sequence[str], by: str, because: str, now: datetime
) -> list[Outgoing]:
    """Enter the requests into the history; they are published once that is committed."""
    outcome = Outcome(source="muster/console")
    for vacancy in vacancies:
        payload = VacancyReplanRequested(vacancy=vacancy, by=by, decided_at=now, rationale=because)
        outcome.announce(payload, because_of=f"{by} at {now.isoformat()}", now=now)
    async with tx.transaction():
        await tx.execute("set local search_path = vacancies, public")
        await record(tx, outcome, routed=_NOT_ROUTED)
    return [
        Outgoing(said.event.id, said.event.type, said.event.to_json())
        for said in outcome.announced
    ]

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
from services.console.deciding import Unanswerable, now_of, written_down
from services.console.mistakes import USAGE_ERROR, read_reference
from services.console.publishing import broker, publish
from services.vacancies import decisions, storage
from services.vacancies.decisions import Replanned, Unusable
from shared.calendar import london_date
from shared.contracts.vacancies import VacancyReplanRequested
from shared.messaging.batch import Outcome
from shared.messaging.outbox import record
from shared.postgres import Transaction

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
    parser.add_argument("--why", metavar="TEXT", help="for the record")
    parser.add_argument("--json", action="store_true", help="for a program")


async def run(arguments: argparse.Namespace) -> int:
    """Show what would move and, unless it is a dry run, ask for it."""
    if not arguments.dry_run and not (arguments.by and arguments.why):
        print("Say --by WHO and --why TEXT, or --dry-run.", file=sys.stderr)
        return USAGE_ERROR
    async with open_database() as tx:
        now = await now_of(tx)
        outlooks = await look_ahead(tx, arguments.reference, now)
        known = [outlook.vacancy for outlook in outlooks]
        if unknown := sorted({*arguments.reference} - {*known}):
            print(f"there is no vacancy {', '.join(unknown)}", file=sys.stderr)
            return 1
        _print(outlooks, as_json=arguments.json)
        if arguments.dry_run:
            return 0
        try:
            requests = [
                written_down(
                    VacancyReplanRequested,
                    vacancy=name, by=arguments.by, decided_at=now, rationale=arguments.why,
                )
                for name in known
            ]  # fmt: skip
        except Unanswerable as error:
            print(error, file=sys.stderr)
            return USAGE_ERROR
        broker()  # without one nobody has asked for anything
        await _record(tx, requests)
        await publish(requests)
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


async def _record(tx: Transaction, requests: Sequence[VacancyReplanRequested]) -> None:
    """Enter in the history who asks and why, which no worker keeps (F2).

    Before it is published: what the broker does not confirm may reach the worker all the same.
    """
    outcome = Outcome(source="muster/console")
    for request in requests:
        cause = f"{request.by} {request.decided_at.isoformat()}"
        outcome.announce(request, because_of=cause, now=request.decided_at)
    async with tx.transaction():
        await tx.execute("set local search_path = vacancies, public")
        await record(tx, outcome, routed=_NOT_ROUTED)

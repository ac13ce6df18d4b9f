"""`./muster eligibility correct`: lists every affected decision, changes it if told to (E21).

A suggestion that two applications are one person's is never taken for the truth: the others are
listed, and corrected only if a person names them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from services.console.affected import Affected, Change, as_json, lines
from services.console.database import open_database
from services.console.deciding import Unanswerable, now_of, written_down
from services.console.mistakes import USAGE_ERROR, read_reference
from services.console.publishing import publish
from services.eligibility import records, storage
from services.eligibility.decisions import Correction
from services.eligibility.departures import days_meant, days_perhaps_meant
from services.eligibility.verdicts import Judged, Standing, rejudge, what_stands
from shared.contracts.applications import Answer, Departure, LeavingDay, LeavingReason, ServiceKind
from shared.contracts.corrections import DeclarationCorrected
from shared.contracts.envelope import NAMESPACE
from shared.employers import terms_of
from shared.postgres import Transaction

_FIELDS: Final = {
    "left_on": ("DATE", None, "the day, month or year: 2019-03-03, 2019-03 or 2019"),
    "left_on_is": (None, LeavingDay, "which day that date is"),
    "reason": (None, LeavingReason, "why they left"),
    "compensated": (None, Answer, "whether compensation was awarded"),
    "repaid": (None, Answer, "whether they paid it back"),
    "service": (None, ServiceKind, "in what capacity they served"),
}

_ALIKE: Final = "select other, reasons from intake.likeness where application = $1 order by other"
_CONTEXT: Final = """
select a.application, a.stage, m.sent_at as told_at
from progress.application a left join notifications.message m
    on m.application = a.application and m.kind = 'not_eligible' and m.state = 'sent'
where a.application = any($1)
"""


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say what the command takes."""
    parser = verbs.add_parser(
        "correct",
        help="correct how somebody left, and see every decision that this affects",
        description="Show what a correction changes, in this application and in those that look "
        "like the same person's. Nothing is changed without --apply.",
        epilog="example: ./muster eligibility correct a-0017 --departure 1 --left-on 2019-03-03 "
        '--also a-0031 --apply --by recruiter-4 --why "The letter of release says so."',
        allow_abbrev=False,
    )
    parser.add_argument("application", metavar="APPLICATION", type=read_reference)
    parser.add_argument("--departure", type=int, default=1, metavar="N",
        help="which of the declared departures, counted from 1 (default: 1)")  # fmt: skip
    for name, (metavar, choices, text) in _FIELDS.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", dest=name, metavar=metavar, help=text,
            choices=[choice.value for choice in choices] if choices else None,
        )  # fmt: skip
    parser.add_argument("--also", action="append", default=[], type=read_reference, metavar="REF",
        help="another application that really is the same person's; may be repeated")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--apply", action="store_true", help="change it; needs --by and --why")
    parser.add_argument("--by", metavar="WHO", help="your reference, such as recruiter-4")
    parser.add_argument("--why", metavar="TEXT", help="how you know; kept with the decision")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """List what is affected; with --apply, publish the corrections."""
    try:
        _check(arguments)
        async with open_database() as database:
            now = await now_of(database)
            affected = await find_affected(database, arguments, now)
        decided = _decisions(affected, arguments, now) if arguments.apply else []
    except Unanswerable as error:
        print(f"muster: {error}", file=sys.stderr)
        return USAGE_ERROR
    applied = {one.application for one in decided}
    if not arguments.json:
        print("\n".join(lines(affected, {arguments.application, *arguments.also})))
    if decided:
        await publish(decided)
    if arguments.json:
        listed = [as_json(one, is_applied=one.application in applied) for one in affected]
        print(json.dumps(listed, indent=2, default=str))
    elif applied:
        print(f"Published for {len(applied)}: each is judged anew within seconds.")
    else:
        print("Nothing has been changed. Add --apply --by WHO --why TEXT to do it.")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if all(getattr(arguments, name) is None for name in _FIELDS):
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in _FIELDS)
        raise Unanswerable(f"say what is to be corrected: one or more of {flags}")
    if arguments.apply and not (arguments.by and arguments.why):
        raise Unanswerable("--apply needs --by WHO and --why TEXT: who decided this, and why")


async def find_affected(
    tx: Transaction, arguments: argparse.Namespace, now: datetime
) -> list[Affected]:
    """Judge anew, without storing it, this application and those that may be the same person's."""
    alike = {arguments.application: ()} | await _find_alike(tx, arguments.application)
    if strangers := set(arguments.also) - alike.keys():
        raise Unanswerable(
            f"{', '.join(sorted(strangers))}: does not look like the same person's application; "
            "correct it by a command of its own"
        )
    standing = await storage.lock_verdicts(tx, alike)  # outside a transaction: locks nothing
    if arguments.application not in standing:
        raise Unanswerable(
            f"{arguments.application}: no application of that reference has been judged; "
            "is the reference right?"
        )
    departures = standing[arguments.application].facts.early_departure.departures
    if not 1 <= arguments.departure <= len(departures):
        raise Unanswerable(
            f"{arguments.application} declares {len(departures)} departures, "
            f"so there is no --departure {arguments.departure}"
        )
    context = {row["application"]: row for row in await tx.fetch(_CONTEXT, list(standing))}
    acts = await records.load_acts(tx, standing)
    affected = []
    for application in (one for one in alike if one in standing):
        before, moved = standing[application], context.get(application)
        here = Affected(
            application, before, moved["stage"] if moved else None,
            moved["told_at"] if moved else None, alike[application],
        )  # fmt: skip
        numbers = _same(before, departures[arguments.departure - 1])
        if application == arguments.application:
            numbers = [arguments.departure]
        for which in numbers:
            corrected = _corrected(before, which, arguments)
            after = what_stands(_after(before, which, corrected, now), acts[application])
            affected.append(replace(here, change=Change(which, corrected, after)))
        if not numbers:
            affected.append(here)
    _check_also(arguments.also, affected)
    return affected


def _check_also(also: Sequence[str], affected: Sequence[Affected]) -> None:
    """Refuse to guess which departure of another application is meant."""
    listed = Counter(one.application for one in affected if one.change)
    for application in also:
        if not listed[application]:
            raise Unanswerable(f"{application}: declares no departure at that time")
        if listed[application] > 1:
            raise Unanswerable(
                f"{application}: declares several departures at that time; "
                "correct it by a command of its own, with --departure"
            )


async def _find_alike(tx: Transaction, application: str) -> dict[str, tuple[str, ...]]:
    if await tx.fetchval("select to_regclass('intake.likeness')") is None:
        return {}
    rows = await tx.fetch(_ALIKE, application)
    return {row["other"]: tuple(row["reasons"]) for row in rows}


def _same(standing: Standing, departure: Departure) -> list[int]:
    """Find the departures, counted from 1, of that date; else those that may be of that day."""
    days = days_perhaps_meant(departure.left_on)
    declared = list(enumerate(standing.facts.early_departure.departures, start=1))
    return [number for number, one in declared if one.left_on == departure.left_on] or [
        number for number, one in declared if days.overlaps(days_perhaps_meant(one.left_on))
    ]


def _corrected(standing: Standing, which: int, arguments: argparse.Namespace) -> Departure:
    declared = standing.facts.early_departure.departures[which - 1].model_dump(mode="json")
    given = {name: getattr(arguments, name) for name in _FIELDS}
    changes = {name: value for name, value in given.items() if value is not None}
    try:
        corrected = Departure.model_validate_json(json.dumps(declared | changes))
    except ValidationError:
        corrected = None
    is_dated = arguments.left_on is not None
    if corrected is None or (is_dated and days_meant(corrected.left_on) is None):
        raise Unanswerable(
            f"--left-on {arguments.left_on}: must be a day that exists, a month or a year, "
            "such as 2019-03-03, 2019-03 or 2019"
        )
    return corrected


def _after(standing: Standing, which: int, corrected: Departure, now: datetime) -> Judged:
    """Judge as the worker will."""
    terms = terms_of(standing.facts.employer).early_departure
    correction = Correction(NAMESPACE, which, corrected, now)
    return rejudge(standing.facts, [correction], terms)


def _decisions(
    affected: Sequence[Affected], arguments: argparse.Namespace, now: datetime
) -> list[DeclarationCorrected]:
    return [
        written_down(
            DeclarationCorrected, by=arguments.by, decided_at=now, rationale=arguments.why,
            application=one.application, vacancy=one.before.facts.vacancy,
            departure=one.change.departure, corrected=one.change.corrected,
        )
        for one in affected
        if one.change and one.application in {arguments.application, *arguments.also}
    ]  # fmt: skip

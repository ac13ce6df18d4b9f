"""`./muster application show REF` and `./muster vacancy show REF`; no name, no address."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from services.console import criteria, intake_record, summary, timeline, words
from services.console.database import open_database
from services.console.findings import load_picture
from services.console.mistakes import read_reference, say_unknown
from services.console.picture import VacancyPicture
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.postgres import Transaction

_SHOWN: Final = 10
_NONE: Final = "None is published yet: see ./muster vacancy read --help."
_ELIGIBILITY: Final = """
select outcome, reasons, working, eligible_from, submitted_on, is_by_person
from eligibility.explanations where application = $1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what both commands take."""
    parser.add_argument("reference", metavar="REF", type=read_reference)
    parser.add_argument("--json", action="store_true", help="for a program")


async def show_application(arguments: argparse.Namespace) -> int:
    """Show where an application stands, why, and how it came there."""
    async with open_database() as database:
        found = await find_application(
            database, arguments.reference, with_adjustments=arguments.adjustments
        )
    if found is None:
        say_unknown(
            "application",
            arguments.reference,
            "./muster vacancy show VACANCY lists those there are.",
        )
        return 1
    if arguments.json:
        print(
            json.dumps(
                found | {"timeline": [asdict(line) for line in found["timeline"]]},
                default=words.iso,
            )
        )
    else:
        print(words.fit(*_application_lines(found)))
    return 0


async def show_vacancy(arguments: argparse.Namespace) -> int:
    """Show what was promised of a vacancy, what happened, and who is where."""
    async with open_database() as database:
        vacancies = (await load_picture(database)).vacancies
        asking = await intake_record.find_asking(database, arguments.reference)
    vacancy = vacancies.get(arguments.reference)
    if vacancy is None:
        known = f"There are: {', '.join(sorted(vacancies)[:_SHOWN])}." if vacancies else _NONE
        say_unknown("vacancy", arguments.reference, known)
        return 1
    if arguments.json:
        print(json.dumps(_vacancy(vacancy, asking), default=words.iso))
    else:
        print("\n".join(vacancy_lines(vacancy, asking)))
    return 0


async def find_application(
    tx: Transaction, reference: str, *, with_adjustments: bool = False
) -> dict[str, Any] | None:
    """Collect what is known of an application: it may only wait, and have no stage yet."""
    events = await timeline.load_events(tx, reference)
    moves = [e.data for e in events if isinstance(e.data, ApplicationStageChanged)]
    record = await intake_record.load(tx, reference, with_adjustments=with_adjustments)
    if not moves and record is None:
        return None
    latest = max(moves, key=lambda move: move.sequence, default=None)
    eligibility = await tx.fetchrow(_ELIGIBILITY, reference)
    return {
        "application": reference,
        "vacancy": latest.vacancy if latest else (record or {}).get("vacancy"),
        "stage": latest.stage if latest else None,
        "intake": record,
        "eligibility": dict(eligibility) if eligibility else None,
        "criteria": await criteria.find_criteria(tx, reference),
        "timeline": timeline.lines(events),
    }


def _application_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"Application {found['application']} for vacancy {found['vacancy'] or 'unknown as yet'}"
    yield f"Stage: {words.plain(found['stage'] or 'none yet')}"
    if found["eligibility"]:
        who = ", decided by a person" if found["eligibility"]["is_by_person"] else ""
        yield f"Eligibility: {words.plain(found['eligibility']['outcome'])}{who}"
        yield from (f"  {line}" for line in words.wrapped(found["eligibility"]["working"]))
    if found["intake"]:
        yield from intake_record.lines(found["intake"])
    if found["criteria"]:
        yield "What the advert requires, as people judged it (nothing follows by itself):"
        yield from (f"  {line}" for line in criteria.lines(found["criteria"]))
    yield "Timeline:"
    yield from (f"  {line}" for line in summary.timeline_lines(found["timeline"]))


def _vacancy(vacancy: VacancyPicture, asking: Sequence[str]) -> dict[str, Any]:
    return {
        "vacancy": vacancy.vacancy,
        "promised": vacancy.timetable.model_dump(mode="json") if vacancy.timetable else None,
        "changes": [
            {
                "version": version,
                "at": at,
                "moves": {name: {"old": old, "new": new} for name, (old, new) in moves.items()},
            }
            for version, at, moves in _changes(vacancy)
        ],
        "closed_at": vacancy.closed_at,
        "review_opened_at": vacancy.review_opened_at,
        "review_completed_at": vacancy.review_completed_at,
        "first_interview_at": vacancy.first_interview_at,
        "stages": {stage: vacancy.at(stage) for stage in Stage if vacancy.at(stage)},
        "ask_for_adjustment": asking,
    }


def _changes(
    vacancy: VacancyPicture,
) -> Iterator[tuple[int, datetime, dict[str, tuple[str, str]]]]:
    """Set each version of the timetable against the one before: when, and what moved."""
    versions = [vacancy.timetables[version] for version in sorted(vacancy.timetables)]
    for (_, old), (at, new) in pairwise(versions):
        yield new.version, at, words.moves(old, new)


def vacancy_lines(vacancy: VacancyPicture, asking: Sequence[str]) -> Iterator[str]:
    """Write what was promised and changed, who is where and who needs an adjustment."""
    yield from words.fitted(_vacancy_lines(vacancy, asking))


def _vacancy_lines(vacancy: VacancyPicture, asking: Sequence[str]) -> Iterator[str]:
    yield summary.title(vacancy)
    yield from (f"  {line}" for line in summary.promises(vacancy))
    for version, at, moves in _changes(vacancy):
        yield f"Changed {words.minute(at)} (version {version}):"
        yield from (f"  {line}" for line in words.move_lines(moves))
    yield "Applications:"
    for stage in Stage:
        names = vacancy.at(stage)
        if names:
            yield f"  {words.plain(stage)} ({len(names)})"
            yield f"    {' '.join(names)}"
    if asking:
        yield f"Wrote what adjustment they need ({len(asking)}): {' '.join(asking)}"
        yield "  to read it: ./muster application show REF --adjustments"

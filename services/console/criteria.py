"""`muster criteria`: what an advert prints as required, and what people found (K6 to K15)."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any, Final

from services.console import words
from services.console.database import open_database
from services.console.deciding import add_decider, decide, now_of
from services.console.experience import in_years, months_of, read_span
from services.console.mistakes import USAGE_ERROR, read_day, read_reference, refuse_unknown
from shared.contracts.criteria import CriterionFinding, CriterionJudged
from shared.postgres import Transaction

_PRINTED: Final = """
select v.vacancy, c ->> 'key' as criterion, c ->> 'kind' as kind, c ->> 'text' as text,
       (c ->> 'is_essential')::boolean as is_essential, c ->> 'level' as level,
       j.part, j.finding, j.found_in, j.is_equivalent, j.current_on, j.judged_by, j.decided_at,
       j.rationale
from progress.application p
join vacancies.advert v using (vacancy)
cross join jsonb_array_elements(v.criteria) with ordinality as printed (c, position)
left join (
    select distinct on (application, criterion, part) *
    from eligibility.criterion_judgement
    order by application, criterion, part, decided_at desc, judged_by
) as j on j.application = p.application and j.criterion = c ->> 'key'
where p.application = $1
order by position, j.part
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="list|judge|years")
    listing = verbs.add_parser("list", help="what is required, and what was found")
    listing.add_argument("reference", metavar="REF", type=read_reference, help="an application")
    listing.add_argument("--json", action="store_true", help="for a program")
    listing.set_defaults(act=list_criteria)
    judging = verbs.add_parser(
        "judge",
        help="record what you found; nothing follows from it by itself",
        epilog="example: ./muster criteria judge a-0017 years --finding met "
        '--found-in "CV, page 2" --by tom-4 --why "4.0 years, overlaps counted once."',
    )
    judging.add_argument("reference", metavar="REF", type=read_reference, help="an application")
    judging.add_argument("criterion", metavar="KEY", type=read_reference, help="see criteria list")
    judging.add_argument(
        "--finding", required=True,
        choices=[finding.replace("_", "-") for finding in CriterionFinding],
    )  # fmt: skip
    judging.add_argument("--found-in", required=True, metavar="PLACE", help="such as CV, page 2")
    judging.add_argument(
        "--part", type=read_reference, metavar="FACT",
        help="one of several facts in it, such as full or clean of a licence",
    )  # fmt: skip
    judging.add_argument(
        "--equivalent", action="store_true", help="accepted as equivalent; --why is the note"
    )
    judging.add_argument("--current-on", type=read_day, metavar="DAY", help="the day it was true")
    add_decider(judging)
    judging.set_defaults(act=judge)
    counting = verbs.add_parser(
        "years",
        help="count months of experience, overlapping jobs once",
        epilog="example: ./muster criteria years 2019-01..2021-06 2020-03..2023-12",
    )
    counting.add_argument("spans", nargs="+", metavar="FROM..TO")
    counting.add_argument("--json", action="store_true", help="for a program")
    counting.set_defaults(act=years)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code


async def list_criteria(arguments: argparse.Namespace) -> int:
    """List every printed requirement with what was found about it."""
    async with open_database() as tx:
        if await refuse_unknown(tx, arguments.reference):
            return 1
        rows = await find_criteria(tx, arguments.reference)
    if arguments.json:
        print(json.dumps(rows, indent=2, default=words.iso))
        return 0
    for line in lines(rows):
        print(words.fit(line))
    if not rows:
        print("No requirement was published with the vacancy, so none is judged (K15).")
    return 0


async def judge(arguments: argparse.Namespace) -> int:
    """Publish what a person found."""
    async with open_database() as tx:
        if await refuse_unknown(tx, arguments.reference):
            return 1
        rows, now = await find_criteria(tx, arguments.reference), await now_of(tx)
    fitting = [row for row in rows if row["criterion"] == arguments.criterion]
    if not fitting:
        known = ", ".join(dict.fromkeys(row["criterion"] for row in rows)) or "none"
        print(
            f"The vacancy has no requirement {arguments.criterion}; it has: {known}.",
            file=sys.stderr,
        )
        return 1
    return await decide(
        CriterionJudged,
        application=arguments.reference,
        vacancy=fitting[0]["vacancy"],
        criterion=arguments.criterion,
        part=arguments.part,
        finding=CriterionFinding(arguments.finding.replace("-", "_")),
        found_in=arguments.found_in,
        is_equivalent=arguments.equivalent,
        current_on=arguments.current_on,
        by=arguments.by,
        decided_at=now,
        rationale=arguments.why,
    )


async def years(arguments: argparse.Namespace) -> int:
    """Say how long; whether it is relevant is for a person (K6)."""
    try:
        months = months_of(map(read_span, arguments.spans))
    except ValueError as error:
        print(error, file=sys.stderr)
        return USAGE_ERROR
    if arguments.json:
        print(json.dumps({"months": months}))
    else:
        print(f"{in_years(months)}; a month begun counts, overlapping jobs count once")
    return 0


async def find_criteria(tx: Transaction, application: str) -> list[dict[str, Any]]:
    """Load what the advert prints, with the judgements that stand; empty if it prints none."""
    return [dict(row) for row in await tx.fetch(_PRINTED, application)]


def lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Write requirements and findings, line by line."""
    for row in rows:
        kind = "a duty, no test of entry" if row["kind"] == "duty" else words.plain(row["kind"])
        part = f" ({row['part']})" if row["part"] else ""
        yield f"{row['criterion']}{part}: {row['text']} [{kind}]"
        if row["finding"] is None:
            yield "  not judged yet"
            continue
        on = f", true on {words.day(row['current_on'])}" if row["current_on"] else ""
        equal = ", as equivalent" if row["is_equivalent"] else ""
        yield (
            f"  {words.plain(row['finding'])}{equal}{on}: {row['found_in']}. {row['rationale']} "
            f"({row['judged_by']}, {words.minute(row['decided_at'])})"
        )

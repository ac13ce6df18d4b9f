"""`./muster application show|alike`: one application's record, and who may be one person."""

import argparse
import json
from typing import Any, Final

from services.console import show, words
from services.console.database import open_database
from services.console.mistakes import read_reference
from shared.postgres import Transaction

_MEMBERS_SHOWN: Final = 20
_GROUPS_SHOWN: Final = 100

_ALIKE: Final = f"""
select array_agg(reason order by reason) as reasons, size, members from (
    select reason, count(*) as size,
        (array_agg(application || ' for ' || vacancy order by application))[1:{_MEMBERS_SHOWN}]
            as members
    from (
        select 'same_email' as reason, email_mark as mark, application, vacancy
        from intake.application
        union all
        select 'same_name_and_phone', person_mark, application, vacancy
        from intake.application where person_mark is not null
        union all
        select distinct 'same_cv', decode(sha256, 'hex'), application, vacancy
        from intake.document join intake.application using (application)
        where role in ('cv', 'combined')
    ) as marked
    group by reason, mark
    having count(*) > 1 and ($1::text is null or bool_or(vacancy = $1))
) as alike
group by size, members order by size desc, members
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="show|alike")
    showing = verbs.add_parser(
        "show",
        help="one application's whole record, with the working of its verdict",
        epilog="example: ./muster application show a-0017",
    )
    show.add_arguments(showing)
    showing.add_argument(
        "--adjustments",
        action="store_true",
        help="also what adjustment the candidate needs, in their own words: personal data",
    )
    showing.set_defaults(act=show.show_application)
    alike = verbs.add_parser(
        "alike",
        help="applications that may be of one person, or share a CV: nothing is merged",
        epilog="example: ./muster application alike --vacancy 12345",
    )
    alike.add_argument(
        "--vacancy",
        metavar="REF",
        type=read_reference,
        help="only who applied for this vacancy, among others perhaps",
    )
    alike.add_argument("--json", action="store_true", help="for a program")
    alike.set_defaults(act=list_alike)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code


async def list_alike(arguments: argparse.Namespace) -> int:
    """List groups that share an address, a name and telephone number, or a CV."""
    async with open_database() as tx:
        groups = await find_alike(tx, arguments.vacancy)
    if arguments.json:
        print(json.dumps(groups))
        return 0
    for group in groups[:_GROUPS_SHOWN]:
        reasons = " and ".join(map(words.plain, group["reasons"]))
        more = group["size"] - len(group["members"])
        print(f"{reasons}: {', '.join(group['members'])}" + (f" and {more} more" if more else ""))
    if len(groups) > _GROUPS_SHOWN:
        print(f"... and {len(groups) - _GROUPS_SHOWN} more; narrow down with --vacancy")
    noun = "group" if len(groups) == 1 else "groups"
    print(f"{len(groups)} {noun} of applications that may be of one person, or share a CV")
    return 0


async def find_alike(tx: Transaction, vacancy: str | None) -> list[dict[str, Any]]:
    """Find the groups, largest first, each with its size and its first members."""
    return [dict(row) for row in await tx.fetch(_ALIKE, vacancy)]

"""`muster challenges`: what candidates say against a rejection, and a person's decision (E20)."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from services.console import words
from services.console.database import open_database
from services.console.deciding import add_decider, add_seen, decide, now_of, refuse_unseen
from services.console.mistakes import read_reference, refuse_unknown, refuse_unknown_vacancy
from services.console.questions import token_of
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeDecided, ChallengeOutcome
from shared.contracts.checks import EligibilityOutcome

_CHALLENGES: Final = """
select application, c.vacancy, c.number, challenged_at, c.decide_by, c.is_late,
       c.overdue_at is not null as is_overdue, d.outcome, d.decided_by, d.decided_at,
       v.outcome as verdict, p.stage
from eligibility.challenge c
join eligibility.challenges d using (application, challenged_at)
left join eligibility.verdict v using (application)
left join progress.application p using (application)
order by c.decide_by, application, c.number
"""

_INSTEAD: Final[Mapping[str | None, str]] = {
    Stage.REFUSED: "It was refused as late. Do not dismiss the challenge yet if the candidate is "
    "right: a later closing (`vacancy.amended`) lets in everybody who applied by then; if "
    "`submitted_at` itself was wrong, the careers site sends the application anew, under a new "
    "reference.",
    Stage.NOT_SUCCESSFUL: "The hiring manager declined it and the review is complete, after which "
    "no other decision is taken.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="list|decide")
    listing = verbs.add_parser("list", help="challenges that wait, the most urgent first")
    listing.add_argument("--vacancy", metavar="REF", type=read_reference)
    listing.add_argument("--all", action="store_true", help="the decided ones too")
    listing.add_argument("--json", action="store_true", help="for a program")
    listing.set_defaults(act=list_challenges)
    deciding = verbs.add_parser(
        "decide",
        help="uphold or dismiss one; its grounds: ./muster referrals show REF",
        description="Upholds or dismisses one challenge, whose grounds ./muster referrals show "
        "REF shows. The first decision on it stands; after a dismissal the candidate may "
        "challenge again.",
        epilog="example: ./muster challenges decide a-0017 --seen 3f9a02c1 --outcome upheld "
        '--by tom-4 --why "No compensation was ever paid."',
    )
    deciding.add_argument("reference", metavar="REF", type=read_reference)
    add_seen(deciding)
    deciding.add_argument(
        "--outcome", required=True, choices=[outcome.value for outcome in ChallengeOutcome]
    )
    add_decider(deciding)
    deciding.set_defaults(act=decide_challenge)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code


async def list_challenges(arguments: argparse.Namespace) -> int:
    """List challenges, and until when a person should decide each."""
    async with open_database() as tx:
        if await refuse_unknown_vacancy(tx, arguments.vacancy):
            return 1
        rows = [dict(row) for row in await tx.fetch(_CHALLENGES)]
    shown = [
        row
        for row in rows
        if arguments.vacancy in (None, row["vacancy"]) and (arguments.all or not row["outcome"])
    ]
    if arguments.json:
        print(json.dumps(shown, indent=2, default=words.iso))
        return 0
    for row in shown:
        print(words.fit(_in_words(row)))
    print(f"{len(shown)} challenges")
    return 0


async def decide_challenge(arguments: argparse.Namespace) -> int:
    """Publish a person's decision on a challenge that is open and was seen."""
    application, outcome = arguments.reference, ChallengeOutcome(arguments.outcome)
    async with open_database() as tx:
        if await refuse_unknown(tx, application):
            return 1
        rows = [dict(row) for row in await tx.fetch(_CHALLENGES)]
        now = await now_of(tx)
    mine = [row for row in rows if row["application"] == application]
    waiting = [row for row in mine if row["outcome"] is None]
    if not waiting:
        why = [_in_words(row) for row in mine] or [f"there is no challenge about {application}"]
        print("Nothing is changed: " + "; ".join(why), file=sys.stderr)
        return 1
    seen = [row for row in waiting if _token(row) == arguments.seen]
    if not seen:
        return refuse_unseen(application)
    [row] = seen
    if outcome is ChallengeOutcome.UPHELD and row["verdict"] != EligibilityOutcome.REJECTED:
        print(words.fit(why_not_upheld(application, row["stage"])), file=sys.stderr)
        return 1
    return await decide(
        ChallengeDecided,
        application=row["application"],
        vacancy=row["vacancy"],
        challenged_at=row["challenged_at"],
        outcome=outcome,
        by=arguments.by,
        decided_at=now,
        rationale=arguments.why,
    )


def why_not_upheld(application: str, stage: str | None) -> str:
    """Say why there is nothing to reverse where an application stands, and what to do instead."""
    return (
        f"{application} has no rejection by the eligibility rules that could be reversed. "
        f"{_INSTEAD.get(stage, 'It was put back already, or never rejected.')} It can only be "
        f"dismissed here; see ./muster application show {application}."
    )


def _token(row: dict[str, Any]) -> str:
    return token_of("challenge", row["challenged_at"])


def _in_words(row: dict[str, Any]) -> str:
    state = f"to be decided by {words.day(row['decide_by'])}"
    if row["outcome"]:
        at = words.minute(row["decided_at"])
        state = f"{row['outcome']} by {row['decided_by']} at {at}"
    elif row["is_overdue"]:
        state += ", OVERDUE"
    late = ", came late" if row["is_late"] else ""
    return (
        f"{row['application']} number {row['number']}, made {words.minute(row['challenged_at'])}"
        f"{late}: {state}"
    )

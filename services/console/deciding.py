"""Publishing what a person decided, for the worker that owns the question."""

import argparse
import sys
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from services.console.mistakes import USAGE_ERROR, in_our_words, read_reference
from services.console.publishing import publish
from shared.contracts import FromPeople
from shared.postgres import Transaction

_OPTIONS: Final = {"by": "--by", "rationale": "--why", "found_in": "--found-in"}
D = TypeVar("D", bound=FromPeople)


class Unanswerable(Exception):  # noqa: N818 - it names what the wish is
    """What was typed cannot become a decision; says which part of it, and what to do."""


def add_decider(parser: argparse.ArgumentParser) -> None:
    """Ask who decides, and why (F2)."""
    parser.add_argument("--by", required=True, metavar="WHO", help="who decides; such as tom-4")
    parser.add_argument(
        "--why",
        required=True,
        metavar="TEXT",
        help="the reason; a candidate whom the decision concerns may be told it word for word",
    )


def add_seen(parser: argparse.ArgumentParser) -> None:
    """Ask which question was looked at, so that none is answered unseen."""
    parser.add_argument(
        "--seen",
        required=True,
        metavar="TOKEN",
        type=read_reference,
        help="the question that you saw; `./muster referrals show REF` prints it with the command",
    )


def refuse_unseen(application: str) -> int:
    """Say that what is asked now is not what was seen; return the command's exit code."""
    print("Nothing is changed: the question has changed since you saw it.", file=sys.stderr)
    print(f"Look again with ./muster referrals show {application}", file=sys.stderr)
    return 1


async def now_of(tx: Transaction) -> datetime:
    """Tell the present by the database's clock, which the workers go by."""
    now: datetime = await tx.fetchval("select messaging.virtual_now()")
    return now


def written_down(decision: type[D], **fields: Any) -> D:  # noqa: ANN401 - the event's own
    """Make a decision of what was typed. Raises Unanswerable, naming the option."""
    try:
        return decision(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = str(first["loc"][0]) if first["loc"] else "this"
        raise Unanswerable(f"{_OPTIONS.get(where, where)}: {in_our_words(first)}") from None


async def decide(decision: type[D], **fields: Any) -> int:  # noqa: ANN401 - the event's own
    """Publish a decision and wait for the broker's word; return the command's exit code.

    Raises NoBroker.
    """
    try:
        payload = written_down(decision, **fields)
    except Unanswerable as error:
        print(error, file=sys.stderr)
        return USAGE_ERROR
    await publish([payload])
    print(f"Decided. See what comes of it: ./muster application show {payload.subject}")
    return 0

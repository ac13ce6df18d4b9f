"""`muster letters`: what candidates were not told, or perhaps not, and telling them after all."""

import argparse
import json
import sys
from typing import Any, Final

from services.console import words
from services.console.database import open_database
from services.console.mistakes import (
    USAGE_ERROR,
    read_as,
    read_reference,
    refuse_unknown,
    refuse_unknown_vacancy,
)
from services.notifications.letters import Claim, State
from services.notifications.rendering import Letterhead, message_id
from shared.contracts.notifications import MessageKind
from shared.postgres import Transaction
from shared.settings import settings

_FAILED: Final = {State.REFUSED, State.UNKNOWN}
_WHY: Final = {
    "no contact": "the application is not known",
    "not composed": "it could not be written; see the worker's log",
    "sender died": "its sender died before the mail server's answer was recorded",
    "interview past": "the interview that it books is past",
    "wrong vacancy": "its application is for another vacancy: tell the candidate, no command can",
    "timetable": "the closing by which it is in time, or late, is not known",
    "news": "the rejection was taken back or decided anew, and that news has not come",
    "cancellation": "its way has ended, and that its interview is cancelled is not known",
    "way back": "the letter that takes a rejection back has to go first, and has not",
}
_read_kind: Final = read_as(
    lambda text: MessageKind(text.strip().replace("-", "_")),
    "is no kind of letter; ./muster letters list shows how they are written",
)

_LETTERS: Final = """
select m.application, m.vacancy, m.kind, m.version as number, m.state, m.detail, m.attempts,
    coalesce(greatest(failed.at, m.sent_at), m.planned_at) as since
from notifications.message m
left join lateral (
    select max((said.event ->> 'time')::timestamptz) as at
    from messaging.history h, lateral (select convert_from(h.body, 'UTF8')::jsonb) as said (event)
    where h.subject = m.application and h.type = 'notification.failed.v1'
        and said.event #>> '{data,kind}' = m.kind
        and said.event #>> '{data,version}' = m.version::text
) as failed on true
where $1::text is null and m.state in ('refused', 'unknown') or m.application = $1
order by since, m.application, m.kind, m.version
"""

# What a sender is just recording is waited for.
_HOLD_STILL: Final = """
select from notifications.message where application = $1 order by number for update
"""

# `attempts` goes on: who sent it before may not say any more how it ended.
_QUEUE: Final = """
update notifications.message
set state = 'queued', detail = null, retry_at = null, first_put_off_at = null
where (application, kind, version) = ($1, $2, $3) and state in ('refused', 'unknown')
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="list|send-again")
    listing = verbs.add_parser(
        "list",
        help="letters refused or of unknown end, the oldest first",
        description="Each letter's Message-ID, by which the mail server can be asked whether it "
        "took it, ends in the domain of the workers' MAIL_FROM: set the same here, or ask by the "
        "part before the @ alone.",
    )
    listing.add_argument("--vacancy", metavar="REF", type=read_reference)
    listing.add_argument(
        "--application", metavar="REF", type=read_reference, help="all letters of this one"
    )
    listing.add_argument("--json", action="store_true", help="for a program")
    listing.set_defaults(act=list_letters)
    sending = verbs.add_parser(
        "send-again",
        help="queue a letter again, once its cause is mended",
        description="Queues a letter again: it says what is true when it goes, and if it is "
        "untrue by then it does not go. One of unknown end may arrive twice: ask the mail server "
        "first whether it took it, by the Message-ID that `list` shows.",
        epilog="example: ./muster letters send-again a-0017 --kind invitation",
    )
    sending.add_argument("reference", metavar="REF", type=read_reference)
    sending.add_argument("--kind", required=True, type=_read_kind, help="as it is listed")
    sending.add_argument("--number", type=int, help="if one application has several")
    sending.add_argument("--dry-run", action="store_true", help="say what would happen")
    sending.set_defaults(act=send_again)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code


async def list_letters(arguments: argparse.Namespace) -> int:
    """List the letters that only a person can send again, since when, and why they failed."""
    async with open_database() as tx:
        if await refuse_unknown_vacancy(tx, arguments.vacancy):
            return 1
        if arguments.application and await refuse_unknown(tx, arguments.application):
            return 1
        letters = await _load(tx, arguments.application)
    shown = [one for one in letters if arguments.vacancy in (None, one["vacancy"])]
    if arguments.json:
        print(json.dumps([_as_json(one) for one in shown], indent=2))
        return 0
    for one in shown:
        told = f"{_name(one)}: {_how(one)}; since {words.minute(one['since'])}"
        print(words.fit(told, f"  Message-ID {_message_id(one)}"))
    print(f"{len(shown)} letter" + ("" if len(shown) == 1 else "s"))
    return 0


async def send_again(arguments: argparse.Namespace) -> int:
    """Put a letter back into the queue; it keeps its Message-ID and counts its attempts on."""
    async with open_database() as tx, tx.transaction():
        if await refuse_unknown(tx, arguments.reference):
            return 1
        await tx.execute(_HOLD_STILL, arguments.reference)
        mine = [
            one
            for one in await _load(tx, arguments.reference)
            if one["kind"] == arguments.kind and arguments.number in (None, one["number"])
        ]
        failed = [one for one in mine if one["state"] in _FAILED]
        if not failed:
            why = [f"{_name(one)} {_how(one)}" for one in mine]
            none = f"{arguments.reference} has no letter {_plain(arguments.kind)}"
            print(words.fit("Nothing is changed: " + "; ".join(why or [none])), file=sys.stderr)
            return 1
        if len(failed) > 1:
            which = "; ".join(map(_name, failed))
            print(words.fit(f"Say which with --number: {which}"), file=sys.stderr)
            return USAGE_ERROR
        [one] = failed
        if not arguments.dry_run:
            await tx.execute(_QUEUE, one["application"], one["kind"], one["number"])
    print(f"{'Would be queued' if arguments.dry_run else 'Queued'} again: {_name(one)}")
    if one["state"] == State.UNKNOWN:
        print("It may arrive twice: nobody knows whether it went the first time.")
    print(f"See what comes of it: ./muster application show {one['application']}")
    return 0


async def _load(tx: Transaction, application: str | None = None) -> list[dict[str, Any]]:
    """Load all letters of an application, or of everybody those that failed."""
    return [dict(row) for row in await tx.fetch(_LETTERS, application)]


def _name(letter: dict[str, Any]) -> str:
    return f"{letter['application']} {_plain(letter['kind'])} number {letter['number']}"


def _how(letter: dict[str, Any]) -> str:
    """Say how a letter stands, and why."""
    if letter["state"] == State.OVERTAKEN:
        return f"is overtaken, {letter['detail']}"
    if letter["state"] not in _FAILED:
        return f"is {letter['state']}"
    return f"{letter['state']}, {_why(letter['detail'])}"


def _why(detail: str) -> str:
    """Put a cause into words: a reply code, one of ours, or how the connection failed."""
    if detail.isdecimal():
        return f"the mail server answered {detail}"
    return _WHY.get(detail, f"the connection ended ({detail})")


def _as_json(letter: dict[str, Any]) -> dict[str, Any]:
    told = {key: letter[key] for key in ("application", "vacancy", "kind", "number", "state")}
    why = _why(letter["detail"]) if letter["state"] in _FAILED else letter["detail"]
    since = letter["since"].isoformat()
    return told | {"since": since, "why": why, "message_id": _message_id(letter)}


def _message_id(letter: dict[str, Any]) -> str:
    """Tell what its sender puts there; it is the same in every attempt."""
    fields = ("application", "vacancy", "kind", "number", "attempts")
    return message_id(Claim(*(letter[field] for field in fields)), Letterhead.of(settings()))


def _plain(kind: str) -> str:
    return kind.replace("_", "-")

"""`muster referrals`: the questions that wait for a person, and answering them."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.console import words
from services.console.conflicts import DECLARED
from services.console.database import open_database
from services.console.deciding import add_decider, add_seen, decide, now_of, refuse_unseen
from services.console.mistakes import (
    USAGE_ERROR,
    read_reference,
    refuse_unknown,
    refuse_unknown_vacancy,
)
from services.console.questions import (
    IF_NOBODY_ACTS,
    Answered,
    Question,
    load_answers,
    load_questions,
)
from shared.contracts.referrals import ANSWERS, ReferralAnswer, ReferralKind, ReferralResolved

_EXAMPLE: Final = (
    "example: ./muster referrals resolve a-0017 --kind eligibility --seen 3f9a02c1 "
    '--answer eligible --by tom-4 --why "The scheme began a day later."'
)

_WHAT_STANDS: Final = (
    "The first answer stands. One about eligibility ends only where what was declared is "
    "corrected afterwards, and `not-eligible` also by a challenge that is upheld; `accept` cannot "
    "be taken back. No answer rejects anybody for documents. After the closing `return` asks the "
    "candidate nothing: the last complete version counts, and where there is none only `accept` "
    "moves the application on."
)
_NOTHING_TO_RETURN: Final = (
    "Nothing is changed: the closing is past and no version of the documents was complete, so "
    "`return` would ask the candidate nothing and the question would be listed again. Only "
    "`accept` moves the application on; a later closing (`vacancy.amended`) lets the candidate "
    "send others."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    verbs = parser.add_subparsers(required=True, metavar="list|show|resolve")
    listing = verbs.add_parser("list", help="every question that waits, the oldest first")
    listing.add_argument("--vacancy", metavar="REF", type=read_reference)
    listing.add_argument("--kind", choices=sorted(IF_NOBODY_ACTS))
    listing.add_argument("--json", action="store_true", help="for a program")
    listing.set_defaults(act=list_questions)
    showing = verbs.add_parser(
        "show",
        help="what is asked about one application, with what you need to answer it",
        description="Shows personal data: answers and grounds; what was declared of convictions "
        "only with --kind conviction or, where two submissions differ in it, --kind conflict.",
    )
    showing.add_argument("reference", metavar="REF", type=read_reference)
    showing.add_argument("--kind", choices=sorted(IF_NOBODY_ACTS))
    showing.add_argument("--json", action="store_true", help="for a program")
    showing.set_defaults(act=show)
    resolving = verbs.add_parser(
        "resolve",
        help="answer one question, as `show` showed it",
        description=_WHAT_STANDS,
        epilog=_EXAMPLE,
    )
    resolving.add_argument("reference", metavar="REF", type=read_reference)
    resolving.add_argument("--kind", required=True, choices=[kind.value for kind in ReferralKind])
    add_seen(resolving)
    resolving.add_argument(
        "--answer", required=True, choices=[given.replace("_", "-") for given in ReferralAnswer]
    )
    add_decider(resolving)
    resolving.set_defaults(act=resolve)


async def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says."""
    code: int = await arguments.act(arguments)
    return code


async def list_questions(arguments: argparse.Namespace) -> int:
    """List what waits, why, since when, and what is overdue."""
    async with open_database() as tx:
        if await refuse_unknown_vacancy(tx, arguments.vacancy):
            return 1
        questions, now = await load_questions(tx), await now_of(tx)
    shown = [
        one
        for one in questions
        if arguments.kind in (None, one.kind) and arguments.vacancy in (None, one.vacancy)
    ]
    if arguments.json:
        print(json.dumps([_as_json(one, now) for one in shown], indent=2))
        return 0
    for one in shown:
        line = f"{one.kind:<12} {one.application:<16} {words.plain(one.reason)}"
        print(words.fit(f"{line}; {when(one, now)}"))
    for kind in sorted({one.kind for one in shown}):
        print(words.fit(f"If nobody acts on {kind}: {IF_NOBODY_ACTS[kind]}"))
    are_waiting = "question waits" if len(shown) == 1 else "questions wait"
    late = sum(one.is_overdue(now) for one in shown)
    print(f"{len(shown)} {are_waiting} for a person" + (f", {late} overdue" if late else ""))
    return 0


async def show(arguments: argparse.Namespace) -> int:
    """Show the questions about one application, and what was answered already."""
    async with open_database() as tx:
        if await refuse_unknown(tx, arguments.reference):
            return 1
        questions = _about(await load_questions(tx), arguments)
        answers, now = await load_answers(tx, arguments.reference), await now_of(tx)
    if arguments.json:
        found = [
            _as_json(one, now) | {"seen": one.token, "detail": _detail(one, arguments)}
            for one in questions
        ]
        told = [asdict(one) | {"decided_at": one.decided_at.isoformat()} for one in answers]
        print(json.dumps({"open": found, "answered": told}, indent=2))
        return 0
    for one in questions:
        print(f"{one.kind}, {when(one, now)}: {words.plain(one.reason)}")
        for line in [
            *_detail(one, arguments).splitlines(),
            "If nobody acts: " + IF_NOBODY_ACTS[one.kind],
        ]:
            print("\n".join(f"  {part}" for part in words.wrapped(line)))
        for hint in _how_to_answer(one):
            print(f"  {hint}")
    for answered in answers:
        print(_in_words(answered))
    if not questions and not answers:
        print(f"Nothing waits for a person about {arguments.reference}.", file=sys.stderr)
        return 1
    return 0


async def resolve(arguments: argparse.Namespace) -> int:
    """Answer a question that is open and was seen, for the worker that asked it."""
    kind = ReferralKind(arguments.kind)
    given = ReferralAnswer(arguments.answer.replace("-", "_"))
    if given not in ANSWERS[kind]:
        fitting = " or ".join(sorted(one.replace("_", "-") for one in ANSWERS[kind]))
        print(f"To {kind} you can answer {fitting}.", file=sys.stderr)
        return USAGE_ERROR
    async with open_database() as tx:
        if await refuse_unknown(tx, arguments.reference):
            return 1
        questions = _about(await load_questions(tx), arguments)
        answers, now = await load_answers(tx, arguments.reference), await now_of(tx)
    if not questions:
        earlier = [_in_words(one) for one in answers if one.kind == kind]
        why = earlier or [f"no question about {kind} is open for {arguments.reference}"]
        print("Nothing is changed: " + "; ".join(why), file=sys.stderr)
        return 1
    [question] = questions
    if question.token != arguments.seen:
        return refuse_unseen(arguments.reference)
    if given not in answers_to(question):
        print(words.fit(_NOTHING_TO_RETURN), file=sys.stderr)
        return 1
    return await decide(
        ReferralResolved,
        application=question.application,
        vacancy=question.vacancy,
        kind=kind,
        asked_at=question.since,
        documents_version=question.documents_version,
        answer=given,
        by=arguments.by,
        decided_at=now,
        rationale=arguments.why,
    )


def answers_to(question: Question) -> frozenset[ReferralAnswer]:
    """Name the answers that do something: what nobody can mend any more is not returned (C5)."""
    fitting = ANSWERS[ReferralKind(question.kind)]
    return fitting - {ReferralAnswer.RETURN} if question.is_past_mending else fitting


def _about(questions: Sequence[Question], arguments: argparse.Namespace) -> list[Question]:
    return [
        one
        for one in questions
        if one.application == arguments.reference and arguments.kind in (None, one.kind)
    ]


def _detail(question: Question, arguments: argparse.Namespace) -> str:
    """Give what was declared of convictions only to whoever asks for that (K1, K3)."""
    if arguments.kind == question.kind:
        return question.detail
    if question.kind == ReferralKind.CONVICTION:
        return "Whoever is to consider it sees what was declared with --kind conviction."
    return "\n".join(
        f"{DECLARED} differs: whoever is to compare it sees how with --kind conflict."
        if line.startswith(DECLARED)
        else line
        for line in question.detail.split("\n")  # one a field: a value may hold other line ends
    )


def when(question: Question, now: datetime) -> str:
    """Say since when it waits and until when it should be answered."""
    by = f", to be answered by {words.day(question.answer_by)}" if question.answer_by else ""
    late = ", OVERDUE" if question.is_overdue(now) else ""
    return f"since {words.minute(question.since)}{by}{late}"


def _how_to_answer(question: Question) -> Sequence[str]:
    if question.kind == "challenge":
        return [
            f"./muster challenges decide {question.application} \\",
            f"  --seen {question.token} --outcome upheld|dismissed --by WHO --why TEXT",
        ]
    if question.kind not in set(ReferralKind):
        return []
    fitting = "|".join(sorted(given.replace("_", "-") for given in answers_to(question)))
    return [
        f"./muster referrals resolve {question.application} --kind {question.kind} \\",
        f"  --seen {question.token} --answer {fitting} --by WHO --why TEXT",
    ]


def _in_words(answered: Answered) -> str:
    return (
        f"{answered.kind} was answered {words.plain(answered.answer)} by {answered.by} "
        f"at {words.minute(answered.decided_at)}"
    )


def _as_json(question: Question, now: datetime) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "application": question.application,
        "vacancy": question.vacancy,
        "reason": question.reason,
        "since": question.since.isoformat(),
        "waiting_days": (now - question.since).days,
        "answer_by": question.answer_by.isoformat() if question.answer_by else None,
        "is_overdue": question.is_overdue(now),
        "documents_version": question.documents_version,
        "if_nobody_acts": IF_NOBODY_ACTS[question.kind],
    }

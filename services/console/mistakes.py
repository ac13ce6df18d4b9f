"""What people mistype: what was wrong, and what to type instead."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from shared.postgres import Transaction

T = TypeVar("T")
USAGE_ERROR: Final = 2
"""The exit code of a command that was not asked as it must be."""

_OBJECT: Final = "must be an object, written in {{ }}"
_LIST: Final = "must be a list, written in [ ]"
_EMPTY: Final = "must not be empty"
_CHOICE: Final = "must be {expected}"
_IN_OUR_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field; correct its name or leave it out",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "bool_type": "must be true or false",
    "string_type": 'must be text, written in " "',
    "string_pattern_mismatch": "must be one word of letters, digits and . _ : -, such as tom-4",
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "string_too_long": "must have at most {max_length} characters",
    "timezone_aware": "needs an offset, as 2025-10-21T23:55:00+01:00 has",
}
_DAY: Final = "is no day; write a day as 2025-10-21"
_INSTANT: Final = "is no moment; write it as 2025-10-21T09:00:00+01:00"

_IS_KNOWN: Final = """
select exists (select from intake.application where application = $1)
    or exists (select from progress.application where application = $1)
"""

_IS_PUBLISHED: Final = """
select exists (select from vacancies.vacancy where vacancy = $1)
    or exists (select from progress.vacancy where vacancy = $1)
"""


def unknown_command(name: str, known: Iterable[str]) -> str:
    """Say that there is no such command, and which may be meant."""
    near = get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]}?" if near else "."
    return f"there is no command {name!r}{meant}\n./muster --help lists all"


async def refuse_unknown(tx: Transaction, application: str) -> bool:
    """Tell whether nobody applied under a reference, and if so, say it and what to do."""
    if await tx.fetchval(_IS_KNOWN, application):
        return False
    say_unknown("application", application, "./muster vacancy show VACANCY lists those there are.")
    return True


async def refuse_unknown_vacancy(tx: Transaction, vacancy: str | None) -> bool:
    """Tell whether a list is asked of a vacancy that nobody published, and if so, say it."""
    if vacancy is None or await tx.fetchval(_IS_PUBLISHED, vacancy):
        return False
    say_unknown("vacancy", vacancy, "Without --vacancy you see those of all.")
    return True


def say_unknown(what: str, reference: str, advice: str) -> None:
    """Say that there is no such thing, and what to do next."""
    print(f"There is no {what} {reference}. Is it spelt as it was given?", file=sys.stderr)
    print(advice, file=sys.stderr)


def read_as(read: Callable[[str], T], advice: str) -> Callable[[str], T]:
    """Make a reader for a command line that says what to write instead of what it cannot read."""

    def reading(text: str) -> T:
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} {advice}") from None

    return reading


def read_reference(text: str) -> str:
    """Read a reference as the contract does: trimmed and case-folded."""
    return text.strip().casefold()


read_day: Final = read_as(date.fromisoformat, _DAY)
read_instant: Final = read_as(datetime.fromisoformat, _INSTANT)


def in_our_words(error: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    """Say what a field must be, instead of how pydantic calls it."""
    ours = _IN_OUR_WORDS.get(error["type"])
    if ours is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return ours.format(**error.get("ctx", {}))

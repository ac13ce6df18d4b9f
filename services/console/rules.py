"""`./muster rules`: every rule we keep, what changes it, where it is and which tests carry it.

The register is `rules.toml`; the tests are found in `tests/`, so that nobody keeps a list of them.
"""

import argparse
import ast
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.console import words
from services.console.mistakes import USAGE_ERROR
from services.console.project import PROJECT

REGISTER: Final = Path(__file__).with_suffix(".toml")
_ID: Final = re.compile(r"(?<![A-Za-z0-9])([A-Z][1-9]\d?)(?![A-Za-z0-9])")
# Their tests are named after rows and faults of other lists, which have ids like these.
_OTHER_LISTS: Final = ("tests/hostile/", "tests/faults/")

SECTIONS: Final = {
    "D": "Intake and documents",
    "C": "The closing date",
    "W": "The order of stages, and windows",
    "E": "The early-departure rule",
    "K": "Convictions, vetting, essential experience",
    "P": "The talent pool",
    "A": "Adverts",
    "F": "Fairness",
    "R": "Records",
    "N": "Messages",
}


class Mark(StrEnum):
    """How a rule stands in its document."""

    STATED = "stated"
    IMPLIED = "implied"
    AMBIGUOUS = "ambiguous"


class Part(StrEnum):
    """The part of Muster that keeps a rule."""

    VACANCIES = "vacancies"
    INTAKE = "intake"
    DOCUMENTS = "documents"
    ELIGIBILITY = "eligibility"
    TIMETABLE = "timetable"
    REVIEW = "review"
    INTERVIEWS = "interviews"
    NOTIFICATIONS = "notifications"
    TALENT_POOL = "talent pool"
    RECORDS = "records"


class Rule(BaseModel):
    """An entry of the register; the head of `rules.toml` says what each field means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mark: Mark
    source: str
    part: Part
    does: str
    reading: str | None = None
    settings: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    later: str | None = None


_REGISTER: Final = TypeAdapter(dict[str, Rule])


def load_rules() -> Mapping[str, Rule]:
    """Read the register, in its own order."""
    return _REGISTER.validate_python(tomllib.loads(REGISTER.read_text(encoding="utf-8")))


@cache
def find_tests() -> Mapping[str, Sequence[str]]:
    """Find the tests that carry each id in their name or docstring, as `file: name`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        name = str(path.relative_to(PROJECT))
        if name.startswith(_OTHER_LISTS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
                "test_"
            ):
                said = f"{node.name.replace('_', ' ')} {ast.get_docstring(node) or ''}"
                for id_ in dict.fromkeys(_ID.findall(said)):
                    found[id_].append(f"{name}: {node.name}")
    return found


def gaps(rules: Mapping[str, Rule]) -> list[str]:
    """Name the rules that no test carries and that are not for later."""
    return [id_ for id_, rule in rules.items() if not rule.later and not find_tests().get(id_)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("ids", metavar="ID", nargs="*", type=str.upper, help="only these, in full")
    parser.add_argument("--later", action="store_true", help="only what no test carries yet")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for a program")
    form.add_argument("--markdown", action="store_true", help="as docs/rules.md")


def run(arguments: argparse.Namespace) -> int:
    """Print the rules asked for; 1 if one of them has neither a test nor a reason."""
    everything = load_rules()
    if unknown := [id_ for id_ in arguments.ids if id_ not in everything]:
        print(f"there is no rule {', '.join(unknown)} (./muster rules lists all)", file=sys.stderr)
        return USAGE_ERROR
    wanted = arguments.ids or everything
    rules = {i: everything[i] for i in wanted if not arguments.later or everything[i].later}
    if arguments.json:
        print(json.dumps([as_json(id_, rule) for id_, rule in rules.items()], indent=2))
    elif arguments.markdown:
        print(markdown(rules), end="")
    else:
        print("\n".join(_lines(rules, is_full=bool(arguments.ids))))
    return 1 if _has_tests() and gaps(rules) else 0


def as_json(id_: str, rule: Rule) -> dict[str, object]:
    """Write a rule for a program, with its tests."""
    return {"id": id_} | rule.model_dump(mode="json") | {"tests": find_tests().get(id_, [])}


def markdown(rules: Mapping[str, Rule]) -> str:
    """Write the register as a page."""
    lines = [
        "# The rules",
        "",
        "Written from [rules.toml](../services/console/rules.toml) by",
        "`./muster rules --markdown > docs/rules.md`; `./muster rules E3` adds the tests of one.",
        "Where the words leave something open, the reading we follow is in italics.",
    ]
    section = ""
    for id_, rule in rules.items():
        if section != (section := SECTIONS[id_[0]]):
            lines += ["", f"## {section}", "", "| id | rule | from | setting | code |"]
            lines += ["|---|---|---|---|---|"]
        says = rule.does + (f" *{rule.reading}*" if rule.reading else "")
        says += f" (Later: {rule.later}.)" if rule.later else ""
        settings = ", ".join(f"`{setting}`" for setting in rule.settings)
        source = f"{rule.mark}: {rule.source}"
        lines.append(f"| {id_} | {says} | {source} | {settings} | {_places(rule)} |")
    return "\n".join(lines) + "\n"


def _lines(rules: Mapping[str, Rule], *, is_full: bool) -> Iterator[str]:
    section = ""
    for id_, rule in rules.items():
        if not is_full and section != SECTIONS[id_[0]]:
            section = SECTIONS[id_[0]]
            yield f"\n{section}" if id_ != next(iter(rules)) else section
        yield from _entry(id_, rule, is_full=is_full)
    yield ""
    later = sum(rule.later is not None for rule in rules.values())
    yield f"{len(rules)} in all, {later} for later. ./muster rules E3 lists the tests of one."
    yield "Settings: employer.NAME in shared/employers.toml, vacancy.FIELD as published."
    if not _has_tests():
        yield "The tests are not part of this installation."
    elif missing := gaps(rules):
        yield f"neither a test nor a reason: {', '.join(missing)}"


def _entry(id_: str, rule: Rule, *, is_full: bool) -> Iterator[str]:
    tests = find_tests().get(id_, [])
    carried = f"{len(tests)} tests" if len(tests) != 1 else "1 test"
    yield from words.fitted([f"{id_:<5}{rule.mark}, {rule.source}; {rule.part}; {carried}"])
    yield from _indented(rule.does)
    if rule.reading:
        yield from _indented(f"By default: {rule.reading}")
    if rule.later:
        yield from _indented(f"Later: {rule.later}.")
    settings = ", ".join(rule.settings) or "none"
    yield from _indented(f"setting: {settings}; code: {_places(rule) or 'none yet'}")
    if is_full:
        yield from (f"     {test}" for test in tests)


def _indented(text: str) -> list[str]:
    indent = " " * 5
    return wrap(
        text, words.WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _places(rule: Rule) -> str:
    """Write `services.intake.decisions:admit` as a reader looks for it."""
    places = (place.partition(":") for place in rule.code)
    return ", ".join(f"{module.replace('.', '/')}.py {name}" for module, _, name in places)


def _has_tests() -> bool:
    return (PROJECT / "tests").exists()

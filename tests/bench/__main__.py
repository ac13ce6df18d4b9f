"""The bench: runs its legs, one after another, on servers of its own."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final

import uvloop
from rich.console import Console

from shared import clock
from shared.embedded.process import ServerError
from tests.bench import kept, report
from tests.bench.chain import OWNERS
from tests.bench.findings import Findings, Row
from tests.bench.ground import Ground
from tests.bench.rounds import Disturbed, Say
from tests.bench.scale import FULL, LEGS, SHORT, Scale
from tests.support.origin import commit

_VOID: Final = 1
_MISSED: Final = 3

Leg = Callable[[Ground, Scale, Say], Awaitable[Findings]]


def main(words: list[str]) -> int:
    """Measure; 1 if a ledger did not balance or a run did not end, 3 if a full run missed."""
    parser = argparse.ArgumentParser(prog="muster bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="every leg small, for CI")
    parser.add_argument("--leg", action="append", choices=LEGS, help="only this leg; repeatable")
    arguments = parser.parse_args(words)
    try:
        return uvloop.run(_measure(SHORT if arguments.short else FULL, arguments.leg or LEGS))
    except ServerError as error:
        print(f"muster: {error}", file=sys.stderr)  # noqa: T201 - it talks to a terminal
        return _VOID


async def _measure(scale: Scale, legs: tuple[str, ...]) -> int:
    console = Console(highlight=False)
    findings, failed = Findings(), False
    with Ground.started() as ground:
        console.print(f"Servers: {ground.postgres.title}; {ground.rabbit.title}")
        await ground.set_up(OWNERS)
        for name in legs:
            began = clock.monotonic()
            measured = commit()
            leg: Leg = import_module(f"tests.bench.{name}").measure
            console.rule(name)
            try:
                found = await leg(ground, scale, console.print)
            except Disturbed as error:
                findings.rows.append(Row(name, None, None, note=str(error)))
            except (AssertionError, TimeoutError) as error:
                failed = True
                findings.remarks.append(f"{name} is void: {type(error).__name__}: {error}")
            else:
                findings.add(found)
                if scale is FULL:
                    kept.keep(name, found, measured)
            console.print(f"{name} took {clock.monotonic() - began:.0f} s")
        report.show(findings, console)
        if scale is FULL and not failed:
            page = kept.everything()
            page.remarks += [f"{row.what}: not measured again: {row.note}"
                             for row in findings.rows if row.measured is None]  # fmt: skip
            console.print(f"written to {await report.write(ground, page)}")
        await ground.leave()
    if failed:
        return _VOID
    return _MISSED if scale is FULL and findings.has_missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

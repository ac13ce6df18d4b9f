"""The bench: runs its legs, one after another, on servers of its own."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final

from rich.console import Console

from shared.embedded.process import ServerError
from tests.bench import report
from tests.bench.chain import OWNERS
from tests.bench.findings import Findings
from tests.bench.ground import Ground
from tests.bench.scale import FULL, SHORT, Scale

_LEGS: Final = FULL.legs
_VOID: Final = 1

Leg = Callable[[Ground, Scale, Callable[[str], None]], Awaitable[Findings]]


def main(words: list[str]) -> int:
    """Measure; 1 if a ledger did not balance or a run did not end."""
    parser = argparse.ArgumentParser(prog="muster bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="few and small legs, for CI")
    parser.add_argument("--leg", action="append", choices=_LEGS, help="only this leg; repeatable")
    arguments = parser.parse_args(words)
    scale = SHORT if arguments.short else FULL
    try:
        return asyncio.run(_measure(scale, arguments.leg or scale.legs))
    except ServerError as error:
        print(f"muster: {error}", file=sys.stderr)  # noqa: T201 - it talks to a terminal
        return _VOID


async def _measure(scale: Scale, legs: tuple[str, ...]) -> int:
    console = Console(highlight=False)
    findings, failed = Findings(), []
    with Ground.started() as ground:
        console.print(f"Servers: {ground.postgres.title}; {ground.rabbit.title}")
        await ground.set_up(OWNERS)
        for name in legs:
            leg: Leg = import_module(f"tests.bench.{name}").measure
            console.rule(name)
            try:
                found = await leg(ground, scale, console.print)
                findings.add(found)
                if scale is FULL:
                    report.keep(name, found)
            except (AssertionError, TimeoutError) as error:
                failed.append(name)
                console.print(f"[red]{name} is void: {type(error).__name__}: {error}[/]")
                findings.remarks.append(f"{name} is void: {error}")
        report.show(findings, console)
        if scale is FULL and not failed:
            console.print(f"written to {report.write(_LEGS, ground)}")
        await ground.leave()
    return _VOID if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

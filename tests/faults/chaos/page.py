"""A run's figures for a document: nobody types them by hand."""

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.faults.chaos.book import Ledger
from tests.faults.chaos.effects import in_words
from tests.faults.chaos.facts import Facts
from tests.faults.chaos.nemesis import ALLOWED_SECONDS, KILL_ALLOWED_SECONDS, Nemesis
from tests.faults.chaos.supervisor import Supervisor
from tests.support.sections import marked, write_section

_SECTION = "chaos"


def write(file: Path, content: str) -> None:
    """Put the figures between the file's markers, or make a file of them."""
    if file.exists():
        write_section(file, _SECTION, content)
    else:
        file.write_text(marked(_SECTION, content) + "\n")


def figures(
    run: str, facts: Facts, ledger: Ledger, nemesis: Nemesis, supervisor: Supervisor
) -> str:
    """Write what went wrong, what had to be, and what came of it, as Markdown."""
    different = len({(row["id"], row["sha256"]) for row in facts.confirmed})
    played = (
        f"{run}, {os.cpu_count()} cores: {len(facts.applications):,} applications, "
        f"{len(facts.confirmed):,} deliveries of {different:,} events, "
        f"{supervisor.kills} workers killed, {len(nemesis.suffered)} other faults."
    )
    return "\n".join([played, "", *_ledger(facts, ledger), "", *_recovery(nemesis, supervisor)])


def _ledger(facts: Facts, ledger: Ledger) -> Iterator[str]:
    yield "| in the ledger afterwards | | must be |"
    yield "|---|--:|--:|"
    for name, entries in ledger.must_be_empty.items():
        yield f"| {name} | {len(entries)} | 0 |"
    yield f"| letters at the mail server | {len(facts.letters):,} | |"
    yield f"| letters of unknown end, left to a person | {len(ledger.unknown_mails)} | |"
    yield f"| bookings of an interview past, left to a person | {len(ledger.past_interviews)} | |"


def _recovery(nemesis: Nemesis, supervisor: Supervisor) -> Iterator[str]:
    yield "| fault | lasted | first new effect after its end | wanted |"
    yield "|---|--:|--:|--:|"
    if nemesis.kill_recoveries:
        yield (
            f"| {supervisor.kills} workers killed | | "
            f"median {in_words(median(nemesis.kill_recoveries))}, "
            f"worst {in_words(max(nemesis.kill_recoveries))} | {KILL_ALLOWED_SECONDS:.0f} s |"
        )
    for one in sorted(nemesis.suffered, key=lambda one: one.name):
        yield (
            f"| {one.name} | {one.lasted_seconds:.1f} s | {in_words(one.recovered_seconds)} "
            f"| {ALLOWED_SECONDS:.0f} s |"
        )

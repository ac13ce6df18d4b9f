"""Why an aim was missed, as far as anybody has looked; the page says it of every aim it misses."""

from collections.abc import Sequence
from typing import Final

from tests.bench.findings import Row

NOT_LOOKED_INTO: Final = "Not looked into."
_AGAINST_A_PEER: Final = (
    "In CPU for a hop the two lie further apart than in rate (table below). A rate counts the "
    "last nine tenths of the ends: by then a peer has part of its first hops behind it, so that "
    "its burst ends faster than two cores could go on. And the driver, on the same cores, takes "
    "about as much for an application of ours as for one of theirs. How much each weighs was not "
    "looked into."
)
_MEMORY: Final = (
    "About 70 MB are there before the first message, by what is imported: some 50 are Python, the "
    "drivers and FastStream, and about 10 are services that the process does not run, as "
    "`./muster work` imports all eight. What comes on top while it works was not looked into."
)
REASONS: Final = {
    "applications/s against ordinary FastStream": _AGAINST_A_PEER,
    "applications/s against taskiq-aio-pika": _AGAINST_A_PEER,
    "p50 at 20 applications/s against Celery": (
        "Three hops need four passes through a quorum queue, which no worker can shorten (what "
        "they take stands beside the figure). Above that are hand-overs between processes and six "
        "round trips for a hop's transaction, against the floor's two "
        "([0008](decisions/0008-where-a-hop-costs.md))."
    ),
    "whole pipeline, CPU against the sum of its parts": (
        "The parts are bare hops, inspections and sends. Beside them the pipeline carries each "
        "document to a child process, makes seven statements in two transactions for a letter, "
        "and writes the tables of real services, which are more than the floor's "
        "([0008](decisions/0008-where-a-hop-costs.md)). How much each takes was not looked into."
    ),
    "memory of a real worker process, at most": _MEMORY,
    "deadline peak: memory of a worker process, at most": _MEMORY,
    "its growth after the first fifth": (
        "It grows in steps until about the middle and hardly afterwards (picture below), so it is "
        "no leak that this many messages would show. What the steps are was not looked into."
    ),
}
"""By what the row is called, so that rows kept before a reason was known have it too."""


def explained(missed: Sequence[Row]) -> str:
    """Say by how much each aim was missed, and why."""
    return "\n".join(
        f"- *{row.by_how_much}*: {REASONS.get(row.what, NOT_LOOKED_INTO)}" for row in missed
    )


def named(missed: Sequence[Row]) -> str:
    """Name the aims that were missed, for who wants to know why."""
    if not missed:
        return "Every aim is met."
    aims = "; ".join(row.by_how_much for row in missed)
    return f"Aims missed: {aims}. [Why](docs/performance.md#aims-missed-and-why)."

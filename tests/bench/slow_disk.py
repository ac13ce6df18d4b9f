"""Leg 8: the three hops where every flush takes two milliseconds longer.

A virtual machine's disk may flush in no time, which would hide what a design asks of it.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from shared import clock
from shared.embedded.binaries import system_postgres
from shared.embedded.servers import find_rabbit
from tests.bench.broker import one_pass
from tests.bench.burst import Figures
from tests.bench.chain import OWNERS
from tests.bench.contestants import BY_NAME, FLOOR, MUSTER
from tests.bench.findings import Findings, Row, over_rounds
from tests.bench.ground import Ground
from tests.bench.hops import hop_run, summary
from tests.bench.meters import median
from tests.bench.proof import NotInEarnest
from tests.bench.rounds import Rounds, Say, in_turn
from tests.bench.scale import Scale

_SOURCE: Final = Path(__file__).with_suffix(".c")
_COMMITS: Final = 20
_LATER_MS: Final = 1.5  # of the two milliseconds; commits and passes differ by themselves
_CELERY: Final = BY_NAME["celery"]
_TITLE: Final = "applications/s against Celery prefork, every flush 2 ms longer"


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Let us, the floor and Celery run in turn on servers whose flushes are slow."""
    if not shutil.which("cc"):
        return Findings(rows=[Row(_TITLE, None, None, note="no C compiler here: install gcc")])
    contestants = (MUSTER, FLOOR, _CELERY)
    with _slowed() as slow:
        await slow.set_up(OWNERS)
        proof = await _prove_slow(ground, slow)
        say(proof)
        runs = {c.name: partial(hop_run, slow, c, scale, say) for c in contestants}
        rounds: Rounds[Figures] = await in_turn(runs, scale.rounds, say, scale.extra_rounds)
        await slow.leave()
    return Findings(
        rows=[
            over_rounds(_TITLE, None, rounds.ratios(MUSTER.name, _CELERY.name, _rate), unit="x"),
            over_rounds("applications/s against the floor, every flush 2 ms longer", None,
                        rounds.ratios(MUSTER.name, FLOOR.name, _rate), unit="x"),
        ],
        tables={
            "Three durable hops, every flush 2 ms longer": [
                summary(rounds.of(c.name), c) for c in contestants
            ]
        },
        remarks=[f"slow_disk: {rounds.remark}; {proof}"],
    )  # fmt: skip


def _rate(figures: Figures) -> float:
    return figures.rate


@contextmanager
def _slowed() -> Iterator[Ground]:
    """Start both servers with the library in front of theirs."""
    postgres = system_postgres()
    assert postgres, "the bench needs a PostgreSQL of this machine"
    with tempfile.TemporaryDirectory(prefix="muster-slow-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the servers' own user reads it
        library = folder / "slow_disk.so"
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"]
        subprocess.run(command, check=True)
        wrapper = folder / "postgres"
        wrapper.write_text(f'#!/bin/sh\nLD_PRELOAD={library} exec {postgres / "postgres"} "$@"\n')
        wrapper.chmod(0o755)
        (folder / "initdb").symlink_to(postgres / "initdb")
        rabbit = find_rabbit()
        environment = {**rabbit.environment, "LD_PRELOAD": str(library)}
        with Ground.started(replace(rabbit, environment=environment), folder) as ground:
            yield ground


async def _prove_slow(fast: Ground, slow: Ground) -> str:
    """Refuse servers that nothing slows down; says what a commit and a pass take."""
    commits = [await _commit_ms(ground) for ground in (fast, slow)]
    passes = [await one_pass(ground) for ground in (fast, slow)]
    for what, (usual, slowed) in {"a commit": commits, "a pass": passes}.items():
        if slowed < usual + _LATER_MS:
            raise NotInEarnest(f"{what} takes {slowed:.1f} ms and usually {usual:.1f}: not slow")
    return (
        f"a commit takes {commits[1]:.1f} ms instead of {commits[0]:.1f}, "
        f"a pass through a quorum queue {passes[1]:.1f} ms instead of {passes[0]:.1f}"
    )


async def _commit_ms(ground: Ground) -> float:
    connection = await asyncpg.connect(ground.postgres.url)
    try:
        await connection.execute("create table flushed (number int)")
        took = []
        for number in range(_COMMITS):
            began = clock.monotonic()
            await connection.execute("insert into flushed values ($1)", number)
            took.append((clock.monotonic() - began) * 1e3)
        await connection.execute("drop table flushed")
    finally:
        await connection.close()
    return median(took)

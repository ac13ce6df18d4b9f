"""Leg 8: the three hops where every flush takes two milliseconds longer.

A virtual machine's disk may flush in no time, which would hide what a design asks of it.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from shared import clock
from shared.embedded.binaries import system_postgres
from shared.embedded.servers import find_rabbit
from tests.bench.broker import PASSES, one_pass
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
_COUNT_BYTES: Final = 8  # of the library's number
_CELERY: Final = BY_NAME["celery"]
_TITLE: Final = "applications/s against Celery prefork, every flush 2 ms longer"


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Let us, the floor and Celery run in turn on servers whose flushes are slow."""
    if not shutil.which("cc"):
        return Findings(rows=[Row(_TITLE, None, None, note="no C compiler here: install gcc")])
    contestants = (MUSTER, FLOOR, _CELERY)
    with _slowed() as (slow, counts):
        await slow.set_up(OWNERS)
        proof = await _prove_slow(ground, slow, counts)
        say(proof)
        runs = {c.name: partial(hop_run, slow, c, scale, say) for c in contestants}
        rounds: Rounds[Figures]
        try:
            rounds = await in_turn(runs, scale.rounds, say, scale.extra_rounds)
        finally:
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
def _slowed() -> Iterator[tuple[Ground, dict[str, Path]]]:
    """Start both servers with the library in front of theirs; the files where it counts."""
    postgres = system_postgres()
    assert postgres, "the bench needs a PostgreSQL of this machine"
    with tempfile.TemporaryDirectory(prefix="muster-slow-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the servers' own users read it
        library = folder / "slow_disk.so"
        command = ["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"]
        subprocess.run(command, check=True)
        counts = {server: folder / f"{server}.flushes" for server in ("postgres", "rabbitmq")}
        for count in counts.values():
            count.write_bytes(bytes(_COUNT_BYTES))
            count.chmod(0o666)
        slowing = {
            server: {"LD_PRELOAD": str(library), "SLOW_DISK_COUNT": str(count)}
            for server, count in counts.items()
        }
        wrapper = folder / "postgres"
        settings = " ".join(f"{key}={value}" for key, value in slowing["postgres"].items())
        wrapper.write_text(f'#!/bin/sh\n{settings} exec {postgres / "postgres"} "$@"\n')
        wrapper.chmod(0o755)
        (folder / "initdb").symlink_to(postgres / "initdb")
        rabbit = find_rabbit()
        rabbit = replace(rabbit, environment=rabbit.environment | slowing["rabbitmq"])
        with Ground.started(rabbit, folder) as ground:
            yield ground, counts


async def _prove_slow(fast: Ground, slow: Ground, counts: Mapping[str, Path]) -> str:
    """Refuse servers whose flushes the library did not slow; says what a commit and a pass take.

    It counts the flushes: how long things take also depends on whatever else the machine does.
    """
    before = _counted(counts)
    commits = [await _commit_ms(ground) for ground in (fast, slow)]
    passes = [await one_pass(ground) for ground in (fast, slow)]
    after = _counted(counts)
    for server, least in {"postgres": _COMMITS, "rabbitmq": PASSES}.items():
        if (number := after[server] - before[server]) < least:
            raise NotInEarnest(f"{server}: {number} slow flushes, {least} things to flush")
    return (
        f"a commit takes {commits[1]:.1f} ms instead of {commits[0]:.1f}, "
        f"a pass through a quorum queue {passes[1]:.1f} ms instead of {passes[0]:.1f}"
    )


def _counted(counts: Mapping[str, Path]) -> dict[str, int]:
    return {s: int.from_bytes(count.read_bytes(), sys.byteorder) for s, count in counts.items()}


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

"""The ledger: what was sent against what there is. One mismatch voids the figure."""

import json
import re
from collections import Counter
from typing import Any
from uuid import UUID

import asyncpg
from pamqp.commands import Basic

from tests.bench.contestants import Contestant
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.submissions import Submissions

_OURS = "like 'bench-%'"
_APPLICATION = re.compile(rb"bench-\d+-\d{7}")


class Mismatch(AssertionError):  # noqa: N818 - it says what is the matter
    """Something was lost, done twice or decided wrongly."""


async def audit(
    ground: Ground,
    url: str,
    contestant: Contestant,
    inputs: list[Submissions],
    heard: Counter[str],
) -> None:
    """Compare every row and every message with what the driver alone knows.

    `heard` are the applications that the driver took off the last queue during the run.
    """
    expected: dict[str, str] = {}
    ids: list[dict[str, UUID]] = [{} for _ in range(len(HOPS) + 1)]
    poison: set[UUID] = set()
    for submissions in inputs:
        expected |= submissions.outcomes
        poison |= submissions.poison
        for hop, more in enumerate(submissions.ids()):
            ids[hop] |= more
    connection = await asyncpg.connect(url)
    try:
        for hop, known in zip(HOPS, ids, strict=False):
            await _audit_hop(connection, hop, expected, set(known.values()))
        announced = {id_ for hop in ids[1:] for id_ in hop.values()}
        rows = await connection.fetch(f"select id from messaging.history where subject {_OURS}")
        _same("history", Counter(row["id"] for row in rows), Counter(announced))
        held = await connection.fetch("select message, body from hop_one.held")
        found = {UUID(id_of(row["body"])) for row in held}
    finally:
        await connection.close()
    if contestant.exchange == "muster.events":
        found |= {UUID(id_of(m.body)) for m in await _drain(ground, "muster.hop_one.fuse")}
    _same("poison put aside", found, poison)
    for queue in contestant.queues:
        _same(f"messages left in {queue}", await ground.depth(queue), 0)
    heard = heard + await _heard(ground, contestant.out_queue)
    _same("messages at the end of the chain", heard, Counter(expected.keys()))


async def _audit_hop(connection: Any, hop: str, expected: dict[str, str], ids: set[UUID]) -> None:
    rows = await connection.fetch(
        f"select application, outcome, version from {hop}.state where application {_OURS}"
    )
    _same(f"{hop}: outcomes", {r["application"]: r["outcome"] for r in rows}, expected)
    _same(f"{hop}: effects", {r["version"] for r in rows}, {1})
    inbox = await connection.fetch(f"select id from {hop}.inbox where subject {_OURS}")
    _same(f"{hop}: inbox", {row["id"] for row in inbox}, ids)
    _same(f"{hop}: outbox", await connection.fetchval(f"select count(*) from {hop}.outbox"), 0)


def _same(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        sizes = [len(x) if hasattr(x, "__len__") else x for x in (found, expected)]
        raise Mismatch(f"{what}: found {sizes[0]}, expected {sizes[1]}, and they differ")


async def _heard(ground: Ground, queue: str) -> Counter[str]:
    heard: Counter[str] = Counter()
    for message in await _drain(ground, queue):
        if message.header.properties.delivery_mode != 2:
            raise Mismatch("a message that would not survive a restart")
        heard[application_in(message.body)] += 1
    return heard


def application_in(body: bytes) -> str:
    """Find the application in a message, whoever's client wrote it."""
    found = _APPLICATION.search(body)
    assert found, body[:200]
    return found[0].decode()


async def _drain(ground: Ground, queue: str) -> list[Any]:
    messages = []
    async with ground.channel() as channel:
        while not isinstance((message := await channel.basic_get(queue)).delivery, Basic.GetEmpty):
            messages.append(message)
            await channel.basic_ack(message.delivery.delivery_tag, wait=False)
    return messages


def id_of(body: bytes) -> str:
    """Read the id that even poison carries."""
    id_: str = json.loads(body)["id"]
    return id_

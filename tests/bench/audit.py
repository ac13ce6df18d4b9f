"""The ledger: what was sent against what there is. One mismatch voids the figure."""

import json
import re
from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

import asyncpg
from pamqp.commands import Basic

from tests.bench.contestants import Contestant
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.proof import prove_commits
from tests.bench.submissions import CARRIED, Submissions

_PERSISTENT = 2
_OURS = "like 'bench-%'"
_APPLICATION = re.compile(rb"bench-\d+-\d{7}")


class Mismatch(AssertionError):  # noqa: N818 - it says what is the matter
    """Something was lost, done twice or decided wrongly."""


async def audit(
    ground: Ground,
    url: str,
    contestant: Contestant,
    inputs: list[Submissions],
    heard: list[Any],
    *,
    in_hand: Collection[str] = (),
) -> int:
    """Compare every row and every message with what the driver alone knows.

    `heard` are the messages that the driver took off the last queue during the run. Who was killed
    between publishing and noting it publishes again what it had `in_hand`, under the same id, by
    which whoever listens knows it: returns how many were.
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
        held = await connection.fetch(
            " union all ".join(f"select body from {hop}.held" for hop in HOPS)
        )
        aside = [row["body"] for row in held]
        await prove_commits(connection)
        await _audit_bodies(connection)
    finally:
        await connection.close()
    for fuse in contestant.fuses:
        aside += [message.body for message in await _drain(ground, fuse)]
    _same("poison put aside", Counter(UUID(id_of(body)) for body in aside), Counter(poison))
    for queue in contestant.queues:
        _same(f"messages left in {queue}", await ground.depth(queue), 0)
    last = heard + await _drain(ground, contestant.out_queue)
    if in_hand:
        found = {(_end(message), UUID(id_of(message.body))) for message in last}
        _same("ids at the end of the chain", found, set(ids[-1].items()))
    return count_repeated(Counter(map(_end, last)), Counter(expected.keys()), in_hand)


def count_repeated(
    ends: Counter[str], expected: Counter[str], in_hand: Collection[str] = ()
) -> int:
    """Count the ends that came again; of nothing that was not in hand at a death may one."""
    again = ends - expected
    excused = Counter({application: again[application] for application in in_hand})
    _same("messages at the end of the chain", ends - excused, expected)
    return again.total()


async def _audit_hop(connection: Any, hop: str, expected: dict[str, str], ids: set[UUID]) -> None:
    rows = await connection.fetch(
        f"select application, outcome, version from {hop}.state where application {_OURS}"
    )
    _same(f"{hop}: outcomes", {r["application"]: r["outcome"] for r in rows}, expected)
    _same(f"{hop}: effects", {r["version"] for r in rows}, {1})
    inbox = await connection.fetch(f"select id from {hop}.inbox where subject {_OURS}")
    _same(f"{hop}: inbox", {row["id"] for row in inbox}, ids)
    _same(f"{hop}: outbox", await connection.fetchval(f"select count(*) from {hop}.outbox"), 0)


async def _audit_bodies(connection: Any) -> None:
    """Void bodies that lost something on the way, and inboxes that noted another body's hash."""
    lost = await connection.fetchval(
        f"select count(*) from messaging.history, unnest($1::bytea[]) as part"
        f" where subject {_OURS} and position(part in body) = 0",
        CARRIED,
    )
    _same("history: parts of the application that were lost", lost, 0)
    for hop in HOPS[1:]:
        other = await connection.fetchval(
            f"select count(*) from {hop}.inbox i join messaging.history h using (id)"
            " where i.sha256 <> sha256(h.body)"
        )
        _same(f"{hop}: hashes of other bodies", other, 0)


def _same(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        sizes = [len(x) if hasattr(x, "__len__") else x for x in (found, expected)]
        raise Mismatch(f"{what}: found {sizes[0]}, expected {sizes[1]}, and they differ")


def _end(message: Any) -> str:
    """Name the application of a message at the end, which must survive a restart of the broker."""
    if message.header.properties.delivery_mode != _PERSISTENT:
        raise Mismatch("a message that is not persistent")
    if not all(part in message.body for part in CARRIED):
        raise Mismatch("a message that has lost a part of the application")
    return application_in(message.body)


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

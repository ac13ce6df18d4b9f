"""G9: what raises, hangs, blocks, exhausts memory or kills is found out, and takes nobody along.

On real processes, with the batch sizes of production, on whichever broker the tests have. To the
worker an out-of-memory killer is what `kill` does: SIGKILL out of nowhere.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.messaging.held import MAX_ATTEMPTS
from tests.support.databases import TestDatabase
from tests.support.ledger import ECHO, LEDGER, entry
from tests.support.rig import Rig, rig, until
from tests.support.supervision import exactly_once, is_quarantined, settled, supervised

# What takes a minute on a quiet machine.
_PATIENCE_SECONDS = 600

POISON = ("raise", "hang", "hang", "exhaust", "kill", "block")
DEADLY = {"exhaust", "kill", "block"}


@pytest.fixture
async def bench(amqp_url: str, database: TestDatabase) -> AsyncIterator[Rig]:
    """On RabbitMQ alone, whichever version the tests have."""
    async with rig(amqp_url, database.owner) as bench:
        yield bench


async def test_G9_poison_of_every_kind_in_one_window_is_found_out_and_hurts_nobody(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(120)]
    poison = [entry(f"{kind}-{n}", kind) for n, kind in enumerate(POISON)]
    window = [*healthy]
    for number, one in enumerate(poison):
        window.insert(7 + 13 * number, one)
    await bench.publish(*window)
    limits = {"handle_seconds": 0.5, "blocked_seconds": 4, "spare_memory_bytes": 400 << 20}
    async with supervised(bench, "ledger", **limits) as workers, supervised(bench, "echo"):
        await until(
            lambda: is_quarantined(bench, len(poison)), "all poison is held", _PATIENCE_SECONDS
        )
        await settled(bench, healthy)
        assert len(workers.deaths) <= (1 + MAX_ATTEMPTS) * len(DEADLY)
    await exactly_once(bench, healthy)
    held = await bench.held()
    assert {row["message"] for row in held} == {str(one.id) for one in poison}
    assert max(row["attempts"] for row in held) <= MAX_ATTEMPTS


async def test_G9_what_kills_its_worker_is_held_and_takes_no_neighbour_with_it(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(60)]
    poison = [entry("poison-1", "kill"), entry("poison-2", "kill")]
    await bench.publish(*healthy[:30], *poison, *healthy[30:])
    async with supervised(bench, "ledger", "echo") as workers:
        await until(lambda: is_quarantined(bench, 2), "both are in quarantine", _PATIENCE_SECONDS)
        await settled(bench, healthy)
    await exactly_once(bench, healthy)
    assert {(h["reason"], h["status"]) for h in await bench.held()} == {
        ("killed_its_worker", "quarantined")
    }
    assert len(workers.deaths) <= 2 * (1 + MAX_ATTEMPTS)


async def test_G9_one_that_others_took_with_them_again_and_again_is_tried_twice_more_later(
    bench: Rig,
) -> None:
    """When everybody is killed all the time, lone attempts of the innocent do not end either."""
    innocent = entry("innocent")
    await bench.fetch(
        "insert into ledger.suspect (message, group_attempts, lone_attempts) values ($1, 1, 2)",
        str(innocent.id),
    )
    await bench.publish(innocent)
    await bench.deliver_to_nobody(LEDGER)
    async with supervised(bench, "ledger", "echo"):
        await until(lambda: _waits_for_its_late_try(bench), "it waits for its late try")
        assert not await is_quarantined(bench, 1)  # and a minute passes
        await settled(bench, [innocent])
    await exactly_once(bench, [innocent])
    assert await bench.held() == []
    assert await bench.fetch("select * from ledger.suspect") == []


async def test_G9_a_copy_of_what_waits_for_its_late_try_is_no_attempt(bench: Rig) -> None:
    waiting = entry("waiting")
    await bench.fetch(
        "insert into ledger.suspect (message, group_attempts, lone_attempts) values ($1, 1, 2)",
        str(waiting.id),
    )
    for _ in range(3):
        await bench.publish(waiting)
        await bench.deliver_to_nobody(LEDGER)
        async with bench.worker(LEDGER):
            await until(lambda: _waits_for_its_late_try(bench), "it waits for its late try")
            await until(lambda: bench.queue_is_empty(LEDGER), "the copy is taken")
    [suspect] = await bench.fetch("select * from ledger.suspect")
    assert suspect["lone_attempts"] == 2


async def test_G9_what_was_handled_and_only_not_acknowledged_is_no_suspect_any_more(
    bench: Rig,
) -> None:
    handled = entry("handled")
    await bench.publish(handled)
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await settled(bench, [handled])
    await bench.fetch(
        "insert into ledger.suspect (message, group_attempts, lone_attempts) values ($1, 1, 2)",
        str(handled.id),
    )
    await bench.publish(handled)
    await bench.deliver_to_nobody(LEDGER)
    async with bench.worker(LEDGER):
        await until(lambda: bench.queue_is_empty(LEDGER), "the copy is taken")
        await until(lambda: _suspects_nobody(bench), "it is no suspect any more")
    assert await bench.held() == []


async def _suspects_nobody(bench: Rig) -> bool:
    return await bench.fetch("select * from ledger.suspect") == []


@pytest.mark.parametrize("fails", [False, True], ids=["warm", "cold for good"])
async def test_G9_a_worker_takes_no_message_before_it_is_warm_or_cannot_be(
    bench: Rig, fails: bool
) -> None:
    may_go_on = asyncio.Event()
    has_begun = asyncio.Event()

    async def warm_up() -> None:
        has_begun.set()
        await may_go_on.wait()
        if fails:
            raise RuntimeError("no fuel")

    early = entry("early")
    await bench.publish(early)
    async with bench.worker(replace(LEDGER, warm_up=warm_up)), bench.worker(ECHO):
        await has_begun.wait()
        assert not await bench.queue_is_empty(LEDGER)
        may_go_on.set()
        await settled(bench, [early])


async def _waits_for_its_late_try(bench: Rig) -> bool:
    return [(h["status"], h["attempts"]) for h in await bench.held()] == [("retrying", 3)]


async def test_G9_one_services_poison_convicts_nobody_of_another_in_the_same_process(
    bench: Rig,
) -> None:
    healthy = [entry(f"account-{n}") for n in range(40)]
    poison = [entry("poison-1", "kill"), entry("poison-2", "kill")]
    await bench.publish(*poison, *healthy)
    async with supervised(bench, "ledger", "echo"):
        await until(lambda: is_quarantined(bench, 2), "both are in quarantine", _PATIENCE_SECONDS)
        await settled(bench, healthy)
    assert await bench.held("echo") == []


async def test_G9_a_parked_message_that_kills_its_worker_is_found_out_too(bench: Rig) -> None:
    child = entry("child", "kill", parent="parent")
    await bench.fetch(
        "insert into ledger.held (message, sha256, status, routing_key, body, reason, detail,"
        " first_error, waiting_for, due_at)"
        " values ($1, sha256($2), 'parked', $3, $2, 'waiting', '', '', 'x', now())",
        str(child.id),
        child.to_json(),
        child.type,
    )
    async with supervised(bench, "ledger", "echo") as workers:
        await until(lambda: is_quarantined(bench, 1), "it is in quarantine", _PATIENCE_SECONDS)
    assert len(workers.deaths) <= 1 + MAX_ATTEMPTS


async def test_G1_everything_three_times_and_shuffled_among_bad_messages_with_kills(
    bench: Rig,
) -> None:
    shuffle = random.Random(2025)
    healthy = [entry(f"account-{n}") for n in range(150)]
    bad = [entry("hangs", "hang"), entry("kills", "kill"), entry("raises", "raise")]
    deliveries = [*healthy, *bad] * 3
    shuffle.shuffle(deliveries)
    async with supervised(bench, "ledger", "echo", handle_seconds=0.5):
        for start in range(0, len(deliveries), 40):
            await bench.publish(*deliveries[start : start + 40])
            await bench.publish_raw(b"{not json", "entry.made.v1")
        await until(
            lambda: is_quarantined(bench, 2), "bad JSON and the killer are held", _PATIENCE_SECONDS
        )
        await settled(bench, healthy)
        await until(
            lambda: _holds_exactly_the_bad_ones(bench), "all bad ones are held", _PATIENCE_SECONDS
        )
    await exactly_once(bench, healthy)


async def _holds_exactly_the_bad_ones(bench: Rig) -> bool:
    bad = {str(entry(name, behaviour).id) for name, behaviour in
           (("hangs", "hang"), ("kills", "kill"), ("raises", "raise"))}  # fmt: skip
    rows = {row["message"]: row["reason"] for row in await bench.held()}
    reasons = Counter(reason for message, reason in rows.items() if message not in bad)
    return bad <= rows.keys() and reasons == {"malformed_json": 1}

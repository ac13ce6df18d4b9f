"""What the worker promises as long as nobody pulls a plug."""

import json
import random
from uuid import UUID

import pytest

from shared.contracts import Exchange
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER, entry
from tests.support.rig import Rig, until


async def test_every_event_has_one_effect_and_is_announced_once(bench: Rig) -> None:
    events = [entry(f"account-{n}") for n in range(300)]
    await bench.publish(*events)
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await until(lambda: _has(bench, "echo", 300), "300 echoes")
    assert await bench.effects() == sorted(e.subject for e in events)
    assert await bench.effects("echo") == sorted(e.subject for e in events)


async def test_G2_delivering_three_times_and_shuffled_changes_nothing(bench: Rig) -> None:
    events = [entry(f"account-{n % 20}", times=n) for n in range(100)]
    await bench.publish(*events)
    await bench.publish(*reversed(events))
    await bench.publish(*events[50:], *events[:50])
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await until(lambda: _has(bench, "echo", 100), "100 echoes")
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    assert len(await bench.effects()) == 100
    assert len(await bench.effects("echo")) == 100
    assert await bench.held() == []


async def test_confirmed_announcements_leave_the_outbox(bench: Rig) -> None:
    await bench.publish(*[entry(f"account-{n}") for n in range(50)])
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await until(lambda: _has(bench, "echo", 50), "50 echoes")
        await until(lambda: _is_empty(bench, "ledger.outbox"), "an empty outbox")
    history = await bench.fetch("select type from messaging.history")
    assert [row["type"] for row in history] == ["entry.written.v1"] * 50


async def test_what_is_prepared_reaches_the_handler(bench: Rig) -> None:
    await bench.publish(entry("a"))
    async with bench.worker(PREPARING_LEDGER):
        await until(lambda: _has(bench, "ledger", 1), "one effect")
    assert await bench.fetch("select prepared from ledger.effect") == [{"prepared": "prepared a"}]


async def test_G3_the_same_id_with_another_body_is_kept_and_not_applied(bench: Rig) -> None:
    first = entry("a")
    other = first.model_copy(update={"source": "somebody else"})
    async with bench.worker(LEDGER):
        await bench.publish(first)
        await until(lambda: _has(bench, "ledger", 1), "one effect")
        await bench.publish(other, times=2)
        await until(lambda: _is_held(bench, "id_conflict"), "a conflict is held")
        await bench.publish(first)
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    assert await bench.effects() == ["a"]
    [held] = await bench.held()
    assert held["body"] == other.to_json()


async def test_G3_of_500_pairs_that_share_an_id_one_is_applied_and_one_is_kept(
    bench: Rig,
) -> None:
    """Whichever comes first, and however close behind it the other."""
    pairs = [
        (one, one.model_copy(update={"source": "somebody else"}))
        for one in (entry(f"account-{n}") for n in range(500))
    ]
    both = [event for pair in pairs for event in pair]
    random.Random(3).shuffle(both)
    async with bench.worker(LEDGER), bench.worker(ECHO):
        await bench.publish(*both)
        await until(lambda: _quarantined(bench, 500), "500 conflicts")
        await until(lambda: _has(bench, "echo", 500), "500 echoes")
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    accounts = sorted(one.subject for one, _ in pairs)
    assert await bench.effects() == await bench.effects("echo") == accounts
    held = {row["message"]: (row["reason"], row["body"]) for row in await bench.held()}
    assert {reason for reason, _ in held.values()} == {"id_conflict"}
    assert all(held[str(one.id)][1] in {one.to_json(), two.to_json()} for one, two in pairs)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"[]", "invalid"),
        (b'"x"', "invalid"),
        (b"\xff\xfe", "malformed_json"),
        (b"[" * 200_000, "malformed_json"),
        (b"x" * 300_000, "too_large"),
        (b'{"specversion":"1.0"}', "invalid"),
        (entry("a").to_json().replace(b'"a"', b'"a\\u0000b"'), "invalid"),
        (entry("a").to_json() * 2, "malformed_json"),
    ],
)
async def test_G8_what_breaks_the_contract_is_held_on_its_first_delivery(
    bench: Rig, body: bytes, reason: str
) -> None:
    async with bench.worker(LEDGER):
        await bench.publish_raw(body, "entry.made.v1")
        await bench.publish(entry("healthy"))
        await until(lambda: _has_account(bench, "healthy"), "the healthy one is handled")
        await until(lambda: _is_held(bench, reason), f"held as {reason}")
    [held] = await bench.held()
    assert (held["status"], held["body"], held["attempts"]) == ("quarantined", body, 0)


async def test_an_event_counts_by_its_own_id_whatever_the_amqp_message_id_says(
    bench: Rig,
) -> None:
    """Client libraries invent a message id where none is given."""
    async with bench.worker(LEDGER):
        for invented in ("one", None, "5c7c012d-c940-4140-be3e-af0c9d64662e"):
            await bench.publish_raw(entry("a").to_json(), "entry.made.v1", message_id=invented)
        await bench.publish(entry("b"))
        await until(lambda: _has_account(bench, "b"), "the next one is handled")
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    assert await bench.effects() == ["a", "b"]


async def test_a_type_under_another_routing_key_is_held(bench: Rig) -> None:
    async with bench.worker(LEDGER):
        await bench.publish_raw(entry("a").to_json(), "reminder.due.v1")
        await until(lambda: _is_any_held(bench), "held")
    assert await bench.effects() == []


async def test_a_message_that_raises_is_held_after_five_attempts_and_hurts_nobody(
    bench: Rig, quick_retries: None
) -> None:
    healthy = [entry(f"account-{n}") for n in range(60)]
    poison = [entry(f"poison-{n}", "raise") for n in range(3)]
    await bench.publish(*healthy[:30], *poison, *healthy[30:])
    async with bench.worker(LEDGER):
        await until(lambda: _quarantined(bench, 3), "three in quarantine")
        await until(lambda: _has(bench, "ledger", 60), "all healthy ones handled")
    assert {(h["reason"], h["attempts"]) for h in await bench.held()} == {("failed", 5)}


async def test_a_message_that_hangs_is_held_and_hurts_nobody(
    bench: Rig, quick_retries: None
) -> None:
    await bench.publish(entry("a"), entry("poison", "hang"), entry("b"))
    async with bench.worker(LEDGER, handle_seconds=0.2):
        await until(lambda: _quarantined(bench, 1), "one in quarantine")
    assert await bench.effects() == ["a", "b"]


async def test_a_message_that_recovers_is_handled_once(bench: Rig, quick_retries: None) -> None:
    await bench.publish(entry("a", "recover", times=2))
    async with bench.worker(LEDGER):
        await until(lambda: _has(bench, "ledger", 1), "one effect")
        await until(lambda: _is_empty(bench, "ledger.held"), "nothing held")


async def test_a_child_waits_for_its_parent_and_follows_it(bench: Rig) -> None:
    async with bench.worker(LEDGER):
        await bench.publish(entry("child", parent="parent"))
        await until(lambda: _is_any_held(bench), "the child is parked")
        assert (await bench.held())[0]["status"] == "parked"
        await bench.publish(entry("parent"))
        await until(lambda: _has(bench, "ledger", 2), "both effects")
        await until(lambda: _is_empty(bench, "ledger.held"), "nothing held")
    assert await bench.effects() == ["child", "parent"]


async def test_a_timer_fires_when_the_virtual_clock_says_so_and_not_before(bench: Rig) -> None:
    async with bench.worker(LEDGER):
        await bench.publish(entry("a", "remind", times=1))
        await until(lambda: _has(bench, "ledger", 1), "the timer is planned")
        assert await bench.fetch("select * from ledger.reminder") == []
        await bench.fetch("update messaging.clock set clock_offset = interval '366 days'")
        await until(lambda: _count(bench, "ledger.reminder", 1), "the reminder")
        await until(lambda: _is_empty(bench, "ledger.outbox"), "an empty outbox")


async def test_planning_a_timer_again_replaces_it(bench: Rig) -> None:
    async with bench.worker(LEDGER):
        await bench.publish(entry("a", "remind", times=1))
        await until(lambda: _has(bench, "ledger", 1), "planned")
        await bench.publish(entry("a", "remind", times=3))
        await until(lambda: _has(bench, "ledger", 2), "planned again")
        await bench.fetch("update messaging.clock set clock_offset = interval '800 days'")
        await bench.publish(entry("b"))
        await until(lambda: _has_account(bench, "b"), "something later is done")
        assert await bench.fetch("select * from ledger.reminder") == []
        await bench.fetch("update messaging.clock set clock_offset = interval '1200 days'")
        await until(lambda: _count(bench, "ledger.reminder", 1), "the reminder")


async def test_a_mistyped_routing_key_from_outside_is_not_lost(intake_bench: Rig) -> None:
    """A16: nobody hears it, so the alternate exchange brings it to intake's waiting room."""
    service = intake_bench.services[0]
    async with intake_bench.worker(service):
        await intake_bench.publish_raw(
            json.dumps({"x": 1}).encode(), "aplication.submitted.v1", Exchange.CAREERS
        )
        await until(lambda: _is_any_held(intake_bench, "intake"), "held")
    [held] = await intake_bench.held("intake")
    assert held["reason"] == "unroutable"
    assert held["routing_key"] == "aplication.submitted.v1"


async def _has(bench: Rig, schema: str, count: int) -> bool:
    return len(await bench.effects(schema)) >= count


async def _has_account(bench: Rig, account: str) -> bool:
    return account in await bench.effects()


async def _is_any_held(bench: Rig, schema: str = "ledger") -> bool:
    return bool(await bench.held(schema))


async def _is_held(bench: Rig, reason: str) -> bool:
    return any(row["reason"] == reason for row in await bench.held())


async def _quarantined(bench: Rig, count: int) -> bool:
    return sum(row["status"] == "quarantined" for row in await bench.held()) == count


async def _count(bench: Rig, table: str, count: int) -> bool:
    return len(await bench.fetch(f"select 1 from {table}")) == count


async def _is_empty(bench: Rig, table: str) -> bool:
    return await _count(bench, table, 0)


def test_ids_derive_from_the_cause() -> None:
    assert entry("a").id == entry("a").id
    assert isinstance(entry("a").id, UUID)
    assert entry("a").id != entry("b").id

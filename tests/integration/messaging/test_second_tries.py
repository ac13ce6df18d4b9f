"""What was wrong at first can be put right: corrected, replayed, planned again, cancelled."""

import asyncio
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime

import structlog

from shared.contracts import Event
from shared.messaging import Batch, Service, Subscription
from shared.postgres import Transaction
from tests.support.ledger import LEDGER, EntryMade, ReminderDue, entry, write_reminders
from tests.support.rig import Rig, until


async def test_an_event_under_a_mistyped_key_counts_when_it_comes_under_the_right_one(
    bench: Rig,
) -> None:
    event = entry("a")
    async with bench.worker(LEDGER):
        await bench.publish_raw(event.to_json(), "reminder.due.v1", message_id=str(event.id))
        await until(lambda: _holds(bench, 1), "the mistyped one is held")
        await bench.publish(event)
        await until(lambda: _has(bench, "a"), "the right one counts")


async def test_a_body_that_was_corrected_under_its_id_counts_and_is_no_conflict(
    bench: Rig,
) -> None:
    event = entry("a")
    broken = json.loads(event.to_json())
    del broken["time"]
    async with bench.worker(LEDGER):
        body = json.dumps(broken).encode()
        await bench.publish_raw(body, "entry.made.v1", message_id=str(event.id))
        await until(lambda: _holds(bench, 1), "the broken one is held")
        await bench.publish(event)
        await until(lambda: _has(bench, "a"), "the corrected one counts")
    assert [row["reason"] for row in await bench.held()] == ["invalid"]


async def test_A24_one_id_for_two_subjects_is_a_conflict_also_among_suspects(bench: Rig) -> None:
    first = entry("a")
    second = entry("b").model_copy(update={"id": first.id})
    await bench.publish(first)
    await bench.publish(second)
    await bench.deliver_to_nobody(LEDGER, 2)
    async with bench.worker(LEDGER):
        await until(lambda: _holds(bench, 1), "one is held")
    assert len(await bench.effects()) == 1
    assert [row["reason"] for row in await bench.held()] == ["id_conflict"]


async def test_a_replay_that_fails_again_stays_one_row(bench: Rig, quick_retries: None) -> None:
    body = entry("a", "raise").to_json()
    await bench.fetch(
        "insert into ledger.held (message, sha256, status, routing_key, body, reason, detail,"
        " first_error, due_at) values ('named by nobody', $1, 'retrying', 'entry.made.v1', $2,"
        " 'killed_its_worker', '', '', now())",
        hashlib.sha256(body).digest(),
        body,
    )
    async with bench.worker(LEDGER):
        await until(lambda: _is_given_up(bench), "given up after its attempts")
    assert [(row["attempts"], row["message"]) for row in await bench.held()] == [
        (5, "named by nobody")
    ]


async def test_a_wrong_call_of_ours_is_held_and_stalls_nobody(bench: Rig) -> None:
    """asyncpg calls it an InterfaceError, as it does a lost connection."""

    async def write_clumsily(batch: Batch[EntryMade], tx: Transaction) -> None:
        for event in batch:
            if event.data.behaviour == "clumsy":
                await tx.fetch("select $1::int", 1, 2)
            await _write(event, tx)

    service = Service("ledger", (Subscription(EntryMade, write_clumsily),))
    await bench.publish(entry("poison", "clumsy"), entry("healthy"))
    async with bench.worker(service):
        await until(lambda: _has(bench, "healthy"), "the healthy one is handled")
        await until(lambda: _holds(bench, 1), "the other is held")


async def test_G10_what_one_message_lacks_keeps_no_other_of_its_batch_waiting(bench: Rig) -> None:
    """That it waits is in the log, as of every message that waits for something outside."""
    is_there = False
    handled: Counter[str] = Counter()

    async def write_what_is_there(batch: Batch[EntryMade], tx: Transaction) -> None:
        for event in batch:
            handled[event.subject] += 1
            if event.subject == "lacking" and not is_there:
                batch.postpone(event, "not there yet")
            else:
                await _write(event, tx)

    service = Service("ledger", (Subscription(EntryMade, write_what_is_there),))
    await bench.publish(entry("lacking"), entry("other"))
    async with bench.worker(service):
        with structlog.testing.capture_logs() as logged:
            await until(lambda: _has(bench, "other"), "the other is handled")
            await until(lambda: _logs(logged, "message_held"), "somebody may see that one waits")
        assert [line["reason"] for line in logged if line["event"] == "message_held"] == [
            "unavailable"
        ]
        await until(lambda: _holds(bench, 1), "the one waits")
        [row] = await bench.held()
        assert (row["status"], row["reason"], row["attempts"]) == ("retrying", "unavailable", 0)
        is_there = True
        await bench.fetch("update ledger.held set due_at = now()")
        await until(lambda: _has(bench, "lacking"), "the one is handled too")
        await until(lambda: _holds(bench, 0), "nothing waits")
    assert handled == {"lacking": 2, "other": 1}


async def test_a_cancellation_by_a_library_is_an_error_and_not_the_end(bench: Rig) -> None:
    async def write_or_break(batch: Batch[EntryMade], tx: Transaction) -> None:
        for event in batch:
            if event.data.behaviour == "cancel":
                broken = asyncio.get_running_loop().create_future()
                broken.cancel()
                await broken
            await _write(event, tx)

    service = Service("ledger", (Subscription(EntryMade, write_or_break),))
    await bench.publish(entry("poison", "cancel"))
    async with bench.worker(service):
        await until(lambda: _holds(bench, 1), "the poison is held")
        await bench.publish(entry("healthy"))
        await until(lambda: _has(bench, "healthy"), "the worker goes on")


async def test_a_timer_that_has_fired_is_not_planned_again_by_the_same_cause(bench: Rig) -> None:
    async def plan(batch: Batch[EntryMade], tx: Transaction) -> None:
        for event in batch:
            batch.announce(
                ReminderDue(account="x"),
                because_of="once",
                due_at=datetime(2025, 1, 1, tzinfo=UTC),
            )
            await _write(event, tx)

    service = Service(
        "ledger", (Subscription(EntryMade, plan), Subscription(ReminderDue, write_reminders))
    )
    async with bench.worker(service):
        await bench.publish(entry("a"))
        await until(lambda: _reminded(bench), "the reminder")
        await bench.publish(entry("b"))
        await until(lambda: _has(bench, "b"), "the second plan")
    assert await bench.held() == []
    assert len(await bench.fetch("select 1 from ledger.reminder")) == 1


async def _write(event: Event[EntryMade], tx: Transaction) -> None:
    await tx.execute(
        "insert into ledger.effect (event, account) values ($1, $2)", event.id, event.data.account
    )


async def _has(bench: Rig, account: str) -> bool:
    return account in await bench.effects()


async def _holds(bench: Rig, count: int) -> bool:
    return len(await bench.held()) == count


async def _is_given_up(bench: Rig) -> bool:
    return any(row["attempts"] == 5 for row in await bench.held())


async def _logs(logged: list[structlog.typing.EventDict], event: str) -> bool:
    return any(line["event"] == event for line in logged)


async def _reminded(bench: Rig) -> bool:
    return bool(await bench.fetch("select 1 from ledger.reminder"))

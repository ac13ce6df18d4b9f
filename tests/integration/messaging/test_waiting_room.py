"""What waits in `held` is neither forgotten nor taken for another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
import structlog

from shared.contracts import Event, Payload
from shared.messaging import Batch, Subscription, Unavailable, held
from shared.messaging.delivery import Delivery
from shared.postgres import Database, Transaction
from shared.users import url_of
from tests.support.databases import SECRET
from tests.support.ledger import LEDGER, EntryMade, entry, write_entries
from tests.support.rig import Rig, until

RIGHT = entry("a")
WRONG = RIGHT.model_copy(update={"source": "somebody else"})
CHILD = entry("child", parent="parent")
FOR_ITS_PARENT = held.quarantined("too_early", "", waiting_for="entry.made.v1 parent")


@pytest.fixture
async def ledger(bench: Rig) -> AsyncIterator[Database]:
    """The ledger's database, as another worker of it sees it."""
    database = await Database.connect(url_of(LEDGER.name, bench.owner, SECRET), LEDGER.name)
    yield database
    await database.close()


async def test_G11_of_two_with_one_id_the_other_still_counts_when_one_is_discarded(
    bench: Rig, ledger: Database
) -> None:
    await _hold(ledger, RIGHT, held.quarantined("failed", ""))
    await _hold(ledger, WRONG, held.quarantined("id_conflict", ""))
    [kept, unwanted] = [row["number"] for row in await bench.held()]
    async with ledger.transaction() as tx:
        await held.discard(tx, [unwanted])
        await held.replay(tx, [kept])
    async with bench.worker(LEDGER):
        await until(lambda: _has(bench, "a"), "the other counts")
        await bench.publish(WRONG)
        await until(lambda: _holds(bench, "id_conflict"), "what was discarded is a conflict")
    assert [row["body"] for row in await bench.held()] == [WRONG.to_json()]


async def test_G11_two_with_one_id_that_are_discarded_together_do_not_come_back(
    bench: Rig, ledger: Database
) -> None:
    await _hold(ledger, RIGHT, held.quarantined("failed", ""))
    await _hold(ledger, WRONG, held.quarantined("id_conflict", ""))
    async with ledger.transaction() as tx:
        await held.discard(tx, [row["number"] for row in await bench.held()])
    async with bench.worker(LEDGER):
        await bench.publish(RIGHT, WRONG, entry("b"))
        await until(lambda: _holds(bench, "id_conflict"), "the one is a conflict")
        await until(lambda: _has(bench, "b"), "the next one is handled")
    assert await bench.effects() == ["b"]


async def test_of_two_that_waited_for_the_same_the_one_that_came_first_is_taken_first(
    bench: Rig, ledger: Database
) -> None:
    waiting = held.Hold("parked", "parent_missing", "", waiting_for="entry.made.v1 parent")
    await _hold(ledger, RIGHT, waiting)
    await _hold(ledger, CHILD, waiting)
    # A table gives its rows in no order: the one that was changed last lies last.
    await bench.fetch(
        "update ledger.held set attempts = attempts where message = $1", str(RIGHT.id)
    )
    async with ledger.transaction() as tx:
        await held.release(tx, ["entry.made.v1 parent"])
        taken = [delivery.message for delivery in await held.take_due(tx)]
    assert taken == [str(RIGHT.id), str(CHILD.id)]


async def test_what_is_called_while_it_is_looked_at_is_looked_at_again_at_once(
    bench: Rig, ledger: Database
) -> None:
    waiting = held.Hold("parked", "parent_missing", "", waiting_for="entry.made.v1 parent")
    await _hold(ledger, CHILD, waiting)
    await bench.fetch(
        "update ledger.held set first_held_at = now() - interval '1 h', due_at = now()"
    )
    async with ledger.transaction() as tx:
        assert await held.take_due(tx)
    async with ledger.transaction() as looking:
        async with ledger.transaction() as tx:  # another worker handles the parent meanwhile
            await held.release(tx, ["entry.made.v1 parent"])
        await held.put(looking, [(delivery_of(CHILD), waiting)])
    async with ledger.transaction() as tx:
        assert [delivery.message for delivery in await held.take_due(tx)] == [str(CHILD.id)]


async def test_what_is_quarantined_while_another_worker_handles_what_it_waits_for_is_tried_again(
    bench: Rig, ledger: Database
) -> None:
    """The other had looked for what waits before it was written down."""
    has_begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def write_slowly(batch: Batch[EntryMade], tx: Transaction) -> None:
        if not batch[0].data.parent:
            has_begun.set()
            await may_go_on.wait()
        await write_entries(batch, tx)

    slow = replace(LEDGER, subscriptions=(Subscription(EntryMade, write_slowly),))
    async with bench.worker(slow):
        await bench.publish(entry("parent"))
        await has_begun.wait()
        await _hold(ledger, CHILD, FOR_ITS_PARENT)
        may_go_on.set()
        await until(lambda: _has(bench, "parent"), "what it waits for is handled")
        await _let_a_minute_pass(bench)
        await until(lambda: _has(bench, "child"), "it counts after all")
        await until(lambda: _is_empty(bench), "and waits no more")


async def test_what_is_no_better_at_its_second_look_stays_for_a_person(
    bench: Rig, ledger: Database
) -> None:
    async def quarantine(batch: Batch[EntryMade], _: Transaction) -> None:
        for event in batch:
            batch.quarantine(event, "too_early", "", waiting_for=EntryMade, subject="parent")

    strict = replace(LEDGER, subscriptions=(Subscription(EntryMade, quarantine),))
    await _hold(ledger, CHILD, FOR_ITS_PARENT)
    await _let_a_minute_pass(bench)
    with structlog.testing.capture_logs() as logged:
        async with bench.worker(strict):
            await until(lambda: _is_left_alone(bench), "nobody looks at it a third time")
    assert "message_held" not in {line["event"] for line in logged}, "it was said the first time"
    [row] = await bench.held()
    assert (row["status"], row["waiting_for"]) == ("quarantined", FOR_ITS_PARENT.waiting_for)


async def test_G10_what_lacks_something_at_its_second_look_is_tried_again(
    bench: Rig, ledger: Database
) -> None:
    """Its parent came unseen, and what else it needs is not there yet."""
    is_there = False

    async def write_what_is_there(batch: Batch[EntryMade], tx: Transaction) -> None:
        if is_there:
            await write_entries(batch, tx)
            return
        for event in batch:
            batch.postpone(event, "not there yet")

    lacking = replace(LEDGER, subscriptions=(Subscription(EntryMade, write_what_is_there),))
    await _hold(ledger, RIGHT, FOR_ITS_PARENT)
    await _let_a_minute_pass(bench)
    async with bench.worker(lacking):
        await until(lambda: _is_postponed(bench, 1), "it waits for what it lacks")
        is_there = True
        await _let_a_minute_pass(bench)
        await until(lambda: _is_empty(bench), "and is handled at last")
    assert await bench.effects() == ["a"]


async def test_a_late_copy_takes_away_nothing_of_what_a_quarantined_message_waits_for(
    bench: Rig, ledger: Database
) -> None:
    """The copy comes as a suspect that has had all its attempts."""
    await _hold(ledger, CHILD, FOR_ITS_PARENT)
    [before] = await bench.held()
    await bench.fetch(
        "insert into ledger.suspect (message, lone_attempts) values ($1, 2)", str(CHILD.id)
    )
    await bench.publish(CHILD)
    await bench.deliver_to_nobody(LEDGER)
    async with bench.worker(LEDGER):
        await until(lambda: _is_held_again(bench, before["last_held_at"]), "the copy is held")
        [after] = await bench.held()
        assert (after["status"], after["due_at"]) == ("quarantined", before["due_at"])
        await bench.publish(entry("parent"))
        await until(lambda: _has(bench, "child"), "its parent releases it")


async def test_G10_a_scanner_that_is_away_counts_against_no_message(bench: Rig) -> None:
    """It is away for longer than a message is tried whose own the fault is."""
    is_away = True
    tries: Counter[str] = Counter()

    async def scan(batch: Batch[EntryMade], _: Database) -> dict[UUID, str]:
        if is_away and any(event.data.behaviour == "scanned" for event in batch):
            tries.update([event.data.account for event in batch] if len(batch) == 1 else [])
            raise Unavailable
        return {}

    scanning = Subscription(EntryMade, write_entries, prepare=scan)
    service = replace(LEDGER, subscriptions=(scanning,))
    waiting = [entry(f"account-{number}", "scanned") for number in range(5)]
    others = [entry(f"account-{number}") for number in range(5, 10)]
    async with bench.worker(service) as worker:
        await bench.publish(*waiting, *others)

        async def sweep() -> None:
            await _let_a_minute_pass(bench)
            await worker._sweep()

        async def is_tried_often() -> bool:
            await sweep()
            often = [account for account, times in tries.items() if times > held.MAX_ATTEMPTS]
            return len(often) == len(waiting)

        await until(is_tried_often, "more tries than a faulty message has")
        await until(lambda: _is_postponed(bench, len(waiting)), "they wait, and none is blamed")
        assert await bench.effects() == [event.subject for event in others]
        is_away = False

        async def is_empty() -> bool:
            await sweep()
            return await _is_empty(bench)

        await until(is_empty, "nothing waits once it is back")
    assert await bench.effects() == [event.subject for event in (*waiting, *others)]


async def test_the_waiting_room_is_not_emptied_faster_than_it_is_worked_off(
    bench: Rig, ledger: Database
) -> None:
    """What is taken and lies about loses its lease, and is taken for what killed its worker."""
    has_begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def write_slowly(batch: Batch[EntryMade], tx: Transaction) -> None:
        has_begun.set()
        await may_go_on.wait()
        await write_entries(batch, tx)

    slow = replace(LEDGER, subscriptions=(Subscription(EntryMade, write_slowly),))
    for number in range(250):
        await _hold(ledger, entry(f"account-{number}"), held.quarantined("failed", ""))
    await bench.fetch("update ledger.held set due_at = now()")
    async with bench.worker(slow) as worker:
        await has_begun.wait()
        for _ in range(4):
            await worker._sweep()
        leased = "select 1 from ledger.held where leased_until is not null"
        assert len(await bench.fetch(leased)) <= 100
        may_go_on.set()
        await until(lambda: _is_empty(bench), "all count in the end")


def delivery_of(event: Event[Payload]) -> Delivery:
    return Delivery(event.type, event.to_json(), event_id=event.id)


async def _hold(ledger: Database, event: Event[Payload], hold: held.Hold) -> None:
    async with ledger.transaction() as tx:
        await held.put(tx, [(delivery_of(event), hold)])


async def _is_postponed(bench: Rig, count: int) -> bool:
    """Whether so many wait for something outside, and nothing else does."""
    rows = [(row["status"], row["reason"], row["attempts"]) for row in await bench.held()]
    return rows == [("retrying", "unavailable", 0)] * count


async def _let_a_minute_pass(bench: Rig) -> None:
    await bench.fetch("update ledger.held set due_at = now() where due_at > now()")


async def _has(bench: Rig, account: str) -> bool:
    return account in await bench.effects()


async def _holds(bench: Rig, reason: str) -> bool:
    return any(row["reason"] == reason for row in await bench.held())


async def _is_empty(bench: Rig) -> bool:
    return await bench.held() == []


async def _is_left_alone(bench: Rig) -> bool:
    return all(row["due_at"] is None for row in await bench.held())


async def _is_held_again(bench: Rig, since: object) -> bool:
    return all(row["last_held_at"] != since for row in await bench.held())

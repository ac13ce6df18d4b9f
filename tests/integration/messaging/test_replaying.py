"""What an operator does in the waiting room while a worker is at work (G11)."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import pytest

from services.console import held
from shared.messaging import Batch, Service, Subscription
from shared.postgres import Transaction
from shared.settings import settings
from tests.support.ledger import LEDGER, EntryMade, entry, write_entries
from tests.support.rig import Rig, until

Operator: TypeAlias = Callable[..., Awaitable[int]]


class Fault:
    """A fault of the ledger's that quarantines everything until somebody mends it."""

    is_mended = False

    def service(self) -> Service:
        async def write(batch: Batch[EntryMade], tx: Transaction) -> None:
            if self.is_mended:
                await write_entries(batch, tx)
            else:
                for event in batch:
                    batch.quarantine(event, "faulty", "")

        return replace(LEDGER, subscriptions=(Subscription(EntryMade, write),))


@pytest.fixture
def operator(bench: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """Whoever may run `./muster held` on the ledger's waiting room."""
    monkeypatch.setattr(held, "SERVICES", (LEDGER,))
    monkeypatch.setenv("DATABASE_URL", bench.owner)
    settings.cache_clear()

    parser = argparse.ArgumentParser()
    held.add_arguments(parser)

    async def run(*words: str) -> int:
        return await held.run(parser.parse_args(words))

    yield run
    monkeypatch.undo()
    settings.cache_clear()


async def test_G11_what_was_quarantined_can_be_replayed_twice_and_is_applied_once(
    bench: Rig, operator: Operator
) -> None:
    fault = Fault()
    events = [entry(f"account-{number}") for number in range(5)]
    async with bench.worker(fault.service()):
        await bench.publish(*events)
        await until(lambda: _are_held(bench, 5), "all are in quarantine")
        fault.is_mended = True
        one = (await bench.held())[0]["number"]
        bulk = operator("replay", "--reason", "faulty")
        assert await asyncio.gather(operator("replay", f"ledger-{one}"), bulk) == [0, 0]
        await operator("replay", "--reason", "faulty")
        await until(lambda: _are_held(bench, 0), "nothing is held")
    assert await bench.effects() == [event.subject for event in events]


async def test_G11_a_replay_of_what_was_handled_meanwhile_changes_nothing(
    bench: Rig, operator: Operator
) -> None:
    """As when a worker dies of a copy while another has handled the message itself."""
    event = entry("a")
    async with bench.worker(LEDGER):
        await bench.publish(event)
        await until(lambda: _has_effect(bench), "it is handled")
        await bench.fetch(
            "insert into ledger.held (message, sha256, status, routing_key, body, reason, detail,"
            " first_error) values ($1, sha256($2), 'quarantined', $3, $2, 'failed', '', '')",
            str(event.id), event.to_json(), event.type,
        )  # fmt: skip
        assert await operator("replay", "ledger-1") == 0
        await until(lambda: _are_held(bench, 0), "it is held no more")
        assert await operator("replay", "ledger-1") == 1
    assert await bench.effects() == ["a"]
    assert len(await bench.fetch("select from messaging.history")) == 1


async def test_G11_what_is_discarded_while_a_worker_is_at_work_is_applied_to_nothing(
    bench: Rig, operator: Operator
) -> None:
    fault = Fault()
    async with bench.worker(fault.service()):
        await bench.publish(entry("unwanted"))
        await until(lambda: _are_held(bench, 1), "it is in quarantine")
        fault.is_mended = True
        assert await operator("discard", "--reason", "faulty") == 0
        await bench.publish(entry("unwanted"))
        await bench.publish(entry("a"))
        await until(lambda: _has_effect(bench), "the next one is handled")
        await until(lambda: bench.queue_is_empty(LEDGER), "and so is its copy")
    assert await bench.effects() == ["a"]
    assert await bench.held() == []


async def _are_held(bench: Rig, count: int) -> bool:
    return len(await bench.held()) == count


async def _has_effect(bench: Rig) -> bool:
    return bool(await bench.effects())

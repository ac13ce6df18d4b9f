"""G5 in process: cut off at every step, many times; nothing lost, nothing repeated.

tests/faults/test_kills.py does the same once with SIGKILL. `MUSTER_REPEAT=100` for the full run.
"""

import asyncio
import os
from collections import Counter
from dataclasses import replace

import pytest

from services.notifications import sender
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.simulator.mailbox import Mailbox
from shared.contracts import Event, Payload
from shared.messaging import Service
from shared.messaging.faultpoints import POINTS
from shared.settings import settings
from tests.faults.test_kills import exactly_once
from tests.support.builders import event, stage_changed, vacancy_timetabled
from tests.support.cut import Cut
from tests.support.ledger import ECHO, LEDGER, PREPARING_LEDGER, entry
from tests.support.rig import Rig, rig, until

REPEAT = int(os.environ.get("MUSTER_REPEAT", "10"))
SERVICES = {"plain": LEDGER, "with prepare": PREPARING_LEDGER}


async def cut_off(bench: Rig, service: Service, point: str, after: int) -> None:
    """Have the service work until it reaches the point, and lose it there."""
    cut = Cut(bench, service, point, after)
    async with cut.working():
        try:
            await asyncio.wait_for(cut.fired.wait(), 20)
        except TimeoutError:
            pytest.fail(f"the point {point!r} never fired")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", SERVICES)
async def test_G5_a_worker_cut_off_at_any_step_loses_nothing_and_repeats_nothing(
    bench: Rig, kind: str, point: str
) -> None:
    published: list[Event[Payload]] = []
    for number in range(REPEAT):
        events = [entry(f"account-{number}-{n}") for n in range(8)]
        published += events
        await bench.publish(*events)
        await cut_off(bench, SERVICES[kind], point, after=number % 2)
        async with bench.worker(SERVICES[kind]):
            await until(lambda: _is_settled(bench, len(published)), "everything is settled", 60)
    async with bench.worker(ECHO):
        await until(lambda: _has_echoed(bench, len(published)), "everything is echoed", 60)
    await exactly_once(bench, published)
    assert await bench.held() == []
    assert await bench.fetch("select * from ledger.suspect") == []


async def _is_settled(bench: Rig, count: int) -> bool:
    if len(await bench.effects()) < count or await bench.fetch("select 1 from ledger.outbox"):
        return False
    return await bench.queue_is_empty(LEDGER)


async def _has_echoed(bench: Rig, count: int) -> bool:
    return len(await bench.effects("echo")) >= count

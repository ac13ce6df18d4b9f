"""Leg 9: workers are killed, both servers are restarted, and the ledger balances all the same.

`./muster chaos` does worse, and to the real services. This is about the very programs and settings
whose speed the bench reports: it has not been bought with what a crash would lose.
"""

import asyncio
from typing import Final

import asyncpg

from tests.bench.audit import Mismatch, application_in
from tests.bench.burst import Run, run
from tests.bench.contestants import MUSTER
from tests.bench.findings import Findings, Row
from tests.bench.ground import Ground
from tests.bench.job import HOPS
from tests.bench.rounds import Say
from tests.bench.scale import Scale
from tests.bench.submissions import Submissions

_TITLE: Final = "ends announced again, with their id, while workers and servers die"
_BURSTS: Final = 2  # as many applications as so many runs of the first leg
_FAULTS: Final = ("worker", "worker", "broker", "worker", "database", "worker", "worker", "worker")


async def measure(ground: Ground, scale: Scale, say: Say) -> Findings:
    """Publish a part, strike while it is being worked on, and go on with the next.

    Only what is not at rest when somebody is struck may be announced again.
    """
    submissions = Submissions(seed=900, count=_BURSTS * scale.fast_applications)
    messages = submissions.messages()
    each = -(-len(messages) // len(_FAULTS))
    at_work, published = 0, set[str]()
    async with run(ground, MUSTER) as current:
        current.inputs.append(submissions)
        for number, fault in enumerate(_FAULTS):
            await current.until_all_consume()  # one that starts may die of a server that is away
            part = messages[number * each : (number + 1) * each]
            published |= {application_in(s.body) for s in part if s.id not in submissions.poison}
            async with current.exchange() as exchange:
                await current.publish(exchange, part)
            at_work += await _is_at_work(current)
            current.in_hand |= published - await _at_rest(current)
            await _strike(current, fault, number)
            say(f"{fault} struck")
        await current.until_done()
    if at_work * 2 < len(_FAULTS):
        raise Mismatch(f"only {at_work} of {len(_FAULTS)} faults struck work in hand")
    note = (
        f"of {submissions.count:,} applications, none lost or done twice, or it would be void; "
        f"{_FAULTS.count('worker')} workers killed, the database killed and the broker restarted, "
        f"{at_work} of these while work was in hand"
    )
    return Findings(rows=[Row(_TITLE, None, current.repeated, note=note)])


async def _is_at_work(current: Run) -> bool:
    """Whether anything is on its way between the hops or waits for the first."""
    outboxes = " or ".join(f"exists (select 1 from {hop}.outbox)" for hop in HOPS)
    if await current.owner.fetchval(f"select {outboxes}"):
        return True
    return any([await current.ground.depth(queue) for queue in current.contestant.queues])


async def _at_rest(current: Run) -> set[str]:
    """Find the applications whose end is confirmed and noted: nobody announces it again."""
    rows = await current.owner.fetch(
        f"select application from {HOPS[-1]}.state where application not in ("
        f" select subject from messaging.history join {HOPS[-1]}.outbox using (id))"
    )
    return {row["application"] for row in rows}


async def _strike(current: Run, fault: str, number: int) -> None:
    """Kill, and have it start again."""
    ground = current.ground
    match fault:
        case "worker":
            await asyncio.to_thread(current.kill_worker, number % len(current.workers))
        case "broker":
            await ground.leave()
            await asyncio.to_thread(ground.rabbit.control, "stop_app")
            await asyncio.to_thread(ground.rabbit.control, "start_app")
        case "database":
            await current.owner.close()
            await asyncio.to_thread(ground.postgres.kill)
            await asyncio.to_thread(ground.postgres.start)
            current.owner = await asyncpg.connect(current.url)

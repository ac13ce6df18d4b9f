"""G8 in volume: fuzzed bodies among good ones, on a worker at work."""

import random
from collections import Counter
from uuid import UUID, uuid5

from shared.contracts import ContractViolation, parse
from shared.contracts.envelope import NAMESPACE
from shared.messaging.outbox import Outgoing
from shared.messaging.publisher import Publisher
from tests.support.hostile_bodies import mutated
from tests.support.ledger import LEDGER, EntryMade, entry
from tests.support.rig import Rig, until

FUZZED, GOOD = 300, 2_700


def fuzzed_bodies(chance: random.Random) -> set[bytes]:
    """Entries with some bytes changed, a few of which still are entries, and mere noise."""
    spoilt = {mutated(entry(f"fuzzed-{n}").to_json(), chance) for n in range(FUZZED * 9 // 10)}
    return spoilt | {chance.randbytes(n) for n in range(FUZZED // 10)}


def expected(bodies: set[bytes]) -> tuple[list[UUID], dict[bytes, tuple[str, str, int]]]:
    """Tell which events a worker finds in these, and how it holds the others."""
    events: list[UUID] = []
    held: dict[bytes, tuple[str, str, int]] = {}
    for body in bodies:
        try:
            events.append(parse(body, EntryMade.type).id)
        except ContractViolation as violation:
            held[body] = ("quarantined", violation.reason, 0)
    return events, held


async def test_G8_of_fuzzed_bodies_among_good_ones_none_is_lost_and_no_good_one_suffers(
    bench: Rig,
) -> None:
    chance = random.Random(8)
    good = [entry(f"account-{number}") for number in range(GOOD)]
    events, held = expected(fuzzed := fuzzed_bodies(chance))
    assert len(events) > FUZZED // 10
    assert len(held) > FUZZED // 3
    bodies = [event.to_json() for event in good] + sorted(fuzzed)
    chance.shuffle(bodies)
    outgoing = [
        Outgoing(uuid5(NAMESPACE, str(number)), EntryMade.type, body)
        for number, body in enumerate(bodies)
    ]
    publisher = Publisher(bench.amqp_url)
    async with bench.worker(LEDGER):
        assert len(await publisher.publish(outgoing)) == len(outgoing)
        await publisher.close()

        async def is_done() -> bool:
            counted = await bench.fetch("select from ledger.effect")
            return len(counted) + len(await bench.held()) >= len(bodies)

        await until(is_done, "each has its effect or is held")
        await until(lambda: bench.queue_is_empty(LEDGER), "the queue is empty")
    effects = await bench.fetch("select event from ledger.effect")
    assert Counter(row["event"] for row in effects) == Counter([*(e.id for e in good), *events])
    rows = {
        row["body"]: (row["status"], row["reason"], row["attempts"]) for row in await bench.held()
    }
    assert rows == held

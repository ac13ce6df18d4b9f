"""What waits in the outbox goes out by turns, however much of it the broker refuses."""

import pytest

from shared.messaging import outbox
from shared.messaging.batch import Outcome
from shared.postgres import Database
from shared.users import url_of
from tests.support.builders import NOW
from tests.support.databases import SECRET
from tests.support.ledger import EntryMade, EntryWritten, ReminderDue
from tests.support.rig import Rig

REFUSED, AT_ONCE = 1500, 100
WRITE = (
    "with said as ("
    " insert into messaging.history (id, type, subject, body)"
    " select gen_random_uuid(), $1, '', '' from generate_series(1, $2) returning id, type"
    ") insert into ledger.outbox (id, type, leased_until) select id, type, now() from said"
)


async def test_G6_however_much_is_refused_it_does_not_keep_back_what_lies_behind_it(
    bench: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leases end at once: so it is when more is refused than goes out while one lasts."""
    impatient = outbox._LEASE.replace("limit 500", f"limit {AT_ONCE}").replace("10 s", "0 s")
    monkeypatch.setattr(outbox, "_LEASE", impatient)
    await bench.fetch(WRITE, ReminderDue.type, REFUSED)
    await bench.fetch(WRITE, EntryWritten.type, 1)
    database = await Database.connect(url_of("ledger", bench.owner, SECRET), "ledger")
    turns = 0
    try:
        while True:
            async with database.transaction() as tx:
                leased = await outbox.lease_unconfirmed(tx)
            assert len(leased) == AT_ONCE
            turns += 1
            if any(message.routing_key == EntryWritten.type for message in leased):
                break
            assert turns <= REFUSED // AT_ONCE, "it has had no turn, and others had two"
    finally:
        await database.close()


async def test_G7_an_event_too_large_for_the_broker_is_refused_before_it_holds_up_others() -> None:
    outcome = Outcome(source="test")
    outcome.announce(EntryMade(account="a", behaviour="x" * 300_000), because_of="b", now=NOW)
    with pytest.raises(ValueError, match=r"entry\.made\.v1 has 300\d\d\d bytes"):
        await outbox.record(None, outcome)  # type: ignore[arg-type] - it is not come to

"""A corrected declaration: judged anew, the earlier verdict kept, whatever order it comes in."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from services.eligibility.worker import SERVICE
from shared.contracts.checks import EligibilityOutcome
from shared.contracts.corrections import RejectionCorrected
from tests.support.at_once import at_once
from tests.support.build_eligibility import applied
from tests.support.builders import (
    NOW,
    declaration_corrected,
    departure,
    event,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

BARRED = applied("2025-06-03", departure("2021-10-21"), departure("2020-10-21"))
LONG_AGO = declaration_corrected(1, departure("2012-10-21"))
UNCLEAR = declaration_corrected(
    2, departure("2020"), decided_at=LONG_AGO.decided_at + timedelta(hours=1)
)


@pytest.fixture
async def eligibility(database: TestDatabase) -> Hearing:
    return Hearing(SERVICE, await database.service("eligibility"))


async def rows(database: TestDatabase, sql: str) -> list[tuple]:
    connected = await database.service("eligibility")
    async with connected.transaction() as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def stands(database: TestDatabase) -> list[tuple]:
    return await rows(
        database,
        "select outcome, reasons, eligible_from, working, facts, basis, decided_at"
        " from eligibility.verdict",
    )


async def test_E21_a_correction_is_judged_announced_and_the_earlier_verdict_kept(
    eligibility, database
):
    [before] = await eligibility.hear(BARRED, now=NOW)
    assert (before.outcome, before.eligible_from) == ("rejected", date(2026, 10, 22))
    [after, told] = await eligibility.hear(LONG_AGO, now=NOW + timedelta(hours=1))
    assert (after.outcome, after.eligible_from) == ("rejected", date(2025, 10, 22))
    assert told == RejectionCorrected(
        application=BARRED.application, vacancy=BARRED.vacancy, number=2
    )
    [last] = await eligibility.hear(UNCLEAR, now=NOW + timedelta(hours=2))
    assert (last.outcome, last.reasons) == ("referred", ("E8_partial_date",))
    assert await rows(
        database,
        "select number, outcome, eligible_from, basis, superseded_at"
        " from eligibility.earlier_verdict order by number",
    ) == [
        (1, "rejected", date(2026, 10, 22), "declaration", NOW + timedelta(hours=1)),
        (2, "rejected", date(2025, 10, 22), "correction", NOW + timedelta(hours=2)),
    ]
    [(number, working)] = await rows(database, "select number, working from eligibility.verdict")
    assert number == 3
    assert working.startswith("What you told us was corrected on")


@pytest.mark.parametrize("order", list(permutations([BARRED, LONG_AGO, UNCLEAR])))
async def test_E21_G3_corrections_in_any_order_and_number_end_in_the_same_verdict(
    eligibility, database, order
):
    for _ in range(2):
        await eligibility.hear(*order, now=NOW)
    outcome, reasons, eligible_from, working, facts, basis, decided_at = (await stands(database))[
        0
    ]
    assert (outcome, reasons, eligible_from) == ("referred", ["E8_partial_date"], None)
    assert "in 2020" in working
    assert '"2012-10-21"' in facts
    assert (basis, decided_at) == ("correction", UNCLEAR.decided_at)
    assert eligibility.announced[-1].outcome is EligibilityOutcome.REFERRED


async def test_E21_the_same_correction_under_another_event_id_changes_nothing(
    eligibility, database
):
    await eligibility.hear(BARRED, event(LONG_AGO), now=NOW)
    before = await stands(database)
    assert await eligibility.hear(event(LONG_AGO, copy=2), now=NOW) == []
    assert await stands(database) == before


async def test_E21_a_departure_that_was_never_declared_is_kept_for_a_person(eligibility):
    await eligibility.hear(BARRED, now=NOW)
    assert await eligibility.hear(declaration_corrected(3, departure("2012")), now=NOW) == []
    assert [one.reason for one in eligibility.quarantined] == ["no_such_departure"]


async def test_E21_two_workers_with_corrections_of_one_application_lose_neither(database):
    eligibility = Hearing(SERVICE, await database.service("eligibility"))
    await eligibility.hear(BARRED, now=NOW)
    await at_once(SERVICE, database, event(UNCLEAR), [event(LONG_AGO)], now=NOW)
    [(outcome, *_, facts, _, _)] = await stands(database)
    assert outcome == "referred"
    assert '"2012-10-21"' in facts
    assert '"2020"' in facts

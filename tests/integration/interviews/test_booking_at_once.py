"""G13: many workers booking at the same moment, and what the database refuses them."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import asyncpg
import pytest

from services.interviews.handlers import arrange_interviews
from services.interviews.worker import SERVICE
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.interviews import InterviewBooked, InterviewCancelled, InterviewUnplaced
from shared.postgres import Database
from shared.users import url_of
from tests.support.at_once import at_once
from tests.support.batches import batch_of
from tests.support.builders import (
    INTERVIEW_AT,
    REVIEW_COMPLETED_AT,
    VACANCY,
    event,
    review_completed,
    stage_changed,
    vacancy_timetabled,
)
from tests.support.databases import SECRET, TestDatabase
from tests.support.hearing import Hearing

NOW = REVIEW_COMPLETED_AT + timedelta(minutes=1)
WORKERS = 8
PEOPLE = [f"app-{n:03}" for n in range(120)]
DAYS, SLOTS = 5, 40


@pytest.fixture
async def interviews(database: TestDatabase) -> AsyncIterator[Database]:
    """A vacancy ready to book, with fewer slots than people, and a connection per worker."""
    url = url_of("interviews", database.owner, SECRET)
    connected = await Database.connect(url, "interviews", max_connections=WORKERS)
    async with connected.transaction() as tx:
        await tx.execute(f"update interviews.diary set horizon_working_days = {DAYS}")
    hearing = Hearing(SERVICE, connected)
    await hearing.hear(vacancy_timetabled(), review_completed(), now=NOW)
    yield connected
    await connected.close()


async def test_G13_no_slot_is_held_twice_and_nobody_holds_two(interviews: Database) -> None:
    said = await arranged_at_once(
        interviews, [invited(one, copy) for copy in range(3) for one in PEOPLE]
    )
    booked = [one for one in said if isinstance(one, InterviewBooked)]
    unplaced = [one for one in said if isinstance(one, InterviewUnplaced)]
    assert len(booked) == SLOTS
    assert len({one.starts_at for one in booked}) == SLOTS
    assert sorted({one.application for one in booked + unplaced}) == PEOPLE
    assert await overlaps(interviews) == 0


async def test_G13_holds_while_people_withdraw_and_others_take_their_slots(
    interviews: Database,
) -> None:
    leaving = PEOPLE[::3]
    said = await arranged_at_once(
        interviews,
        [invited(one) for one in PEOPLE] + [invited(one) for one in leaving],
        [stage_changed(one, Stage.WITHDRAWN, sequence=7) for one in leaving],
    )
    booked = Counter(one.application for one in said if isinstance(one, InterviewBooked))
    cancelled = Counter(one.application for one in said if isinstance(one, InterviewCancelled))
    assert max(booked.values()) == 1
    assert cancelled == Counter({one: 1 for one in leaving if one in booked})
    assert await overlaps(interviews) == 0
    async with interviews.transaction() as tx:
        held = await tx.fetch(
            "select application from interviews.appointment where state='booked'"
        )
    assert {row["application"] for row in held} == set(booked) - set(leaving)


async def test_completions_of_the_same_reviews_in_another_order_wait_but_never_in_a_circle(
    database: TestDatabase, interviews: Database
) -> None:
    await Hearing(SERVICE, interviews).hear(vacancy_timetabled(vacancy="met-001"), now=NOW)
    one_way = [event(review_completed(vacancy), copy=1) for vacancy in (VACANCY, "met-001")]
    the_other = [event(review_completed(vacancy), copy=2) for vacancy in ("met-001", VACANCY)]
    first = event(review_completed(), copy=3)
    await at_once(SERVICE, database, first, one_way, the_other, now=NOW)


async def test_G13_the_database_itself_refuses_an_overlap_and_a_second_interview(
    interviews: Database,
) -> None:
    """The lock is for order and good manners; the constraint is the promise."""
    async with interviews.transaction() as tx:
        await tx.execute(
            "insert into interviews.candidate select unnest($1::text[]), 1", PEOPLE[:WORKERS]
        )
    results = await asyncio.gather(
        *[
            write_directly(interviews, application, INTERVIEW_AT + timedelta(minutes=minutes))
            for minutes, application in enumerate(PEOPLE[:WORKERS])
        ]
    )
    assert results.count("booked") == 1
    assert set(results) == {"booked", "ExclusionViolationError"}
    winner = PEOPLE[results.index("booked")]
    later = INTERVIEW_AT + timedelta(days=1)
    assert await write_directly(interviews, winner, later) == "UniqueViolationError"


def invited(application: str, copy: int = 0) -> ApplicationStageChanged:
    return stage_changed(application, Stage.INVITED, sequence=5, documents_version=copy)


async def arranged_at_once(
    interviews: Database, *lots: list[ApplicationStageChanged]
) -> list[object]:
    """Let every worker take small batches of all that is waiting, in a random order."""
    changes = [change for lot in lots for change in lot]
    random.Random(13).shuffle(changes)
    announced: list[object] = []

    async def work() -> None:
        while changes:
            batch, outcome = batch_of([event(change) for change in take(changes, 3)], NOW)
            async with interviews.transaction() as tx:
                await arrange_interviews(batch, tx)
            announced.extend(said.event.data for said in outcome.announced)

    await asyncio.gather(*[work() for _ in range(WORKERS)])
    return announced


def take(changes: list[ApplicationStageChanged], size: int) -> list[ApplicationStageChanged]:
    """Take the next few, at most one per application, as a batch does."""
    taken: dict[str, ApplicationStageChanged] = {}
    while changes and len(taken) < size and changes[-1].application not in taken:
        change = changes.pop()
        taken[change.application] = change
    return list(taken.values())


async def overlaps(interviews: Database) -> int:
    async with interviews.transaction() as tx:
        return int(
            await tx.fetchval(
                "select count(*) from interviews.appointment a join interviews.appointment b"
                " on a.application < b.application and a.vacancy = b.vacancy"
                " and a.during && b.during and a.state = 'booked' and b.state = 'booked'"
            )
        )


async def write_directly(interviews: Database, application: str, starts_at: datetime) -> str:
    try:
        async with interviews.transaction() as tx:
            await tx.execute(
                "insert into interviews.appointment values ($1, $2,"
                " tstzrange($3, $3::timestamptz + interval '45 min'), 'here', 0, 'booked')",
                application, VACANCY, starts_at,
            )  # fmt: skip
    except asyncpg.PostgresError as error:
        return type(error).__name__
    return "booked"

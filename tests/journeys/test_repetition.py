"""Whatever is delivered any number of times leaves the database as if it had come once."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.eligibility.worker import SERVICE as ELIGIBILITY
from services.intake.worker import SERVICE as INTAKE
from services.interviews.worker import SERVICE as INTERVIEWS
from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.progress.worker import SERVICE as PROGRESS
from services.review.worker import SERVICE as REVIEW
from services.vacancies.worker import SERVICE as VACANCIES
from shared.contracts import Event, Payload
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    application_submitted,
    departure,
    event,
    form,
    served,
    vacancy_published,
)
from tests.support.databases import Template
from tests.support.doctor import Doctor
from tests.support.quiet import is_quiet
from tests.support.rig import Rig, rig, until

# Everybody but documents, who need files, and the letters, which go out on their own time.
SERVICES = (
    VACANCIES, INTAKE, ELIGIBILITY, PROGRESS, REVIEW, INTERVIEWS,
    replace(NOTIFICATIONS, loops=()),
)  # fmt: skip
PEOPLE = 200
# What the machinery notes of itself: when, and in which order, it did what it did.
ITS_OWN = {"position", "xid", "recorded_at", "created_at", "received_at", "leased_until", "number"}
MACHINERY = {"inbox", "outbox", "history"}


def story() -> list[Event[Payload]]:
    """Three vacancies; people in time and too late, eligible, not eligible and in doubt.

    Nothing of which the order would matter to the way things go: that is G4.
    """
    vacancies = [f"met-{n}" for n in range(3)]
    events: list[Event[Payload]] = [event(vacancy_published(vacancy=one)) for one in vacancies]
    for number in range(PEOPLE):
        name, vacancy = f"app-{number}", vacancies[number % 3]
        left = NOW - timedelta(days=100 + 20 * number)
        facts: dict[str, Any] = {"vacancy": vacancy}
        if number % 4 == 1:
            facts["form"] = form(early_departure=served(departure(f"{left:%Y-%m-%d}")))
        if number % 10 == 3:
            facts["submitted_at"] = LAST_ACCEPTED_AT + timedelta(minutes=1 + number)
        events.append(event(application_submitted(name, **facts)))
    return events


async def test_G2_three_deliveries_of_everything_shuffled_leave_the_same_tables_as_one(
    amqp_url: str, template: Template, doctor: Doctor
) -> None:
    events = story()
    thrice = events * 3
    random.Random(2).shuffle(thrice)
    once = await tables_after(amqp_url, template, events, doctor)
    again = await tables_after(amqp_url, template, thrice, doctor)
    assert once.keys() == again.keys()
    for table, rows in once.items():
        assert again[table] == rows, table
    assert len(once["intake.application"]) == PEOPLE
    assert len(once["messaging.history"]) > 3 * PEOPLE


async def tables_after(
    amqp_url: str, template: Template, deliveries: Sequence[Event[Payload]], doctor: Doctor
) -> dict[str, list[str]]:
    """Deliver to all workers, wait until they are quiet, and dump every table."""
    async with standing_still(amqp_url, template) as bench, AsyncExitStack() as stack:
        for service in SERVICES:
            await stack.enter_async_context(bench.worker(service))
        await bench.publish(*deliveries)
        await until(lambda: is_quiet(bench, {str(one.id) for one in deliveries}), "quiet")
        await doctor.finds_nothing(bench.owner)
        return await dump(bench)


@asynccontextmanager
async def standing_still(amqp_url: str, template: Template) -> AsyncIterator[Rig]:
    """A bench in whose database it is the evening after the closing, all the time."""
    async with template.copy() as database, rig(amqp_url, database.owner, SERVICES) as bench:
        await bench.fetch(
            "create or replace function messaging.virtual_now() returns timestamptz"
            " language sql stable as"
            f" $$ select timestamptz '{LAST_ACCEPTED_AT + timedelta(hours=20)}' $$"
        )
        yield bench


async def dump(bench: Rig) -> dict[str, list[str]]:
    names = await bench.fetch(
        "select table_schema as schema, table_name as name from information_schema.tables"
        " where table_type = 'BASE TABLE' and table_schema = any($1)",
        [*(service.name for service in SERVICES), "messaging"],
    )
    tables: dict[str, list[str]] = {}
    for table in names:
        rows = await bench.fetch(f'select * from {table["schema"]}."{table["name"]}"')
        hidden = ITS_OWN if table["name"] in MACHINERY else {"number", "first_queued_at"}
        tables[f"{table['schema']}.{table['name']}"] = sorted(
            repr({k: v for k, v in row.items() if k not in hidden}) for row in rows
        )
    return tables

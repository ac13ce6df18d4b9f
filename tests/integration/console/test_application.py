"""What `./muster application` shows of an application: all that came of it, and no value."""

import argparse
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from services.console import intake_record
from services.console.application import add_arguments, run
from services.intake.worker import SERVICE
from shared.contracts.applications import Role
from shared.settings import settings
from tests.support.builders import (
    LAST_ACCEPTED_AT,
    NOW,
    application_submitted,
    application_withdrawn,
    candidate,
    document,
    documents_replaced,
    event,
    form,
    vacancy_timetabled,
)
from tests.support.databases import TestDatabase
from tests.support.hearing import Hearing

AFTERWARDS = LAST_ACCEPTED_AT + timedelta(hours=9)
Muster = Callable[..., Awaitable[str]]


@pytest.fixture
async def intake(database: TestDatabase) -> Hearing:
    hearing = Hearing(SERVICE, await database.service("intake"))
    await hearing.hear(vacancy_timetabled(), now=NOW)
    return hearing


@pytest.fixture
async def muster(database: TestDatabase, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", database.owner)
    settings.cache_clear()
    parser = argparse.ArgumentParser()
    add_arguments(parser)

    async def say(*words: str) -> str:
        await run(parser.parse_args(words))
        said = capsys.readouterr()
        return said.out + said.err

    yield say
    settings.cache_clear()


async def held(database: TestDatabase, one, reason: str, service: str = "intake") -> None:
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        f"""
        insert into {service}.held
            (message, sha256, status, routing_key, body, reason, detail, first_error)
        values ($1, sha256($2), 'quarantined', $3, $2, $4, 'why', 'why')
        """,
        str(one.id), one.to_json(), one.type, reason,
    )  # fmt: skip
    await owner.close()


async def test_C3_it_shows_when_it_came_that_it_came_late_and_what_was_in_it(
    intake: Hearing, muster: Muster
):
    await intake.hear(application_submitted(), now=AFTERWARDS)
    assert (await muster("show", " APP-1 ")).splitlines()[:10] == [
        "Application app-1 for vacancy met-000",
        "Stage: none yet",
        "Submitted: Mon 20 Oct 2025 12:59",
        "Received: Wed 22 Oct 2025 08:55 (arrived after close)",
        "Documents:",
        "  version 1, sent Mon 20 Oct 2025 12:59: not checked",
        f"    cv, 20,000 bytes, SHA-256 {'a' * 12}...",
        f"    personal statement, 20,000 bytes, SHA-256 {'b' * 12}...",
        "Timeline:",
    ]


async def test_C3_it_shows_a_refusal_with_the_closing(intake: Hearing, muster: Muster):
    late = LAST_ACCEPTED_AT + timedelta(minutes=5)
    await intake.hear(application_submitted(submitted_at=late), now=AFTERWARDS)
    assert "Refused: the closing was Tue 21 Oct 2025 23:55" in await muster("show", "app-1")


async def test_F1_who_needs_an_adjustment_is_named_and_in_their_own_words_only_on_demand(
    database: TestDatabase, intake: Hearing, muster: Muster
):
    asking = application_submitted(form=form(adjustments="A ramp, please.\nAnd large print."))
    await intake.hear(asking, application_submitted("app-2"), now=NOW)
    said = await muster("show", "app-1")
    assert "The candidate wrote what adjustment is needed: add --adjustments to read it" in said
    assert "ramp" not in said + await muster("show", "app-1", "--json")
    assert "adjustment" not in await muster("show", "app-2")
    said = await muster("show", "app-1", "--adjustments")
    assert "words:\n  A ramp, please. And large print.\n" in said
    owner = await asyncpg.connect(database.owner)
    assert await intake_record.find_asking(owner, "met-000") == ["app-1"]
    await owner.execute(
        "insert into progress.application (application, is_withdrawn) values ('app-1', true)"
    )
    assert await intake_record.find_asking(owner, "met-000") == []
    await owner.close()


async def test_D8_it_shows_every_version_and_why_one_does_not_count(
    intake: Hearing, muster: Muster
):
    late = documents_replaced(
        replaced_at=LAST_ACCEPTED_AT + timedelta(minutes=5),
        documents=(document(Role.CV, sha256="c" * 64),),
    )
    await intake.hear(application_submitted(), late, application_withdrawn(), now=AFTERWARDS)
    said = await muster("show", "app-1")
    assert "Withdrawn: Mon 20 Oct 2025 13:00" in said
    assert "version 2, sent Wed 22 Oct 2025 00:00: does not count: application withdrawn" in said
    assert f"    cv, 20,000 bytes, SHA-256 {'c' * 12}..." in said


async def test_a_conflict_is_shown_with_the_fields_that_differ_and_no_value(
    intake: Hearing, muster: Muster
):
    other = application_submitted(candidate=candidate(name="Zaphod", email="z@example.org"))
    await intake.hear(application_submitted(), other, now=NOW)
    said = await muster("show", "app-1")
    assert "Conflict: came again Mon 20 Oct 2025 13:00 with other content" in said
    assert (
        "  differs in candidate.email, candidate.name; both are kept, nothing is applied" in said
    )
    assert "aphod" not in said.casefold()
    assert "example.org" not in said


async def test_G8_the_same_event_id_with_another_body_is_shown_too(
    database: TestDatabase, intake: Hearing, muster: Muster
):
    await intake.hear(application_submitted(), now=NOW)
    other = event(application_submitted(candidate=candidate(phone="07700 900123")))
    await held(database, other, "id_conflict")
    said = await muster("show", "app-1")
    assert "Held: intake-1 (application.submitted.v1) is quarantined" in said
    assert "  differs in candidate.phone; both are kept, nothing is applied" in said
    assert "07700" not in said


async def test_D7_what_only_waits_is_found_by_its_reference_too(
    database: TestDatabase, muster: Muster
):
    await held(database, event(application_submitted("APP-1")), "before_posting")
    await held(database, event(application_submitted("app-11")), "before_posting")
    said = await muster("show", "app-1")
    assert said.startswith("Application app-1 for vacancy unknown as yet\nStage: none yet\n")
    assert said.count("Held: ") == 1
    assert "  before_posting: why" in said


async def test_an_unknown_reference_is_told_from_one_that_waits(muster: Muster):
    said = await muster("show", "nobody")
    assert "There is no application nobody." in said
    assert "./muster vacancy show" in said


async def test_E19_who_may_be_the_same_person_is_shown_and_listed(intake: Hearing, muster: Muster):
    ada = candidate(phone="07700 900123")
    await intake.hear(vacancy_timetabled(vacancy="met-001"), now=NOW)
    await intake.hear(
        application_submitted("app-1", candidate=ada),
        application_submitted("app-2", candidate=ada, vacancy="met-001"),
        application_submitted("app-3", candidate=candidate(email="eve@example.org")),
        now=NOW,
    )
    both = "same email and same name and phone"
    cv = "same cv: app-1 for met-000, app-2 for met-001, app-3 for met-000"
    assert f"Perhaps the same person: app-2 for met-001 ({both})" in await muster("show", "app-1")
    assert (await muster("alike")).splitlines() == [
        cv,
        f"{both}: app-1 for met-000, app-2 for met-001",
        "2 groups of applications that may be of one person, or share a CV",
    ]
    [_, one_person] = json.loads(await muster("alike", "--json", "--vacancy", "MET-001"))
    assert one_person == (
        {
            "reasons": ["same_email", "same_name_and_phone"],
            "size": 2,
            "members": ["app-1 for met-000", "app-2 for met-001"],
        }
    )
    assert json.loads(await muster("alike", "--json", "--vacancy", "met-9")) == []


async def test_E19_a_shared_mailbox_is_shown_cut_short_and_says_so(
    intake: Hearing, muster: Muster
):
    await intake.hear_together(
        *(application_submitted(f"app-{number:02}") for number in range(30)), now=NOW
    )
    assert "app-19 for met-000 and 10 more" in await muster("alike")
    said = await muster("show", "app-25")
    assert said.count("Perhaps the same person") == 20
    assert "(at most 20 of each kind are shown)" in said


async def test_the_record_is_json_for_a_program(intake: Hearing, muster: Muster):
    await intake.hear(application_submitted(), now=NOW)
    found = json.loads(await muster("show", "app-1", "--json"))
    assert found["intake"]["documents"][0]["files"][0] == {
        "role": "cv", "size": 20_000, "sha256": "a" * 64, "also_in": [],
    }  # fmt: skip
    assert not found["intake"]["arrived_after_close"]
    assert intake_record.lines(found["intake"])

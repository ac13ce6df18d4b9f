"""The waiting room as an operator meets it: look, and decide, with names and in bulk."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from services.console import __main__ as console
from shared.settings import settings
from tests.support.builders import application_submitted, event
from tests.support.databases import TestDatabase

SUBMISSIONS = [event(application_submitted(f"app-{n}")) for n in range(3)]
HELD = """
insert into intake.held (message, sha256, status, routing_key, body, reason, detail, first_error,
                         attempts)
values ($1, sha256($2), 'quarantined', 'application.submitted.v1', $2, $3, 'why', 'ValueError', 5)
"""


def ask(url: str, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async def fetch() -> list[tuple[Any, ...]]:
        owner = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await owner.fetch(sql, *arguments)]
        finally:
            await owner.close()

    return asyncio.run(fetch())


@pytest.fixture
def operator(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    """Whoever may run `./muster held` on a waiting room with three messages of two causes."""
    reasons = ("failed", "failed", "id_conflict")
    for one, reason in zip(SUBMISSIONS, reasons, strict=True):
        ask(database.owner, HELD, str(one.id), one.to_json(), reason)
    monkeypatch.setenv("DATABASE_URL", database.owner)
    settings.cache_clear()

    def run(*words: str) -> tuple[int, str]:
        code = console.main(["held", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    yield run
    settings.cache_clear()


def test_G11_every_message_is_listed_with_cause_attempts_and_first_error(operator):
    code, said = operator("list")
    assert code == 0
    assert said.count("attempts 5") == 3
    assert "3 held" in said
    code, said = operator("list", "--reason", "id_conflict", "--json")
    [row] = json.loads(said)
    assert (row["name"], row["first_error"], row["attempts"]) == ("intake-3", "ValueError", 5)


def test_G11_one_is_shown_without_what_a_person_wrote(operator):
    code, said = operator("show", "intake-1")
    assert code == 0
    assert json.loads(said)["body"]["data"]["application"] == "app-0"
    assert "O'Neill" not in said
    assert "ada@" not in said
    assert operator("show", "intake-9")[0] == 1


def test_G11_one_that_its_worker_settles_while_it_is_looked_at_is_not_found(operator, monkeypatch):
    async def settled(*_: object) -> None:
        """What the database says of a row that is gone."""

    monkeypatch.setattr("shared.messaging.held.load_body", settled)
    code, said = operator("show", "intake-1")
    assert (code, "Nothing called 'intake-1' is held" in said) == (1, True)


def test_what_strangers_wrote_steers_no_terminal_and_no_key_of_theirs_is_shown(operator, database):
    body = {"id": "x", "Ada O'Neill": {"application": "app-0"}, "data": {"ada@example.org": 1}}
    ask(
        database.owner,
        "update intake.held set body = $1, routing_key = $2 where number = 1",
        json.dumps(body).encode(), "application.\x1b[2J\x9b1m",
    )  # fmt: skip
    _, listed = operator("list")
    assert "application.\N{REPLACEMENT CHARACTER}[2J" in listed
    assert "\x1b" not in listed
    assert "\x9b" not in listed
    _, said = operator("show", "intake-1")
    assert json.loads(said)["body"] == {
        "id": "x", "data": {"(hidden keys)": 1}, "(hidden keys)": 1,
    }  # fmt: skip


def test_G11_a_dry_run_changes_nothing(operator, database):
    before = ask(database.owner, "select * from intake.held order by number")
    assert operator("replay", "--reason", "failed", "--dry-run")[0] == 0
    assert operator("discard", "intake-1", "--dry-run")[0] == 0
    assert ask(database.owner, "select * from intake.held order by number") == before


def test_G11_all_of_one_cause_are_replayed_and_the_others_left(operator, database):
    code, said = operator("replay", "--reason", "failed")
    assert (code, "2 messages" in said) == (0, True)
    rows = ask(database.owner, "select status, attempts, due_at <= now() from intake.held")
    assert sorted(rows, key=str) == [
        ("quarantined", 5, None),
        ("retrying", 0, True),
        ("retrying", 0, True),
    ]


def test_G11_what_is_discarded_does_not_come_back(operator, database):
    assert operator("discard", "intake-1")[0] == 0
    assert ask(database.owner, "select number from intake.held order by number") == [(2,), (3,)]
    assert ask(database.owner, "select id from intake.inbox") == [(SUBMISSIONS[0].id,)]


def test_G11_all_of_one_cause_are_discarded_and_the_others_left(operator, database):
    code, said = operator("discard", "--reason", "failed")
    assert (code, "2 messages" in said) == (0, True)
    rows = ask(database.owner, "select number, status, attempts from intake.held")
    assert rows == [(3, "quarantined", 5)]
    wanted_no_more = {(one.id,) for one in SUBMISSIONS[:2]}
    assert set(ask(database.owner, "select id from intake.inbox")) == wanted_no_more


def test_G11_two_with_one_id_that_are_discarded_by_their_cause_do_not_come_back(
    operator, database
):
    first = SUBMISSIONS[0]
    ask(database.owner, HELD, str(first.id), b"another body", "failed")
    assert operator("discard", "--reason", "failed")[0] == 0
    assert (first.id,) in ask(database.owner, "select id from intake.inbox")
    known = "select sha256 = sha256($2) from intake.inbox where id = $1"
    assert ask(database.owner, known, first.id, first.to_json()) == [(True,)]


def test_whoever_does_not_say_which_is_asked(operator):
    assert operator("replay")[0] == 2

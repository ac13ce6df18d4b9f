"""A server that answers and refuses: one line that says what to do, and no traceback."""

from urllib.parse import urlsplit, urlunsplit

import pytest

from services.console.__main__ import main
from shared.embedded.process import free_ports
from shared.settings import settings
from shared.users import url_of
from tests.support.databases import SECRET


@pytest.fixture
def told(monkeypatch, capsys):
    """Run a command and return the one line that it says on its way out."""

    def run(*words: str, **environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        assert main(list(words)) == 1
        [line] = capsys.readouterr().err.splitlines()
        return line

    yield run
    settings.cache_clear()


def logged_in(url: str, user: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}"))


def elsewhere(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def test_a_user_whom_the_database_does_not_let_in_is_told_to_look_at_the_url(database, told):
    stranger = logged_in(database.owner, "nobody:wrong")
    assert "DATABASE_URL" in (line := told("held", "list", DATABASE_URL=stranger))
    assert "wrong" not in line


def test_a_database_that_is_not_there_is_told(database, told):
    assert "DATABASE_URL" in told(
        "held", "list", DATABASE_URL=elsewhere(database.owner, "nothing")
    )


def test_a_database_that_is_not_migrated_is_told(database_url, told):
    empty = elsewhere(database_url, "template1")
    assert "./muster migrate" in told("application", "alike", DATABASE_URL=empty)


def test_whoever_is_not_the_owner_is_told_who_may(database, told):
    worker = url_of("intake", database.owner, SECRET)
    assert "owner" in told("held", "list", DATABASE_URL=worker)


def test_a_user_whom_the_broker_does_not_let_in_is_told_to_look_at_the_url(amqp_url, told):
    stranger = logged_in(amqp_url, "nobody:wrong")
    assert "AMQP_URL" in (line := told("topology", AMQP_URL=stranger))
    assert "wrong" not in line


def test_a_broker_that_does_not_run_is_told_as_that_and_not_as_a_wrong_user(told):
    [port] = free_ports(1)
    line = told("topology", AMQP_URL=f"amqp://muster:secret@127.0.0.1:{port}/")
    assert "does not answer" in line
    assert "AMQP_URL" in line
    assert "secret" not in line

"""A variable of the environment that cannot be meant is named, and its password is not shown."""

import pytest

from services.console.__main__ import main
from shared.settings import settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    for other in ("AMQP_URL", "DATABASE_URL", "CLAMD_URL"):
        monkeypatch.delenv(other, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_PORT", "abc"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "70000"),
        ("DATABASE_URL", "abc"),
        ("DATABASE_URL", "postgresql://muster:secret@db:abc/muster"),
        ("DATABASE_URL", "postgresql://muster:secret@one:5432,two:abc/muster"),
        ("AMQP_URL", "abc"),
        ("AMQP_URL", "amqp://muster:secret@broker:abc/"),
        ("AMQP_URL", "http://muster:secret@broker/"),
        ("AMQP_URL", "amqp://muster:sec[ret@broker/"),
        ("CLAMD_URL", "clamav:3310"),
        ("CLAMD_URL", "tcp://clamav:abc"),
        ("CLAMD_URL", "tcp://:3310"),
    ],
)
@pytest.mark.parametrize("command", [("held", "list"), ("topology",)])
def test_what_cannot_be_meant_is_refused_at_start_with_what_to_write(
    name, value, command, monkeypatch, capsys
):
    monkeypatch.setenv(name, value)
    assert main(list(command)) == 2
    told = capsys.readouterr().err
    assert f"{name} " in told
    assert "write " in told
    assert "sec" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://muster:p%40ss@db/muster"),
        ("DATABASE_URL", "postgresql://muster@[::1]:5432,two:5433/muster"),
        ("DATABASE_URL", "postgresql:///muster?host=/run/postgresql"),
        ("AMQP_URL", "amqps://muster@broker:5671/%2Fmuster"),
        ("CLAMD_URL", "tcp://[::1]"),
        ("CLAMD_URL", "unix:///run/clamd.sock"),
    ],
)
def test_what_the_clients_can_use_is_taken_as_it_stands(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert getattr(settings(), name.lower()) == value

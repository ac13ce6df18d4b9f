"""Letters and the mail server's password go over no network in clear, unless somebody says so."""

import pytest

from services.console.__main__ import main
from shared.settings import StartTls, settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    for name in ("SMTP_HOST", "SMTP_STARTTLS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("host", "unsaid"),
    [
        ("smtp.example.org", StartTls.YES),
        ("10.0.0.25", StartTls.YES),
        ("mailbox.example.org", StartTls.YES),
        ("127.0.0.1", StartTls.NO),
        ("::1", StartTls.NO),
        ("localhost", StartTls.NO),
        ("mailbox", StartTls.NO),
    ],
)
@pytest.mark.parametrize("word", [None, ""])
def test_only_a_server_beside_us_is_spoken_to_in_clear_without_being_told(
    host, unsaid, word, monkeypatch
):
    monkeypatch.setenv("SMTP_HOST", host)
    if word is not None:
        monkeypatch.setenv("SMTP_STARTTLS", word)
    assert settings().smtp_starttls is unsaid


@pytest.mark.parametrize("host", ["smtp.example.org", "127.0.0.1"])
@pytest.mark.parametrize("word", StartTls)
def test_what_is_said_holds_for_every_server(host, word, monkeypatch):
    monkeypatch.setenv("SMTP_HOST", host)
    monkeypatch.setenv("SMTP_STARTTLS", word)
    assert settings().smtp_starttls is word


@pytest.mark.parametrize("word", ["true", "1", "YES", "on", "required"])
@pytest.mark.parametrize("command", [("up",), ("work", "notifications")])
def test_any_other_word_is_refused_at_start_with_what_to_write(word, command, monkeypatch, capsys):
    monkeypatch.setenv("SMTP_STARTTLS", word)
    assert main(list(command)) == 2
    told = capsys.readouterr().err
    assert f"SMTP_STARTTLS is '{word}': write yes" in told
    assert "implicit" in told

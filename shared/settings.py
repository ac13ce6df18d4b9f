"""Every setting that comes from the environment, read once."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_HOME: Final = Path(os.environ.get("MUSTER_HOME", Path(__file__).parent.parent / ".muster"))
_LAST_PORT: Final = 65_535
# Mail servers to which letters may go in clear unasked, beside those of the loopback.
_NEIGHBOURS: Final = {"localhost", "mailbox"}  # the second is the one of compose.yaml


class UnusableSetting(Exception):  # noqa: N818 - it names what the setting is
    """An environment variable with an unusable value; the message says what to write."""


class StartTls(StrEnum):
    """When letters, and the password before them, are encrypted on their way to the mail server.

    YES from the server's greeting on, or not sent at all; IMPLICIT from the first byte.
    """

    YES = "yes"
    NO = "no"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the servers are and how letters are signed.

    `secret` derives each worker's own database user from the owner's URL; without it that URL is
    used as it stands, as the broker's always is. Without `clamd_url` documents are not scanned for
    viruses.
    """

    home: Path
    amqp_url: str
    database_url: str
    secret: str
    object_store_url: str
    clamd_url: str
    smtp_host: str
    smtp_port: int
    smtp_username: str
    smtp_password: str
    smtp_starttls: StartTls
    mail_from: str
    site_url: str


@cache
def settings() -> Settings:
    """Read the environment; defaults suit a machine of one's own. Raises UnusableSetting."""
    env = os.environ.get
    smtp_host = env("SMTP_HOST", "127.0.0.1")
    return Settings(
        home=_HOME,
        amqp_url=_url("AMQP_URL", "amqp://USER:PASSWORD@HOST:5672/", ("amqp", "amqps")),
        database_url=_url(
            "DATABASE_URL", "postgresql://USER:PASSWORD@HOST:5432/NAME", ("postgresql", "postgres")
        ),
        secret=env("MUSTER_SECRET", ""),
        object_store_url=env("OBJECT_STORE_URL", (_HOME / "objects").as_uri()),
        clamd_url=_url("CLAMD_URL", "tcp://HOST:3310 or unix:///PATH", ("tcp", "unix")),
        smtp_host=smtp_host,
        smtp_port=_port(env("SMTP_PORT", "25")),
        smtp_username=env("SMTP_USERNAME", ""),
        smtp_password=env("SMTP_PASSWORD", ""),
        smtp_starttls=_start_tls(env("SMTP_STARTTLS", ""), smtp_host),
        mail_from=env("MAIL_FROM", "Recruitment <no-reply@recruitment.example>"),
        site_url=env("SITE_URL", "https://careers.example"),
    )


def _url(name: str, form: str, schemes: Collection[str]) -> str:
    """Read a URL, if there is one; what is wrong with it is not shown, as it holds a password."""
    url = os.environ.get(name, "")
    if url and not _is_url(url, schemes):
        raise UnusableSetting(f"{name} is no URL that can be used: write {form}")
    return url


def _is_url(url: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        named = [host.hostname for host in hosts if host.port or host.hostname]
    except ValueError:
        return False
    return parts.scheme in schemes and all(named) and bool(named or parts.path)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise UnusableSetting(f"SMTP_PORT is {text!r}: write a number such as 25, 465 or 587")
    return int(text)


def _start_tls(word: str, host: str) -> StartTls:
    """Read SMTP_STARTTLS; nothing goes over a network in clear because a word was left out."""
    if not word:
        return StartTls.NO if _is_near(host) else StartTls.YES
    try:
        return StartTls(word)
    except ValueError:
        raise UnusableSetting(
            f"SMTP_STARTTLS is {word!r}: write yes (the server then has to offer STARTTLS), "
            "implicit (TLS from the first byte, mostly port 465), or no (in clear)"
        ) from None


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _NEIGHBOURS

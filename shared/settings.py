"""Every setting that comes from the environment, read once."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_HOME: Final = Path(os.environ.get("MUSTER_HOME", Path(__file__).parent.parent / ".muster"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the servers are and how letters are signed.

    `secret` derives each worker's own database and broker password from the owner's URLs; without
    it the URLs are used as they stand. Without `clamd_url` documents are not scanned for viruses.
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
    smtp_starttls: bool
    mail_from: str
    site_url: str


@cache
def settings() -> Settings:
    """Read the environment; defaults suit a machine of one's own."""
    env = os.environ.get
    return Settings(
        home=_HOME,
        amqp_url=env("AMQP_URL", ""),
        database_url=env("DATABASE_URL", ""),
        secret=env("MUSTER_SECRET", ""),
        object_store_url=env("OBJECT_STORE_URL", (_HOME / "objects").as_uri()),
        clamd_url=env("CLAMD_URL", ""),
        smtp_host=env("SMTP_HOST", "127.0.0.1"),
        smtp_port=int(env("SMTP_PORT", "25")),
        smtp_username=env("SMTP_USERNAME", ""),
        smtp_password=env("SMTP_PASSWORD", ""),
        smtp_starttls=env("SMTP_STARTTLS", "no") == "yes",
        mail_from=env("MAIL_FROM", "Recruitment <no-reply@recruitment.example>"),
        site_url=env("SITE_URL", "https://careers.example"),
    )

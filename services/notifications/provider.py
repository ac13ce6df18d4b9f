"""The one module that talks to the mail server. It tells apart what is certain and what is not."""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import parseaddr
from typing import Final, TypeAlias

import aiosmtplib

from shared.settings import Settings, StartTls

# Of all commands only the end of the data is slow by design: the server stores the message.
_COMMAND_SECONDS: Final = 20
_SUBMISSION_SECONDS: Final = 75


@dataclass(frozen=True, slots=True)
class Sent:
    """The server accepted the message."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """There is no server to talk to; nothing is the matter with the message."""

    detail: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Certainly not sent; it may be tried again."""

    detail: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not sent, and trying again will not help."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection ended after the message went out and before the server's answer came."""

    detail: str


Submission: TypeAlias = Sent | Unreachable | Deferred | Refused | Unknown


class MailServer:
    """One connection, opened when needed and kept over a burst of messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.mail_from)[1]
        self._connection: aiosmtplib.SMTP | None = None

    async def submit(self, message: EmailMessage, recipient: str) -> Submission:
        """Hand over one message to exactly one recipient, whatever its headers say (C2)."""
        body = message.as_bytes(policy=SMTP_LINES)
        proves: type[Unreachable | Deferred | Unknown] = Unreachable
        try:
            async with asyncio.timeout(_SUBMISSION_SECONDS):
                connection = await self._open()
                await connection.mail(self._sender)
                proves = Deferred
                await connection.rcpt(recipient)
                proves = Unknown
                await connection.data(body, timeout=_SUBMISSION_SECONDS)
        except Exception as error:  # noqa: BLE001 - every failure proves something
            self._drop()
            return _find_answer(error) or proves(type(error).__name__)
        except BaseException:
            self._drop()
            raise
        return Sent()

    async def leave(self) -> None:
        """Close the connection politely; an idle one would be cut by the server one day."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.quit(timeout=1)
            except (aiosmtplib.SMTPException, OSError):
                connection.close()

    async def _open(self) -> aiosmtplib.SMTP:
        if self._connection is None:
            connection = aiosmtplib.SMTP(
                hostname=self._settings.smtp_host,
                port=self._settings.smtp_port,
                username=self._settings.smtp_username or None,
                password=self._settings.smtp_password or None,
                # False and not None: None would go on in clear where the server offers no TLS.
                start_tls=self._settings.smtp_starttls is StartTls.YES,
                use_tls=self._settings.smtp_starttls is StartTls.IMPLICIT,
                timeout=_COMMAND_SECONDS,
            )
            self._connection = connection
            await connection.connect()
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _find_answer(error: Exception) -> Deferred | Refused | None:
    """Find the server's verdict on a message; its words are left out, they may quote the address.

    A bad answer to the greeting, the log-in or the sender is no verdict: our settings are wrong,
    or the server is closing.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        if 400 <= error.code < 500:  # noqa: PLR2004 - "try again later"
            return Deferred(str(error.code))
        if 500 <= error.code < 600:  # noqa: PLR2004 - "do not try again"
            return Refused(str(error.code))
    return None

"""What a server refused, or that it does not answer: what it was, and what to do about it."""

from typing import Final

import asyncpg
from aiormq.exceptions import (
    AMQPConnectionError,
    AMQPError,
    AuthenticationError,
    ChannelAccessRefused,
    ConnectionNotAllowed,
    ProbableAuthenticationError,
)

SERVER_ERRORS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, AMQPError)

# The first that fits. Never the server's own words: they may quote what people wrote.
_ADVICE: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    (
        (asyncpg.InvalidAuthorizationSpecificationError,),
        "the database does not let this user in: is the password in DATABASE_URL right?",
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        "there is no such database: is its name in DATABASE_URL right?",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "the database lets this user do less than that: DATABASE_URL has to be the owner's",
    ),
    (
        (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.UndefinedColumnError,
         asyncpg.UndefinedFunctionError),
        "the database is not up to date (./muster migrate), or DATABASE_URL is not the owner's",
    ),
    (
        (AuthenticationError, ProbableAuthenticationError, ChannelAccessRefused,
         ConnectionNotAllowed),
        "the broker refused: is AMQP_URL the right user's (docs/operating.md)?",
    ),
    (
        (AMQPConnectionError,),
        "the broker does not answer: does it run, and is AMQP_URL right?",
    ),
    (
        (AMQPError,),
        "the broker refused this: its log says why",
    ),
)  # fmt: skip


def told(error: Exception) -> str:
    """Say in one line what a server refused, or that none answers."""
    name = type(error).__name__
    for errors, advice in _ADVICE:
        if isinstance(error, errors):
            return f"{advice} ({name})"
    return f"the database refused: see its log, and look at DATABASE_URL ({name})"

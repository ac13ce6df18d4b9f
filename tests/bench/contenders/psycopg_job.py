"""One transaction for one message with psycopg, for Celery and Dramatiq."""

import os
import threading
from typing import Any

import psycopg

from tests.bench.job import (
    CLAIM,
    HOLD,
    HOPS,
    LOAD,
    RECORD,
    TYPES,
    WRITE,
    Poison,
    advance,
    decide_on,
    read,
    sha256,
)

_mine = threading.local()


def _connection() -> "psycopg.Connection[Any]":
    """Keep one connection for each thread, with prepared statements."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(os.environ["BENCH_DATABASE"], prepare_threshold=1)
    return _mine.connection


def work(hop: int, body: str) -> str | None:
    """Commit the hop and return what to publish; None for a duplicate or poison."""
    event, name = read(body), HOPS[hop]
    connection = _connection()
    with connection.transaction(), connection.cursor() as tx:
        if isinstance(event, Poison):
            tx.execute(HOLD.format(hop=name), (event.id, sha256(body), TYPES[hop], body.encode()))
            return None
        tx.execute(CLAIM.format(hop=name), (event.id, sha256(body), event.subject))
        if tx.fetchone() is None:
            return None
        tx.execute(LOAD.format(hop=name), (event.subject,))
        tx.execute(WRITE.format(hop=name), (event.subject, event.data.vacancy, decide_on(event)))
        id_, onward = advance(event, hop)
        tx.execute(RECORD, (id_, TYPES[hop + 1], event.subject, event.id, onward.encode()))
    return onward

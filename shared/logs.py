"""One JSON object per line, and only fields that are known to hold no personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_ALLOWED: Final = frozenset(
    {
        "attempts", "count", "error", "event", "level", "message", "owner", "queue", "reason",
        "repair", "routing_key", "seconds", "service", "timestamp",
    }
)  # fmt: skip


def _drop_unknown(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in _ALLOWED}


def configure(*, quiet: bool = False) -> None:
    """Send our log lines to standard error; libraries speak only when something is wrong.

    Exceptions are logged by the name of their class: their text may repeat a candidate's answer.
    """
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.ERROR if quiet else logging.INFO
        ),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_unknown,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


log: Final = structlog.get_logger()

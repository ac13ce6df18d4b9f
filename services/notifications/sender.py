"""The loop that sends what is due: claim and commit, then send, then record."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar, assert_never

from services.notifications import decisions, letters, rendering, storage
from services.notifications.letters import Claim, Letter
from services.notifications.provider import (
    Deferred,
    MailServer,
    Refused,
    Sent,
    Submission,
    Unknown,
    Unreachable,
)
from services.notifications.storage import State
from shared import clock
from shared.contracts.notifications import (
    CandidateNotified,
    NotificationFailed,
    NotificationFailure,
)
from shared.logs import log
from shared.messaging.batch import Outcome
from shared.messaging.outbox import record
from shared.postgres import Database, Transaction
from shared.settings import settings

_POLL_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 30.0
_LONGEST_BACK_OFF_SECONDS: Final = 300.0
# A worker that is told to stop ends the letter in hand; half a letter is one of unknown end.
_STOP_SECONDS: Final = 20.0
# A sender that slept this long since its claim may not begin: the lease is about to end.
_LATEST_BEGIN_SECONDS: Final = storage.LEASE_SECONDS / 4

T = TypeVar("T")

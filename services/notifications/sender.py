"""The loop that sends what is due: claim and commit, then send, then record."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar, assert_never

from services.notifications import gathering, hours, sending_storage
from services.notifications.decisions import Ignored
from services.notifications.letters import Claim, Letter, State, why_not, why_not_yet
from services.notifications.provider import (
    Deferred,
    MailServer,
    Refused,
    Sent,
    Submission,
    Unknown,
    Unreachable,
)
from services.notifications.rendering import Letterhead, compose, message_id
from shared import clock
from shared.contracts import Payload
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
_WATCH_SECONDS: Final = 5.0
# What was claimed through days of an outage has more attempts than a power of two can bear.
_LONGEST_BACK_OFF: Final = 8  # as a power of two: four minutes
# A sender that slept this long after claiming may not begin: its lease might end meanwhile.
_LATEST_BEGIN_SECONDS: Final = 30.0
# A worker that is told to stop finishes the letter in hand, if the mail server lets it.
_STOP_SECONDS: Final = 20.0
# Nobody hears what is announced here: it goes to the history only.
_ROUTED: Final[frozenset[str]] = frozenset()

End: TypeAlias = Submission | Ignored
NotSent: TypeAlias = Ignored | Deferred | Refused
T = TypeVar("T")


async def send_due(database: Database) -> None:
    """Send what is due, one message after another, until cancelled."""
    server = MailServer(settings())
    wait_seconds = _POLL_SECONDS
    try:
        while True:
            end = await _finish(send_next(database, server))
            if end is None:
                await _finish(server.leave())
                await clock.pause(_POLL_SECONDS)
            elif isinstance(end, Unreachable):
                log.warning("sending_paused", reason=end.detail, seconds=wait_seconds)
                await clock.pause(wait_seconds)
                wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)
            else:
                wait_seconds = _POLL_SECONDS
    finally:
        await server.leave()


async def send_next(database: Database, server: MailServer) -> End | None:
    """Send the message that is due first and record how that ended; None if nothing is due.

    One at a time: if this worker dies now, of one message at most nobody knows whether it went.
    One that does not go is recorded in the transaction that judged it, so nobody plans as if it
    had gone.
    """
    claimed_at = clock.monotonic()
    async with database.transaction() as tx:
        claimed = await sending_storage.claim_next(tx)
        if claimed is None:
            return None
        claim, now = claimed
        opens_at = hours.in_its_hours(claim.kind, now)
        if opens_at > now:
            await sending_storage.put_back(tx, claim, opens_at)
            return Deferred("office hours")
        letter = await _find_letter(tx, claim, now)
        if not isinstance(letter, Letter):
            await _record_once(tx, claim, letter)
            return letter
        await sending_storage.record_told(tx, letter)
    end = await _send(server, letter, now, claimed_at)
    await _record(database, claim, end)
    return end


async def _find_letter(tx: Transaction, claim: Claim, now: datetime) -> Letter | NotSent:
    await sending_storage.hold_still(tx, claim.application)
    try:
        letter = await gathering.find_letter(tx, claim)
    except (ValueError, LookupError) as error:  # one bad letter must not hold up the others
        return _not_composed(claim, error)
    return Refused("no contact") if letter is None else _judge_letter(letter, now)


def _judge_letter(letter: Letter, now: datetime) -> Letter | NotSent:
    try:
        if why := why_not(letter, now):
            return Ignored(why)
        if letter.is_of_an_interview_missed(now):
            return Refused("interview past")
        if letter.is_of_another_vacancy:
            return Refused("wrong vacancy")
        what = why_not_yet(letter)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this letter's alone
        return _not_composed(letter.claim, error)
    return Deferred(what) if what else letter


async def _send(server: MailServer, letter: Letter, now: datetime, claimed_at: float) -> End:
    try:
        message = compose(letter, Letterhead.of(settings()), now=now)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this letter's alone
        return _not_composed(letter.claim, error)
    if clock.monotonic() - claimed_at > _LATEST_BEGIN_SECONDS:
        return Unreachable("too late to begin")
    return await server.submit(message, letter.contact.email)


def _not_composed(claim: Claim, error: Exception) -> Deferred:
    log.error("letter_not_composed", reason=claim.kind.value, error=type(error).__name__)
    return Deferred("not composed")


async def _record(database: Database, claim: Claim, end: End) -> None:
    """Record how a message ended; nobody else knows it, so try until the lease is over."""
    async with asyncio.timeout(sending_storage.LEASE_SECONDS):
        while True:
            try:
                async with database.transaction() as tx:
                    return await _record_once(tx, claim, end)
            except Exception as error:  # noqa: BLE001 - tried again, loudly
                log.error("end_not_recorded", error=type(error).__name__)
                await clock.pause(1)


async def _record_once(tx: Transaction, claim: Claim, end: End) -> None:
    state, detail = _judge(claim, end)
    back_off = 2.0 ** min(claim.attempt, _LONGEST_BACK_OFF)
    retry_in_seconds = back_off if isinstance(end, Deferred) else 0
    recorded_at = await sending_storage.record_end(
        tx, claim, state, detail=detail, retry_in_seconds=retry_in_seconds
    )
    if recorded_at is not None:
        await _announce(tx, [(claim, state)], recorded_at)


def _judge(claim: Claim, end: End) -> tuple[State, str | None]:
    match end:
        case Sent():
            return State.SENT, None
        case Unreachable(detail):
            return State.QUEUED, detail
        case Deferred(detail):
            return State.REFUSED if claim.is_last_attempt else State.QUEUED, detail
        case Refused(detail):
            return State.REFUSED, detail
        case Unknown(detail):
            return State.UNKNOWN, detail
        case Ignored(reason):
            return State.OVERTAKEN, reason
        case _:
            assert_never(end)


async def watch_senders(database: Database) -> None:
    """Give up on what dead senders leave behind, every few seconds, until cancelled."""
    while True:
        await give_up_abandoned(database)
        await clock.pause(_WATCH_SECONDS)


async def give_up_abandoned(database: Database) -> None:
    """Call what dead senders left behind unknown, and say so."""
    async with database.transaction() as tx:
        if abandoned := await sending_storage.give_up_abandoned(tx):
            now = await sending_storage.load_now(tx)
            await _announce(tx, [(claim, State.UNKNOWN) for claim in abandoned], now)


async def settle_abandoned(database: Database, was_taken: Callable[[str], bool]) -> None:
    """Settle what dead senders left behind by the mail server's own record, by Message-ID.

    Only that record knows: what it has is sent, what it has not goes again, nothing stays unknown.
    """
    letterhead = Letterhead.of(settings())
    async with database.transaction() as tx:
        now = await sending_storage.load_now(tx)
        ends = [
            (claim, State.SENT if was_taken(message_id(claim, letterhead)) else State.QUEUED)
            for claim in await sending_storage.give_up_abandoned(tx)
        ]
        for claim, state in ends:
            await sending_storage.record_end(tx, claim, state)
        await _announce(tx, ends, now)


async def _announce(tx: Transaction, ends: list[tuple[Claim, State]], now: datetime) -> None:
    outcome = Outcome(source="muster/notifications")
    for claim, state in ends:
        payload = _announcement(claim, state, now)
        if payload is not None:
            # By its attempt: the history must not take a second sending for the first (G12).
            cause = f"{claim.kind} {claim.version} {state}, attempt {claim.attempt}"
            outcome.announce(payload, because_of=cause, now=now)
    await record(tx, outcome, routed=_ROUTED)


def _announcement(claim: Claim, state: State, now: datetime) -> Payload | None:
    about: dict[str, Any] = {
        "application": claim.application,
        "vacancy": claim.vacancy,
        "kind": claim.kind,
        "version": claim.version,
    }
    match state:
        case State.SENT:
            return CandidateNotified(**about, sent_at=now)
        case State.REFUSED:
            return NotificationFailed(**about, reason=NotificationFailure.REFUSED)
        case State.UNKNOWN:
            return NotificationFailed(**about, reason=NotificationFailure.UNKNOWN)
        case State.QUEUED | State.SENDING | State.OVERTAKEN:
            return None


async def _finish(step: Coroutine[Any, Any, T]) -> T:
    """Let a step end although the loop is cancelled: half a letter is one of unknown end.

    The step has a task of its own, because the mail client may swallow a cancellation.
    """
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=_STOP_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise

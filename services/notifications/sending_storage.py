"""Every SQL statement that hands messages out to be sent, and records what became of them."""

from datetime import datetime
from typing import Final

from asyncpg import Record

from services.notifications.letters import Claim, Letter, State
from shared.contracts.notifications import MessageKind
from shared.postgres import Transaction

# Longer than one letter may take, so that a sender at work never loses its message.
LEASE_SECONDS: Final = 120
# A server that puts a message off for this long is taken to refuse it. What a message waited from
# being put off until it was due again counts, nights too: what comes after is an outage of ours.
GIVE_UP_AFTER: Final = "5 days"
_DEPENDED_ON: Final = {
    MessageKind.DOCUMENTS_PROBLEM,
    MessageKind.PERSON_IS_CHECKING,
    MessageKind.REJECTION_CORRECTED,
}


async def load_now(tx: Transaction) -> datetime:
    """Tell the present, moved by the virtual clock."""
    now: datetime = await tx.fetchval("select messaging.virtual_now()")
    return now


async def claim_next(tx: Transaction) -> tuple[Claim, datetime] | None:
    """Take the first message that is due, and tell when; once committed, nobody else sends it."""
    row = await tx.fetchrow(
        f"""
        update notifications.message
        set state = 'sending', claimed_at = now(), attempts = attempts + 1,
            timetable_version = (
                select vacancy.version from notifications.vacancy
                where vacancy.vacancy = message.vacancy
            )
        where (application, kind, version) = (
            select application, kind, version from notifications.message
            where state = 'queued' and send_after <= messaging.virtual_now()
                and (retry_at is null or retry_at <= now())
            order by send_after, number limit 1
            for update skip locked
        )
        returning application, vacancy, kind, version, attempts,
            first_put_off_at < retry_at - interval '{GIVE_UP_AFTER}' is true as is_overdue,
            messaging.virtual_now() as now
        """
    )
    return (_claim(row, is_last_attempt=row["is_overdue"]), row["now"]) if row else None


async def hold_still(tx: Transaction, application: str) -> None:
    """Let nobody plan for an application, but news of its whole vacancy, until we commit."""
    await tx.execute(
        "select from notifications.standing where application = $1 for share", application
    )


async def put_back(tx: Transaction, claim: Claim, send_after: datetime) -> None:
    """Take a claim back that is not committed yet: the message waits, uncounted."""
    await tx.execute(
        """
        update notifications.message
        set state = 'queued', attempts = attempts - 1, send_after = $4
        where application = $1 and kind = $2 and version = $3
        """,
        claim.application,
        claim.kind,
        claim.version,
        send_after,
    )


async def record_told(tx: Transaction, letter: Letter) -> None:
    """Keep what only its sender knows of a letter, and later ones depend on: what it tells."""
    if letter.claim.kind not in _DEPENDED_ON:
        return
    await tx.execute(
        """
        update notifications.message set faults_of = $4, is_way_back = $5
        where application = $1 and kind = $2 and version = $3
        """,
        letter.claim.application,
        letter.claim.kind,
        letter.claim.version,
        letter.faults_of,
        letter.is_way_back,
    )


async def record_end(
    tx: Transaction,
    claim: Claim,
    state: State,
    *,
    detail: str | None = None,
    retry_in_seconds: float = 0,
) -> datetime | None:
    """Record how a claim ended, and tell when; None if it was no longer ours to end.

    A sender that was given up on may still report: it alone knows what became of its message.
    `first_put_off_at` moves on by the time in which the message was due and nobody tried it, so
    that our own outages do not count.
    """
    recorded_at: datetime | None = await tx.fetchval(
        """
        update notifications.message set
            state = $5, sent_at = case when $5 = 'sent' then messaging.virtual_now() end,
            detail = $6, retry_at = now() + $7::float8 * interval '1 second',
            first_put_off_at = coalesce(
                first_put_off_at
                    + least(now() - retry_at, messaging.virtual_now() - send_after),
                case when $7 > 0 then now() end
            )
        where application = $1 and kind = $2 and version = $3 and attempts = $4
            and state in ('sending', 'unknown')
        returning messaging.virtual_now()
        """,
        claim.application,
        claim.kind,
        claim.version,
        claim.attempt,
        state,
        detail,
        retry_in_seconds,
    )
    return recorded_at


async def give_up_abandoned(tx: Transaction) -> list[Claim]:
    """Call the messages of dead senders unknown: perhaps sent, so never sent again blindly."""
    rows = await tx.fetch(
        f"""
        update notifications.message set state = 'unknown', detail = 'sender died'
        where state = 'sending' and claimed_at < now() - interval '{LEASE_SECONDS} seconds'
        returning application, vacancy, kind, version, attempts
        """
    )
    return [_claim(row) for row in rows]


def _claim(row: Record, *, is_last_attempt: bool = False) -> Claim:
    return Claim(
        row["application"],
        row["vacancy"],
        MessageKind(row["kind"]),
        row["version"],
        row["attempts"],
        is_last_attempt,
    )

"""Is the pipeline quiet? Exact, across processes, and cheap enough to ask fifty times a second.

It is quiet when every service has settled every event that it hears: the event is in the service's
inbox, or waits in `held` for a parent or a person; nothing held is called, or may have missed its
parent; no timer is due; nothing waits to be mailed. An event still in flight, unpublished or being
handled has no inbox row yet, because the row is committed together with all effects; so quiet
means that no transaction is under way that could announce anything, and everything up to the
newest event seen need not be asked about again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.messaging import Service
from shared.postgres import Transaction

_UNSETTLED: Final = """
select '{service}' as service, heard.type || ' ' || heard.id as what from heard
where heard.type in ({types})
  and not exists (
    select from {service}.inbox
    where inbox.id = heard.id and (heard.sha256 is null or inbox.sha256 = heard.sha256))
  and not exists (
    select from {service}.held
    where held.message = heard.id::text and (heard.sha256 is null or held.sha256 = heard.sha256)
      and held.status <> 'retrying' and (held.due_at is null or held.due_at > now()))
union all
select '{service}', routing_key || ' may go on' from {service}.held
where due_at <= now() or status = 'parked' and first_held_at = last_held_at and exists (
    select from messaging.history
    where subject = split_part(waiting_for, ' ', 2) and type = split_part(waiting_for, ' ', 1))
union all
select '{service}', type || ' is due' from {service}.outbox
where due_at <= messaging.virtual_now()
"""

# A message may be for later, as a timer is, or wait for another that is for later.
_UNSENT: Final = """
select 'notifications', 'mail to ' || application || ' is due' from notifications.message
where state = 'sending' or state = 'queued' and send_after <= messaging.virtual_now()
  and not ((detail = 'way back') is true and exists (
    select from notifications.message back
    where back.application = message.application and back.state = 'queued'
      and back.kind in ('rejection_corrected', 'challenge_upheld')
      and back.send_after > messaging.virtual_now()))
"""
_NEXT_MESSAGE: Final = """
select min(send_after) from notifications.message
where state = 'queued' and send_after > messaging.virtual_now()
"""

_ASK: Final = """
with heard as (
    select id, type, null::bytea as sha256 from messaging.history where position > $1
    union all
    select id, type, sha256 from simulator.sent where position > $2
), busy as ({busy})
select coalesce((select max(position) from messaging.history), 0) as history,
       coalesce((select max(position) from simulator.sent), 0) as sent,
       array(select service || ': ' || what from busy limit 20) as busy
"""

_NEXT_TIMER: Final = "select min(due_at) from ({timers}) as timer (due_at)"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything up to these positions is settled for good."""

    history: int = 0
    sent: int = 0


class Pipeline:
    """Asks the database what the services have still to do."""

    def __init__(self, services: Iterable[Service]) -> None:
        services = tuple(services)
        unsettled = [*map(_unsettled, services), _UNSENT]
        timers = [*(f"select due_at from {s.name}.outbox" for s in services), _NEXT_MESSAGE]
        self._ask = _ASK.format(busy="\nunion all\n".join(unsettled))
        self._next_timer = _NEXT_TIMER.format(timers=" union all ".join(timers))
        self._settled = Watermark()

    async def unsettled(self, tx: Transaction) -> Sequence[str]:
        """Say what is still to be done; nothing when the pipeline is quiet."""
        row = await tx.fetchrow(self._ask, self._settled.history, self._settled.sent)
        assert row is not None
        if not row["busy"]:
            self._settled = Watermark(row["history"], row["sent"])
        return list(row["busy"])

    async def next_timer(self, tx: Transaction) -> datetime | None:
        """Find the earliest instant at which a service has planned something."""
        due_at: datetime | None = await tx.fetchval(self._next_timer)
        return due_at


def _unsettled(service: Service) -> str:
    types = sorted({subscription.event.type for subscription in service.subscriptions})
    return _UNSETTLED.format(
        service=service.name, types=", ".join(f"'{type_}'" for type_ in types)
    )

"""States that must not exist: how each is found, what it means, who owns it and what to do.

Every query returns one column, `subject`. Facts of the pipeline are judged by the virtual clock
(which is the real one in production), the machinery by the database's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.messaging import Service


@dataclass(frozen=True, slots=True)
class Detector:
    """One impossible state; in `sql`, `{service}` stands for each service's schema in turn."""

    name: str
    means: str
    owner: str
    repair: str
    sql: str

    def query(self, services: Sequence[Service]) -> str:
        """Write the whole query."""
        if "{service}" not in self.sql:
            return self.sql
        return " union all ".join(self.sql.format(service=s.name) for s in services)


DETECTORS: Final = (
    Detector(
        "reviewed_without_pass",
        "an application is in or past the review, and for 10 minutes has had no eligibility pass",
        "progress",
        "`docker compose stop notifications`, then compare `./muster application show` with the "
        "eligibility verdict",
        """
        select application as subject
        from progress.application left join eligibility.verdict using (application)
        where stage in ('under_review', 'invited', 'interview_booked', 'not_successful')
          and outcome is distinct from 'eligible'
          and (checked_at is null or checked_at < messaging.virtual_now() - interval '10 min')
        """,
    ),
    Detector(
        "not_acknowledged",
        "an application was accepted over 10 minutes ago and its acknowledgement has not gone",
        "notifications",
        "is the mail server up, and does anything wait in `./muster held list`?",
        """
        select application as subject from intake.application a
        where judged_at < messaging.virtual_now() - interval '10 min'
          and not exists (select from intake.refusal r where r.application = a.application)
          and not exists (
              select from notifications.message m
              where m.application = a.application and m.kind = 'acknowledgement'
                and m.state in ('sent', 'refused', 'unknown')
          )
        """,
    ),
    Detector(
        "timer_overdue",
        "a timer should have fired more than 5 minutes ago",
        "the service named first",
        "is its worker running? It fires what is due within a second",
        """
        select '{service} ' || key as subject from {service}.outbox
        where due_at < messaging.virtual_now() - interval '5 min'
          and created_at < now() - interval '5 min' -- some are planned when they are due already
        """,
    ),
    Detector(
        "slot_held_twice",
        "two people hold overlapping interviews of one vacancy",
        "interviews",
        "tell one of the two people yourself: no command cancels an interview; was the constraint "
        "one_person_per_slot dropped?",
        """
        select a.application || ' and ' || b.application as subject
        from interviews.appointment a join interviews.appointment b
          on a.vacancy = b.vacancy and a.application < b.application and a.during && b.during
        where a.state = 'booked' and b.state = 'booked'
        """,
    ),
    Detector(
        "outbox_stuck",
        "an announcement is older than a minute and the broker has not confirmed it",
        "the service named first",
        "is the broker up, its disk full, or a binding missing (`./muster topology`)? Since an "
        "upgrade, the right to publish a new type: docs/operating.md, Upgrading",
        """
        select '{service} ' || h.type || ' ' || h.subject as subject
        from {service}.outbox join messaging.history h using (id)
        where due_at is null and h.recorded_at < now() - interval '1 min'
        """,
    ),
    Detector(
        "sent_twice",
        "the same message to the same candidate was sent twice",
        "notifications",
        "compare with the mail server's record by Message-ID (`./muster letters list "
        "--application REF`); apologise if it is true",
        """
        with notified as (
            select subject, convert_from(body, 'UTF8')::jsonb -> 'data' as data
            from messaging.history where type = 'candidate.notified.v1'
        )
        select subject || ' ' || (data ->> 'kind') as subject from notified
        group by subject, data ->> 'kind', data ->> 'version' having count(*) > 1
        """,
    ),
    Detector(
        "retrying_too_long",
        "a message that was first held over an hour ago is being retried, perhaps by a replay",
        "the service named first",
        "`./muster held show NAME`: what it needs has been away for that long",
        """
        select '{service}-' || number as subject from {service}.held
        where status = 'retrying' and first_held_at < now() - interval '1 h'
        """,
    ),
    Detector(
        "stage_without_history",
        "an application's stage is not the last one in its own record",
        "progress",
        "somebody changed the row by hand: put back what the history says",
        """
        select application as subject from progress.application a
        where stage is not null and not exists (
            select from progress.stage_change c
            where c.application = a.application and c.sequence = a.sequence and c.stage = a.stage
        )
        """,
    ),
    Detector(
        "suspect_left",
        "a message that may have killed a worker was never tried again",
        "the service named first",
        "is its worker running, or does it die at once? See its log",
        """
        select '{service} ' || message as subject from {service}.suspect
        where first_seen_at < now() - interval '1 h'
        """,
    ),
)

"""Fifteen bugs that would break a promise (G29), and the test that each must turn red."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to one file; `old` occurs in it exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted bug, and the pytest arguments of what is to notice it."""

    name: str
    test: str
    edits: tuple[Edit, ...]


_MESSAGING: Final = "tests/integration/messaging"

MUTANTS: Final = (
    Mutant(
        "acknowledges before the commit",
        "tests/faults/test_cuts.py -k plain-handled",
        (
            Edit(
                "shared/messaging/worker.py",
                "            return await self._handling.handle(batch, confirmed)\n",
                "            for received in batch:\n"
                "                received.delivery.finish()\n"
                "            await self.consumer.flush()\n"
                "            return await self._handling.handle(batch, confirmed)\n",
            ),
        ),
    ),
    Mutant(
        "publishes before the commit",
        f"{_MESSAGING}/test_fine_print.py -k not_committed",
        (
            Edit(
                "shared/messaging/worker.py",
                "        self._confirmed: list[UUID] = []\n",
                "        self._confirmed: list[UUID] = []\n"
                "        self._handling.publish = self._publisher.publish\n",
            ),
            Edit(
                "shared/messaging/handling.py",
                "            committed = await self._write(tx, batch, claim, outcome)\n",
                "            committed = await self._write(tx, batch, claim, outcome)\n"
                "            await self.publish(committed.outgoing)\n",
            ),
        ),
    ),
    Mutant(
        "reads the outbox by a cursor of positions",
        f"{_MESSAGING}/test_publishing.py -k G6",
        (
            Edit(
                "shared/messaging/outbox.py",
                "    order by leased_until nulls first limit 500 for update skip locked\n",
                "    and (select position from messaging.history where id = outbox.id) > (\n"
                "        select coalesce(max(position), 0) from messaging.history\n"
                "        where id not in (select id from outbox)\n"
                "    ) order by leased_until nulls first limit 500 for update skip locked\n",
            ),
        ),
    ),
    Mutant(
        "tries redelivered messages together with all others",
        f"{_MESSAGING}/test_poison.py -k kills_its_worker",
        (
            Edit(
                "shared/messaging/consumer.py",
                "        if delivery.is_redelivered:\n",
                "        if False:\n",
            ),
        ),
    ),
    Mutant(
        "has no unique key in the inbox",
        f"{_MESSAGING}/test_guarantee.py -k three_times_and_shuffled",
        (
            Edit(
                "shared/messaging/service.sql",
                "create table inbox (\n    id uuid primary key,",
                "create table inbox (\n    id uuid,",
            ),
        ),
    ),
    Mutant(
        "has no constraint on interview slots",
        "tests/integration/interviews/test_booking_at_once.py -k database_itself",
        (
            Edit(
                "services/interviews/migrations/0001_interviews.sql",
                "    state text not null check (state in ('booked', 'cancelled')),\n"
                "    constraint one_person_per_slot\n"
                "        exclude using gist (vacancy with =, during with &&)"
                " where (state = 'booked')\n",
                "    state text not null check (state in ('booked', 'cancelled'))\n",
            ),
        ),
    ),
    Mutant(
        "publishes messages that a broker need not keep",
        f"{_MESSAGING}/test_fine_print.py -k survive_the_broker",
        (
            Edit(
                "shared/messaging/wire.py",
                '_PERSISTENT: Final = b"\\2"',
                '_PERSISTENT: Final = b"\\1"',
            ),
        ),
    ),
    Mutant(
        "escapes nothing in HTML",
        "tests/hostile/test_people.py -k C8",
        (
            Edit(
                "services/notifications/rendering.py",
                'select_autoescape(enabled_extensions=("html.j2",))',
                "select_autoescape()",
            ),
        ),
    ),
    Mutant(
        "compares the deadline by clocks on the wall",
        "tests/unit/intake/test_admission.py -k C1_C2_C4",
        (
            Edit(
                "services/intake/decisions.py",
                "    if submission.submitted_at > vacancy.last_accepted_at:\n",
                "    if submission.submitted_at.replace(tzinfo=None)"
                " > vacancy.last_accepted_at.replace(tzinfo=None):\n",
            ),
        ),
    ),
    Mutant(
        "forgets ids after five minutes",
        f"{_MESSAGING}/test_fine_print.py -k long_ago",
        (
            Edit(
                "shared/messaging/inbox.py",
                "    on conflict do nothing\n    returning id\n",
                "    on conflict (id) do update set received_at = now()\n"
                "    where inbox.received_at < now() - interval '5 min'\n    returning id\n",
            ),
        ),
    ),
    Mutant(
        "retries what can never succeed",
        f"{_MESSAGING}/test_guarantee.py -k breaks_the_contract",
        (
            Edit(
                "shared/messaging/handling.py",
                "hold = held.quarantined(violation.reason, violation.detail)",
                "hold = held.failed(received.delivery, violation.reason)",
            ),
        ),
    ),
    Mutant(
        "takes being cancelled for a failure",
        "tests/unit/messaging/test_recovery.py -k cancelled",
        (
            Edit(
                "shared/messaging/recovery.py",
                "            if is_our_own_end(error):\n                raise\n",
                "",
            ),
        ),
    ),
    Mutant(
        "logs a message's body",
        f"{_MESSAGING}/test_fine_print.py -k nothing_of_a_body",
        (
            Edit(
                "shared/messaging/held.py",
                "message=delivery.message, reason=hold.reason",
                "message=delivery.body, reason=hold.reason",
            ),
        ),
    ),
    Mutant(
        "takes a document for clean that the scanner could not scan",
        "tests/integration/documents/test_scanning.py -k whole_word",
        (
            Edit(
                "services/documents/scanner.py",
                "        return Scan.INFECTED\n    return Scan.NOT_SCANNED\n",
                "        return Scan.INFECTED\n    return Scan.CLEAN\n",
            ),
        ),
    ),
    Mutant(
        "sends a letter again after a time-out, as if it had not gone",
        "tests/integration/notifications/test_failing_servers.py -k slow",
        (
            Edit(
                "services/notifications/provider.py",
                "                proves = Unknown\n",
                "                proves = Deferred\n",
            ),
        ),
    ),
)

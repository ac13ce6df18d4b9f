"""What a run prints at its end."""

from collections.abc import Iterator
from statistics import median

from tests.faults.chaos.book import Ledger
from tests.faults.chaos.effects import in_words
from tests.faults.chaos.facts import Facts
from tests.faults.chaos.nemesis import (
    ALLOWED_SECONDS,
    KILL_ALLOWED_SECONDS,
    Nemesis,
    recovery_in_words,
)
from tests.faults.chaos.supervisor import Supervisor

_SHOWN = 12


def write(facts: Facts, ledger: Ledger, nemesis: Nemesis, supervisor: Supervisor) -> Iterator[str]:
    """Write the whole report, line by line."""
    yield from _faults(nemesis, supervisor)
    yield ""
    yield "THE LEDGER"
    submitted = {r["subject"] for r in facts.confirmed if r["type"] == "application.submitted.v1"}
    events = {(r["id"], r["sha256"]) for r in facts.confirmed}
    yield _line("confirmed to the careers site", len(facts.confirmed), "deliveries")
    yield _line("  different events", len(events))
    yield _line("  applications", len(submitted))
    yield _line("applications that exist", len(facts.applications))
    yield _line("announced events", len(facts.history))
    yield _line("effects before the quiet", nemesis.before_quiet, f"of {nemesis.effects.count}")
    yield _line("  while a fault lasted", sum(one.effects for one in nemesis.suffered))
    yield _line("decisions of managers", len(facts.decisions))
    booked = sum(row["state"] == "booked" for row in facts.appointments.values())
    yield _line("interviews booked", booked)
    yield _line("letters at the mail server", len(facts.letters))
    states = ", ".join(f"{n} {state}" for state, n in sorted(ledger.mail_states.items()))
    yield f"  by our own record: {states}"
    yield _line("left in queues and fuses", sum(facts.queues.values()))
    yield _line("left in outboxes", len(facts.outbox))
    yield _line("held", len(facts.held))
    for reason, count in ledger.explained_held.items():
        yield f"  {count} because of {reason}"
    yield ""
    for name, entries in ledger.must_be_empty.items():
        yield _line(name, len(entries), "must be 0")
        yield from _listed(entries)
    yield _line("letters of unknown end", len(ledger.unknown_mails), "left to a person")
    yield from _listed(ledger.unknown_mails)
    yield _line("bookings of an interview past", len(ledger.past_interviews), "left to a person")
    yield from _listed(ledger.past_interviews)
    yield _line("sent to a person by a fault", len(ledger.to_a_person_by_fault), "allowed (G17)")
    yield from _listed(ledger.to_a_person_by_fault)


def _faults(nemesis: Nemesis, supervisor: Supervisor) -> Iterator[str]:
    yield "FAULTS, and the first new effect after each (G16)"
    for suffered in nemesis.suffered:
        slow = _slow(suffered.recovered_seconds, ALLOWED_SECONDS)
        yield f"  {suffered.name:<36} {recovery_in_words(suffered)}{slow}"
    seconds = nemesis.kill_recoveries
    if seconds:
        yield (
            f"  {f'{supervisor.kills} workers killed':<36} first new effect after "
            f"{in_words(median(seconds))} (median), at most {in_words(max(seconds))}"
            f"{_slow(max(seconds), KILL_ALLOWED_SECONDS)}"
        )
    if supervisor.other_ends:
        ends = ", ".join(f"{n} with code {code}" for code, n in supervisor.other_ends.items())
        yield f"  workers that ended by themselves and were started again: {ends}"


def _slow(seconds: float | None, allowed_seconds: float) -> str:
    """Say so loudly, but no more: two cores under load may be slow."""
    is_slow = seconds is not None and seconds > allowed_seconds
    return f"  SLOWER THAN WANTED ({allowed_seconds:.0f} s)" if is_slow else ""


def _line(name: str, count: int, remark: str = "") -> str:
    return f"{name:<34} {count:>7}  {remark}".rstrip()


def _listed(entries: list[str]) -> Iterator[str]:
    for entry in sorted(entries)[:_SHOWN]:
        yield f"    {entry}"
    if len(entries) > _SHOWN:
        yield f"    and {len(entries) - _SHOWN} more, all in ledger.txt"

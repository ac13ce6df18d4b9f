"""Dates, stages and events in words for a terminal; without any personal data."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from textwrap import wrap
from typing import Final

from shared.calendar import LONDON, BankHolidaysUnknownError, on_or_next_working_day
from shared.contracts import Payload
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationConflicted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationStageChanged,
    ApplicationWithdrawalAccepted,
)
from shared.contracts.challenges import ChallengeOverdue, ChallengeReceived, ChallengeSettled
from shared.contracts.checks import (
    DocumentsChecked,
    EligibilityChecked,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled, InterviewUnplaced
from shared.contracts.notifications import (
    CandidateNotified,
    NotificationFailed,
    RejectionLetterDue,
)
from shared.contracts.reviews import ApplicationReviewed
from shared.contracts.vacancies import Window

WIDTH: Final = 80
_STEERING: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def day(on: date) -> str:
    """Write a date as `Tue 21 Oct 2025`."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def works_on(promised: date) -> date | None:
    """Find the day on which promised work is done (W10); none while bank holidays are unknown."""
    try:
        return on_or_next_working_day(promised)
    except BankHolidaysUnknownError:
        return None


def promised(on: date) -> str:
    """Write a promised day and, where it is none to work on, the one to which work moves."""
    moved_to = works_on(on)
    if moved_to is None:
        return f"{day(on)}, if it is a working day: the bank holidays then are not known"
    return day(on) + ("" if moved_to == on else f", no working day: work moves to {day(moved_to)}")


def minute(at: datetime) -> str:
    """Write an instant as London time to the minute: `Tue 21 Oct 2025 23:55`."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())} {local:%H:%M}"


def zoned(at: datetime, *, seconds: bool = False) -> str:
    """Write an instant for both clocks: `Tue 21 Oct 2025 23:55 BST (2025-10-21T22:55Z)`."""
    local = at.astimezone(LONDON)
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return (
        f"{day(local.date())} {local:{clock}} {local:%Z} ({at.astimezone(UTC):%Y-%m-%dT{clock}}Z)"
    )


def iso(value: date) -> str:
    """Write what JSON has no form for: dates and instants."""
    return value.isoformat()


def fitted(lines: Iterable[str]) -> Iterator[str]:
    """Break what is longer than a terminal is wide; it goes on two further in.

    What would steer the terminal is taken out: strangers may have written some of it.
    """
    for line in map(_harmless, lines):
        indent = " " * (len(line) - len(line.lstrip()))
        yield from wrap(
            line, WIDTH, subsequent_indent=f"{indent}  ", break_long_words=False,
            break_on_hyphens=False,
        ) or [""]  # fmt: skip


def fit(*lines: str) -> str:
    """Write lines as one text no wider than a terminal."""
    return "\n".join(fitted(lines))


def wrapped(text: str) -> list[str]:
    """Break a text so that it fits behind an indentation; nothing in it steers the terminal."""
    return wrap(" ".join(_harmless(text).split()), WIDTH - 13)


def _harmless(text: str) -> str:
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def weeks(window: Window) -> str:
    """Write a window as adverts do: `1 week`, `2 to 3 weeks`."""
    if window.min_weeks != window.max_weeks:
        return f"{window.min_weeks} to {window.max_weeks} weeks"
    return f"{window.min_weeks} week" + ("" if window.min_weeks == 1 else "s")


def plain(code: str) -> str:
    """Write a code such as `with_a_person` in words."""
    return code.replace("_", " ")


_MAY_MOVE: Final = (
    "title", "location", "closes_at", "last_accepted_at", "review_promised_on", "review_opens_at",
    "review_latest_on", "interviews_promised_on", "interviews_latest_on",
)  # fmt: skip


def moves(old: object, new: object) -> dict[str, tuple[str, str]]:
    """Set what differs between two timetables side by side, old against new, by field."""
    pairs = {field: (getattr(old, field, ""), getattr(new, field, "")) for field in _MAY_MOVE}
    return {
        field: (_either(before), _either(after))
        for field, (before, after) in pairs.items()
        if before != after
    }


def move_lines(moved: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Write what differs, old above new."""
    for field, (before, after) in moved.items():
        yield f"{plain(field):<24}{before}"
        yield f"{'->':>22}  {after}"


def _either(value: object) -> str:
    if isinstance(value, datetime):
        return zoned(value)
    return day(value) if isinstance(value, date) else str(value)


def sentence(payload: Payload) -> str:  # noqa: C901, PLR0911, PLR0912 - a case for each event
    """Say what an event about an application means."""
    match payload:
        case ApplicationAccepted():
            late = ", arrived after close" if payload.arrived_after_close else ""
            return f"accepted (submitted {minute(payload.submitted_at)}{late})"
        case ApplicationRefused():
            return f"refused: submitted {minute(payload.submitted_at)}, after closing"
        case ApplicationConflicted():
            return "submitted again with other content: both are kept, nothing is applied"
        case ApplicationDocumentsAccepted():
            return f"documents replaced (version {payload.documents_version})"
        case ApplicationWithdrawalAccepted():
            return f"withdrawn by the candidate ({minute(payload.withdrawn_at)})"
        case DocumentsChecked():
            found = ", ".join(sorted({plain(finding.code) for finding in payload.findings}))
            outcome = plain(payload.outcome) + (f": {found}" if found else "")
            who = " by a person" if payload.is_by_person else ""
            return f"documents checked{who} (version {payload.documents_version}): {outcome}"
        case EligibilityChecked():
            reasons = ", ".join(map(plain, payload.reasons))
            who = ", decided by a person" if payload.is_by_person else ""
            outcome = f"{plain(payload.outcome)}" + (f" ({reasons})" if reasons else "")
            return f"eligibility: {outcome}{who}"
        case ChallengeReceived():
            late = ", late" if payload.is_late else ""
            return f"challenged{late}: a person decides by {day(payload.decide_by)}"
        case ChallengeOverdue():
            return f"the challenge should have been decided by {day(payload.decide_by)}"
        case ChallengeSettled():
            return f"the challenge was decided: {payload.outcome}"
        case ApplicationStageChanged():
            return f"stage: {plain(payload.stage)}"
        case ApplicationReviewed():
            return f"the hiring manager's decision: {plain(payload.decision)}"
        case InterviewBooked():
            return f"interview booked for {minute(payload.starts_at)}, {payload.location}"
        case InterviewCancelled():
            return f"interview of {minute(payload.starts_at)} cancelled"
        case InterviewUnplaced():
            return f"no interview found: {plain(payload.reason)}"
        case CandidateNotified():
            return f"mail: {plain(payload.kind)}"
        case NotificationFailed():
            return f"mail not sent: {plain(payload.kind)} ({plain(payload.reason)})"
        case RejectionLetterDue():
            return "the hold in which a rejection can be stopped is over"
        case _:
            return plain(payload.type)

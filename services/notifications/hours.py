"""From when on a letter may go: after what may still change, and some in working hours only."""

from datetime import datetime, time, timedelta
from typing import Final

from shared.calendar import (
    LONDON,
    BankHolidaysUnknownError,
    add_working_days,
    at_london,
    is_working_day,
    london_date,
    on_or_next_working_day,
)
from shared.contracts.notifications import MessageKind

# How long news of moved dates waits: the other workers follow meanwhile, and a second amendment
# joins the first in one mail.
SETTLING: Final = timedelta(minutes=10)
# A manager's decision, and the interview that follows, wait as long: another may be on its way. So
# does news of a check, that it can say what was found in the documents meanwhile (D8).
_SETTLES: Final = {
    MessageKind.PERSON_IS_CHECKING,
    MessageKind.NOT_SUCCESSFUL,
    MessageKind.INVITATION,
    MessageKind.INTERVIEW_BOOKING,
}
_IN_OFFICE_HOURS: Final = {
    MessageKind.NOT_ELIGIBLE,
    MessageKind.REJECTION_CORRECTED,
    MessageKind.CHALLENGE_DISMISSED,
    MessageKind.NOT_SUCCESSFUL,
    MessageKind.REVIEW_LATE,
}
_OFFICE_OPENS: Final = time(9)
_OFFICE_CLOSES: Final = time(17)


def in_its_hours(kind: MessageKind, instant: datetime) -> datetime:
    """Return when a letter of this kind may go: at `instant` or later.

    Where the year's bank holidays are unknown nothing is held back (G10).
    """
    if kind not in _IN_OFFICE_HOURS:
        return instant
    try:
        return _in_office_hours(instant)
    except BankHolidaysUnknownError:
        return instant


def goes_at(kind: MessageKind, now: datetime) -> datetime:
    """Tell from when on a letter of this kind that is planned now may go."""
    settled_at = now + SETTLING if kind in _SETTLES else now
    return in_its_hours(kind, settled_at)


def _in_office_hours(instant: datetime) -> datetime:
    """Keep an instant in London's working hours; move any other to the next opening."""
    day = london_date(instant)
    if is_working_day(day):
        clock_time = instant.astimezone(LONDON).time()
        if clock_time < _OFFICE_OPENS:
            return at_london(day, _OFFICE_OPENS)
        if clock_time < _OFFICE_CLOSES:
            return instant
        return at_london(add_working_days(day, 1), _OFFICE_OPENS)
    return at_london(on_or_next_working_day(day), _OFFICE_OPENS)

"""What a candidate is told, and when. People are told stages, never raw verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.notifications.hours import SETTLING, goes_at, in_its_hours
from services.notifications.overtaking import BEFORE_COMPLETION, REPLACED_BY
from shared.calendar import (
    BankHolidaysUnknownError,
    add_working_days,
    end_of_london_day,
    london_date,
    on_or_next_working_day,
)
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeReceived, ChallengeSettled
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import MessageKind, RejectionLetterDue
from shared.contracts.vacancies import VacancyTimetabled
from shared.employers import terms_of

SETTLED: Final = {
    ChallengeOutcome.UPHELD: MessageKind.CHALLENGE_UPHELD,
    ChallengeOutcome.DISMISSED: MessageKind.CHALLENGE_DISMISSED,
}
ABOUT_CHALLENGES: Final = {MessageKind.CHALLENGE_RECEIVED, *SETTLED.values()}


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell, told at most once per version."""

    kind: MessageKind
    version: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What we know of one application: its latest stage, and what is planned or told already.

    `planned` is in the order of planning; what was `overtaken` is in it, and did not go.
    What is `waiting` was not begun to be sent: it will say what is true then.
    """

    last_sequence: int = 0
    stage: Stage | None = None
    planned: tuple[Message, ...] = ()
    overtaken: frozenset[Message] = frozenset()
    waiting: frozenset[Message] = frozenset()

    def latest(self, *kinds: MessageKind) -> int:
        """Tell the highest version planned of these kinds, 0 if there is none."""
        return max((m.version for m in self.planned if m.kind in kinds), default=0)

    def has(self, message: Message) -> bool:
        """Whether this very message is planned or told; an overtaken one may be planned again."""
        return message in self.planned and message not in self.overtaken

    def is_told(self, kind: MessageKind) -> bool:
        """Whether one of this kind is planned or told, and none since that replaces it."""
        going = [m for m in self.planned if m.kind in REPLACED_BY[kind] and self.has(m)]
        return bool(going) and going[-1].kind is kind


@dataclass(frozen=True, slots=True)
class Tell:
    """Plan these messages, each from its moment on; at `hold_until` decide about a rejection."""

    messages: Mapping[Message, datetime]
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """There is nothing to tell, and why."""

    reason: str


def tell_stage(
    change: ApplicationStageChanged, standing: Standing, *, hold_hours: int, now: datetime
) -> Tell | Ignored:
    """Decide what a change of stage is worth telling (N1).

    Changes come in any order, and one that is older than the latest known tells nothing: whoever
    is accepted by the latest has an acknowledgement, and whoever is refused needs none. A
    rejection is held for as many hours as its employer says, in which it may be corrected.
    """
    if change.sequence <= standing.last_sequence:
        return Ignored("a later stage is known")
    wanted = [_receipt(change, standing), _news(change, standing)]
    messages = {
        message: goes_at(message.kind, now)
        for message in wanted
        if message is not None and not standing.has(message)
    }
    if change.stage is Stage.NOT_ELIGIBLE:
        held = now + timedelta(hours=hold_hours)
        return Tell(messages, hold_until=in_its_hours(MessageKind.NOT_ELIGIBLE, held))
    return Tell(messages) if messages else Ignored("nothing new to tell")


def dates_go_again(
    change: ApplicationStageChanged, standing: Standing, *, now: datetime
) -> datetime | None:
    """Tell from when on moved dates may go to somebody who waits for the review again (W12).

    None if they have waited all along. Whoever was told a rejection hears first that it is taken
    back, which may be by a letter in working hours.
    """
    if standing.stage is None or change.sequence <= standing.last_sequence:
        return None
    if change.stage not in BEFORE_COMPLETION or standing.stage in BEFORE_COMPLETION:
        return None
    rejection = Message(MessageKind.NOT_ELIGIBLE, standing.latest(MessageKind.NOT_ELIGIBLE))
    if not standing.has(rejection):
        return now
    return in_its_hours(MessageKind.REJECTION_CORRECTED, now) + SETTLING


def tell_rejection(
    due: RejectionLetterDue, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide, at the end of the hold, whether the letter about a stage that was a rejection goes.

    Whoever is reinstated and rejected again is told again, after a hold of its own. Whom a manager
    has declined is not rejected once more by a machine.
    """
    letter = Message(MessageKind.NOT_ELIGIBLE, due.sequence or standing.last_sequence)
    is_stopped = standing.stage is not Stage.NOT_ELIGIBLE
    if is_stopped or letter.version != standing.last_sequence:
        return Ignored("the rejection was stopped")
    if letter in standing.planned:
        return Ignored("told already")
    if standing.is_told(MessageKind.NOT_SUCCESSFUL):
        return Ignored("the outcome was told")
    return Tell({letter: goes_at(letter.kind, now)})


def tell_correction(
    change: RejectionCorrected, standing: Standing, *, is_rejected: bool, now: datetime
) -> Tell | Ignored:
    """Decide whether a corrected rejection is told: only to whom the rejection was told (E21).

    What still `is_rejected` is told by the letter of the rejection while that waits. Where it is
    not, that letter will never go, and an earlier one may have been told.
    """
    letter = Message(MessageKind.REJECTION_CORRECTED, change.number)
    rejections = [m for m in standing.planned if m.kind is MessageKind.NOT_ELIGIBLE]
    if not rejections:
        return Ignored("the rejection was never told")
    is_told = any(standing.has(m) and m not in standing.waiting for m in rejections)
    if rejections[-1] in standing.waiting and (is_rejected or not is_told):
        return Ignored("the letter of the rejection tells it")
    if standing.latest(MessageKind.REJECTION_CORRECTED) >= change.number:
        return Ignored("told already, or a later correction is known")
    return Tell({letter: goes_at(letter.kind, now)})


def tell_interview(
    change: InterviewBooked | InterviewCancelled, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide whether a booking or a cancellation is told: one message for each change."""
    booked = isinstance(change, InterviewBooked)
    kind = MessageKind.INTERVIEW_BOOKING if booked else MessageKind.INTERVIEW_CANCELLATION
    message = Message(kind, change.sequence + 1)
    if standing.latest(*REPLACED_BY[kind]) > message.version:
        return Ignored("a later change of the interview is known")
    if message in standing.planned:
        return Ignored("told already")
    return Tell({message: goes_at(kind, now)})


def tell_challenge(
    news: ChallengeReceived | ChallengeSettled, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide what a challenge is worth telling: that it came, and how it was decided (E20)."""
    kind = MessageKind.CHALLENGE_RECEIVED
    if isinstance(news, ChallengeSettled):
        kind = SETTLED[news.outcome]
    message = Message(kind, news.number)
    if message in standing.planned:
        return Ignored("told already")
    return Tell({message: goes_at(kind, now)})


def is_no_news(
    kind: MessageKind, timetable: VacancyTimetabled, told: VacancyTimetabled | None, now: datetime
) -> bool:
    """Whether a message about dates says nothing that its reader does not know (W12).

    Who has not been told any dates will be told these by the acknowledgement. A review is late no
    more once a new timetable promises a later day. Nobody is advised after the closing (D2).
    """
    if kind is MessageKind.CLOSING_MOVED:
        return told is None or _said_of(told) == _said_of(timetable)
    if kind is MessageKind.REVIEW_LATE:
        return now < end_of_london_day(_last_day(timetable))
    return kind is MessageKind.DOCUMENTS_ADVICE and now > timetable.last_accepted_at


def _said_of(timetable: VacancyTimetabled) -> tuple[object, ...]:
    """Name what people are told of a vacancy; `wording.changes` has a line for each."""
    return (
        timetable.title,
        timetable.location,
        timetable.closes_at,
        timetable.review_promised_on,
        london_date(timetable.review_opens_at),
        timetable.review_latest_on,
        timetable.interviews_promised_on,
    )


def review_expected_by(timetable: VacancyTimetabled) -> date | None:
    """Name the day by which a late review is now expected (W4): so many working days later.

    None while the bank holidays of that time are unknown.
    """
    count = terms_of(timetable.employer).late_review_working_days
    try:
        return add_working_days(_last_day(timetable), count)
    except BankHolidaysUnknownError:
        return None


def _last_day(timetable: VacancyTimetabled) -> date:
    """Find the last day on which the review may begin in time (W10), as far as that is known."""
    last_day = max(timetable.review_latest_on, london_date(timetable.review_opens_at))
    try:
        return on_or_next_working_day(last_day)
    except BankHolidaysUnknownError:
        return last_day


def _receipt(change: ApplicationStageChanged, standing: Standing) -> Message | None:
    """Tell who was refused that they are late, and everybody else that they are in time (C3)."""
    is_refused = change.stage is Stage.REFUSED
    kind = MessageKind.SUBMITTED_LATE if is_refused else MessageKind.ACKNOWLEDGEMENT
    return _anew(kind, standing)


def _news(change: ApplicationStageChanged, standing: Standing) -> Message | None:
    match change.stage:
        case Stage.DOCUMENTS_NEEDED:
            return Message(MessageKind.DOCUMENTS_PROBLEM, max(change.documents_version, 1))
        case Stage.READY_FOR_REVIEW | Stage.UNDER_REVIEW:
            return _relief(standing)
        case Stage.WITH_A_PERSON:
            # Whom a manager has declined is promised no answer: whatever is found tells nothing.
            # Whoever knows of a check is told of it again if it has found other faults (D8).
            is_declined = standing.is_told(MessageKind.NOT_SUCCESSFUL)
            letter = Message(MessageKind.PERSON_IS_CHECKING, change.sequence)
            return None if is_declined else letter
        case Stage.INVITED | Stage.INTERVIEW_BOOKED:
            kind = MessageKind.INVITATION
        case Stage.NOT_SUCCESSFUL:
            kind = MessageKind.NOT_SUCCESSFUL
        case Stage.WITHDRAWN:
            return Message(MessageKind.WITHDRAWAL)
        case Stage.RECEIVED | Stage.NOT_ELIGIBLE | Stage.REFUSED:
            return None
    return _anew(kind, standing)


def _anew(kind: MessageKind, standing: Standing) -> Message | None:
    """Tell a thing once, and once more each time that the contrary was told since."""
    return None if standing.is_told(kind) else Message(kind, standing.latest(kind) + 1)


def _relief(standing: Standing) -> Message | None:
    """Tell whoever was told of a problem, or of a check, that it is over: they stop worrying.

    One letter is enough, and a review that opens is no news about either. Changes come in any
    order, so what counts is the stage last heard of. A check that was overtaken has an end too,
    which may be all that takes back a rejection: its sender knows whether it was told (E21).
    """
    if standing.is_told(MessageKind.DOCUMENTS_PROBLEM):
        return _anew(MessageKind.DOCUMENTS_IN_ORDER, standing)
    was_checked = standing.stage in {Stage.WITH_A_PERSON, Stage.RECEIVED, Stage.NOT_ELIGIBLE}
    check = MessageKind.PERSON_IS_CHECKING
    going = {m for m in standing.planned if m.kind in REPLACED_BY[check] and standing.has(m)}
    told = [m for m in standing.planned if m.kind is check or m in going]
    if was_checked and told and told[-1].kind is check:
        return Message(MessageKind.PERSON_HAS_CHECKED, told[-1].version)
    return None

"""What a candidate is told, and when. People are told stages, never raw verdicts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from shared.calendar import (
    LONDON,
    add_working_days,
    at_london,
    end_of_london_day,
    is_working_day,
    london_date,
    on_or_next_working_day,
)
from shared.contracts.applications import ApplicationStageChanged, Stage
from shared.contracts.challenges import ChallengeOutcome, ChallengeReceived, ChallengeSettled
from shared.contracts.corrections import RejectionCorrected
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import VacancyTimetabled
from shared.employers import terms_of

# How long news of moved dates waits: the other workers follow meanwhile, and a second amendment
# joins the first in one mail.
SETTLING: Final = timedelta(minutes=10)
OFFICE_OPENS: Final = time(9)
OFFICE_CLOSES: Final = time(17)

SETTLED: Final = {
    ChallengeOutcome.UPHELD: MessageKind.CHALLENGE_UPHELD,
    ChallengeOutcome.DISMISSED: MessageKind.CHALLENGE_DISMISSED,
}
ABOUT_CHALLENGES: Final = {MessageKind.CHALLENGE_RECEIVED, *SETTLED.values()}
_ABOUT_INTERVIEWS: Final = {MessageKind.INTERVIEW_BOOKING, MessageKind.INTERVIEW_CANCELLATION}

# These are about the time until the review is complete.
_BEFORE_COMPLETION: Final = {
    Stage.RECEIVED,
    Stage.DOCUMENTS_NEEDED,
    Stage.WITH_A_PERSON,
    Stage.READY_FOR_REVIEW,
    Stage.UNDER_REVIEW,
}
# A letter of a kind named here is sent only while the application is at one of these stages.
_TRUE_ONLY_AT: Final = {
    MessageKind.SUBMITTED_LATE: {Stage.REFUSED},
    MessageKind.PERSON_HAS_CHECKED: {Stage.READY_FOR_REVIEW, Stage.UNDER_REVIEW},
    MessageKind.NOT_ELIGIBLE: {Stage.NOT_ELIGIBLE},
    MessageKind.REJECTION_CORRECTED: set(Stage) - {Stage.REFUSED, Stage.WITHDRAWN},
    MessageKind.NOT_SUCCESSFUL: {Stage.NOT_SUCCESSFUL},
    MessageKind.INVITATION: {Stage.INVITED, Stage.INTERVIEW_BOOKED},
    MessageKind.CLOSING_MOVED: _BEFORE_COMPLETION,
    MessageKind.REVIEW_LATE: _BEFORE_COMPLETION,
}
# About the way ahead, so not for those whose way has ended.
_ABOUT_THE_WAY_AHEAD: Final = {
    MessageKind.DOCUMENTS_PROBLEM,
    MessageKind.DOCUMENTS_IN_ORDER,
    MessageKind.PERSON_IS_CHECKING,
}
_ENDED: Final = {Stage.NOT_ELIGIBLE, Stage.NOT_SUCCESSFUL, Stage.REFUSED, Stage.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell, told at most once per version."""

    kind: MessageKind
    version: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What we know of one application: its latest stage, and what is planned or told already."""

    last_sequence: int = 0
    stage: Stage | None = None
    planned: frozenset[Message] = frozenset()

    def latest(self, *kinds: MessageKind) -> int:
        """Tell the highest version planned of these kinds, 0 if there is none."""
        return max((m.version for m in self.planned if m.kind in kinds), default=0)


@dataclass(frozen=True, slots=True)
class Tell:
    """Plan these messages from `send_after` on; at `hold_until` decide about a rejection."""

    messages: tuple[Message, ...]
    send_after: datetime
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """There is nothing to tell, and why."""

    reason: str


def tell_stage(
    change: ApplicationStageChanged, standing: Standing, *, hold_hours: int, now: datetime
) -> Tell | Ignored:
    """Decide what a change of stage is worth telling (N1).

    Changes come in any order: one that is older than the latest known tells nothing but the
    acknowledgement, which everybody gets whose application was accepted. A rejection is held for
    as many hours as its employer gives a recruiter to stop it.
    """
    is_stale = change.sequence <= standing.last_sequence
    wanted = [_acknowledgement(change), None if is_stale else _news(change, standing)]
    messages = tuple(m for m in wanted if m is not None and m not in standing.planned)
    if change.stage is Stage.NOT_ELIGIBLE and not is_stale:
        return Tell(messages, now, hold_until=in_office_hours(now + timedelta(hours=hold_hours)))
    if messages:
        return Tell(messages, now)
    return Ignored("a later stage is known" if is_stale else "nothing new to tell")


def tell_rejection(standing: Standing, sequence: int, *, now: datetime) -> Tell | Ignored:
    """Decide, at the end of the hold, whether the letter about the `sequence`-th stage goes.

    Whoever is reinstated and rejected again is told again, after a hold of its own.
    """
    letter = Message(MessageKind.NOT_ELIGIBLE, sequence or standing.last_sequence)
    is_stopped = standing.stage is not Stage.NOT_ELIGIBLE
    if is_stopped or letter.version != standing.last_sequence:
        return Ignored("the rejection was stopped")
    if letter in standing.planned:
        return Ignored("told already")
    return Tell((letter,), in_office_hours(now))


def tell_correction(
    change: RejectionCorrected, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide whether a corrected rejection is told: only to whom the rejection was told (E21)."""
    letter = Message(MessageKind.REJECTION_CORRECTED, change.number)
    if not standing.latest(MessageKind.NOT_ELIGIBLE):
        return Ignored("the rejection was never told")
    if standing.latest(MessageKind.REJECTION_CORRECTED) >= change.number:
        return Ignored("told already, or a later correction is known")
    return Tell((letter,), in_office_hours(now))


def tell_interview(
    change: InterviewBooked | InterviewCancelled, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide whether a booking or a cancellation is told: one message for each change."""
    version = change.sequence + 1
    if standing.latest(*_ABOUT_INTERVIEWS) > version:
        return Ignored("a later change of the interview is known")
    booked = isinstance(change, InterviewBooked)
    kind = MessageKind.INTERVIEW_BOOKING if booked else MessageKind.INTERVIEW_CANCELLATION
    message = Message(kind, version)
    return Ignored("told already") if message in standing.planned else Tell((message,), now)


def tell_challenge(
    news: ChallengeReceived | ChallengeSettled, standing: Standing, *, now: datetime
) -> Tell | Ignored:
    """Decide what a challenge is worth telling: that it came, and how it was decided (E20)."""
    kind = MessageKind.CHALLENGE_RECEIVED
    if isinstance(news, ChallengeSettled):
        kind = SETTLED[news.outcome]
    message = Message(kind, news.number)
    return Ignored("told already") if message in standing.planned else Tell((message,), now)


def is_overtaken(kind: MessageKind, stage: Stage | None) -> bool:
    """Tell whether a message has become untrue while it waited for its turn."""
    if kind in _TRUE_ONLY_AT:
        return stage not in _TRUE_ONLY_AT[kind]
    return kind in _ABOUT_THE_WAY_AHEAD and stage in _ENDED


def is_no_news(
    kind: MessageKind, timetable: VacancyTimetabled, told: VacancyTimetabled | None, now: datetime
) -> bool:
    """Tell whether a message about dates says nothing that its reader does not know (W12).

    Who has not been told any dates will be told these by the acknowledgement. A review is late no
    more once a new timetable promises a later day.
    """
    if kind is MessageKind.CLOSING_MOVED:
        return told is None or _said_of(told) == _said_of(timetable)
    if kind is MessageKind.REVIEW_LATE:
        return now < end_of_london_day(_last_day(timetable))
    return False


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


def review_expected_by(timetable: VacancyTimetabled) -> date:
    """Name the day by which a late review is now expected (W4): so many working days later."""
    count = terms_of(timetable.employer).late_review_working_days
    return add_working_days(_last_day(timetable), count)


def _last_day(timetable: VacancyTimetabled) -> date:
    """Find the last day on which the review may begin in time (W10)."""
    opens_on = london_date(timetable.review_opens_at)
    return on_or_next_working_day(max(timetable.review_latest_on, opens_on))


def in_office_hours(instant: datetime) -> datetime:
    """Keep an instant in London's working hours; move any other to the next opening."""
    day = london_date(instant)
    if is_working_day(day):
        clock_time = instant.astimezone(LONDON).time()
        if clock_time < OFFICE_OPENS:
            return at_london(day, OFFICE_OPENS)
        if clock_time < OFFICE_CLOSES:
            return instant
        return at_london(add_working_days(day, 1), OFFICE_OPENS)
    return at_london(on_or_next_working_day(day), OFFICE_OPENS)


def _acknowledgement(change: ApplicationStageChanged) -> Message | None:
    return None if change.stage is Stage.REFUSED else Message(MessageKind.ACKNOWLEDGEMENT)


def _news(change: ApplicationStageChanged, standing: Standing) -> Message | None:
    match change.stage:
        case Stage.DOCUMENTS_NEEDED:
            return Message(MessageKind.DOCUMENTS_PROBLEM, max(change.documents_version, 1))
        case Stage.READY_FOR_REVIEW | Stage.UNDER_REVIEW:
            return _relief(change, standing)
        case Stage.WITH_A_PERSON:
            return _check(change, standing)
        case Stage.INVITED | Stage.INTERVIEW_BOOKED:
            kind = MessageKind.INVITATION
        case Stage.NOT_SUCCESSFUL:
            kind = MessageKind.NOT_SUCCESSFUL
        case Stage.REFUSED:
            kind = MessageKind.SUBMITTED_LATE
        case Stage.WITHDRAWN:
            kind = MessageKind.WITHDRAWAL
        case Stage.RECEIVED | Stage.NOT_ELIGIBLE:
            return None
    return Message(kind)


def _check(change: ApplicationStageChanged, standing: Standing) -> Message | None:
    """Tell that a person is checking, unless that was told and its end was not."""
    told = standing.latest(MessageKind.PERSON_IS_CHECKING)
    if told > standing.latest(MessageKind.PERSON_HAS_CHECKED):
        return None
    return Message(MessageKind.PERSON_IS_CHECKING, change.sequence)


def _relief(change: ApplicationStageChanged, standing: Standing) -> Message | None:
    """Tell whoever was told of a problem, or of a check, that it is over: they stop worrying.

    One letter is enough, and a review that opens is no news about either.
    """
    problem = standing.latest(MessageKind.DOCUMENTS_PROBLEM)
    if problem > 0 and problem >= standing.latest(MessageKind.DOCUMENTS_IN_ORDER):
        return Message(MessageKind.DOCUMENTS_IN_ORDER, max(change.documents_version, 1))
    check = standing.latest(MessageKind.PERSON_IS_CHECKING)
    was_checked = change.previous in {Stage.WITH_A_PERSON, Stage.RECEIVED}
    if was_checked and check > standing.latest(MessageKind.PERSON_HAS_CHECKED):
        return Message(MessageKind.PERSON_HAS_CHECKED, check)
    return None

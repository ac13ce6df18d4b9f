"""A message on its way: planned, claimed by a sender, and the letter with all that it says.

The facts of a letter are gathered when it is sent, not when it is planned, so that nothing
personal is kept here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services.notifications.decisions import ABOUT_CHALLENGES, SETTLED, Message, is_no_news
from services.notifications.overtaking import ENDED, is_overtaken
from shared.contracts.applications import Stage
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.checks import FindingCode
from shared.contracts.notifications import MessageKind
from shared.contracts.vacancies import VacancyTimetabled


class State(StrEnum):
    """How a message stands; the migration says what each means."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Interview:
    """The appointment that a booking or a cancellation is about."""

    starts_at: datetime
    ends_at: datetime
    location: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be queued; `interview` is what a booking or a cancellation is about."""

    application: str
    vacancy: str
    message: Message
    send_after: datetime
    interview: Interview | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that this sender, and no other, may send now.

    `attempt` counts the claims: who has an older number has lost the message. A message that has
    been put off for days gets no other attempt after this one.
    """

    application: str
    vacancy: str
    kind: MessageKind
    version: int
    attempt: int
    is_last_attempt: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to, and when their application came."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    submitted_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """One document as we received it."""

    name: str = field(repr=False)
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is the matter with one file, or, without a file, with the documents as a whole."""

    code: FindingCode
    file: File | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an application was rejected, in words, and from when a new one is welcome.

    If a person decided, `working` is that person's own reason (F2). A verdict reached again may be
    no rejection any more. `is_corrected` says that a machine decided by corrected answers (E21),
    `is_told_by_another` that a letter about a check or a challenge tells what was decided.
    """

    working: str = field(repr=False)
    submitted_on: date
    eligible_from: date | None
    is_by_person: bool = False
    is_rejection: bool = True
    is_corrected: bool = False
    is_told_by_another: bool = False


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge: when it was made and is to be decided; then the answer that stands (E20)."""

    challenged_at: datetime
    decide_by: date
    is_late: bool
    reason: str | None = field(repr=False)
    outcome: ChallengeOutcome | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that one message says, and what its reader was told before."""

    claim: Claim
    stage: Stage | None
    contact: Contact
    timetable: VacancyTimetabled
    files: tuple[File, ...] = ()
    problems: tuple[Problem, ...] = ()
    explanation: Explanation | None = None
    interview: Interview | None = None
    challenge: Challenge | None = None
    told: VacancyTimetabled | None = None  # the timetable that its reader knows
    has_told_what_it_takes_back: bool = False
    says_nothing_new: bool = False
    is_replaced: bool = False
    has_way_back_ahead: bool = False  # a letter that takes a rejection back still waits
    is_of_another_vacancy: bool = False
    last_sequence: int = 0  # of the latest stage heard of
    told_rejection: int = 0  # the sequence of the last rejection told; 0: none
    uses_earlier_documents: bool = False  # sent before others that have a letter of a problem (D8)
    was_told_rejected: bool = False  # and nothing told since takes it back
    documents_version: int = 0  # the one it is about, else the one that counts; 0: not known
    told_faults_of: int | None = None  # the version whose faults the last such letter told

    @property
    def faults_of(self) -> int | None:
        """The version of the documents of which it tells faults, if it tells any."""
        return self.documents_version if self.problems else None

    @property
    def is_needless(self) -> bool:
        """Whether its reader knows what it says: of a check also the faults that it names (D8)."""
        if self.is_only_way_back:
            return False
        return self.says_nothing_new and self.faults_of in {None, self.told_faults_of}

    @property
    def is_only_way_back(self) -> bool:
        """Whether this end of a check is all that takes back a rejection that was told (E21)."""
        is_end = self.claim.kind is MessageKind.PERSON_HAS_CHECKED
        return is_end and self.was_told_rejected and not self.has_way_back_ahead

    @property
    def is_way_back(self) -> bool | None:
        """Whether a correction takes the rejection back; None of any other letter (E21)."""
        if self.claim.kind is not MessageKind.REJECTION_CORRECTED or self.explanation is None:
            return None
        return not self.explanation.is_rejection

    @property
    def was_told_late(self) -> bool:
        """Whether it acknowledges an application of which we said that it was late."""
        is_acknowledgement = self.claim.kind is MessageKind.ACKNOWLEDGEMENT
        return is_acknowledgement and self.has_told_what_it_takes_back

    @property
    def is_about_an_earlier_rejection(self) -> bool:
        """Whether its rejection was taken back: a new one has a letter and a hold of its own."""
        is_rejection = self.claim.kind is MessageKind.NOT_ELIGIBLE
        return is_rejection and self.claim.version < self.last_sequence

    @property
    def is_decided_otherwise(self) -> bool:
        """Whether it tells anything but the answer that stands of a challenge decided (E20)."""
        outcome = self.challenge.outcome if self.challenge else None
        kind = self.claim.kind
        return kind in ABOUT_CHALLENGES and outcome is not None and SETTLED[outcome] is not kind

    @property
    def tells_a_new_rejection(self) -> bool:
        """Whether it would tell a rejection that has a letter, and a hold, of its own.

        A correction would (E21), and a dismissal told to somebody who was told the contrary (E20).
        """
        kind = self.claim.kind
        is_correction = kind is MessageKind.REJECTION_CORRECTED
        is_turn = kind is MessageKind.CHALLENGE_DISMISSED and self.has_told_what_it_takes_back
        is_rejected = self.explanation is not None and self.explanation.is_rejection
        is_new = self.told_rejection < self.last_sequence
        return (is_correction or is_turn) and is_rejected and is_new

    @property
    def is_before_a_persons_rejection(self) -> bool:
        """Whether it would tell, as a correction, what a person has decided since (E21)."""
        is_correction = self.claim.kind is MessageKind.REJECTION_CORRECTED
        told = self.explanation
        return is_correction and told is not None and told.is_rejection and told.is_by_person

    @property
    def is_told_by_another(self) -> bool:
        """Whether a person decides after the correction that it tells, or upheld a challenge."""
        is_correction = self.claim.kind is MessageKind.REJECTION_CORRECTED
        told = self.explanation
        return is_correction and told is not None and told.is_told_by_another

    def is_of_an_interview_missed(self, now: datetime) -> bool:
        """Whether it books an interview that is past: a person has to know of that."""
        is_booking = self.claim.kind is MessageKind.INTERVIEW_BOOKING
        is_past = self.interview is not None and self.interview.starts_at <= now
        return is_booking and is_past

    @property
    def is_of_earlier_documents(self) -> bool:
        """Whether it advises of documents that do not count any more (D2, D8)."""
        is_advice = self.claim.kind is MessageKind.DOCUMENTS_ADVICE
        return is_advice and self.documents_version not in {0, self.claim.version}

    @property
    def contradicts_its_timetable(self) -> bool:
        """Whether the closing that we know belies what it says, late or in time (C3)."""
        is_late = self.contact.submitted_at > self.timetable.last_accepted_at
        if self.claim.kind is MessageKind.SUBMITTED_LATE:
            return not is_late
        return self.was_told_late and is_late


def why_not(letter: Letter, now: datetime) -> str | None:
    """Say why a letter that waited does not go any more; None if it may go."""
    kind = letter.claim.kind
    reasons = (
        (letter.is_replaced, "a later one takes its place"),
        (letter.is_needless, "nothing new"),
        (letter.is_about_an_earlier_rejection, "another rejection stands"),
        (letter.is_decided_otherwise, "the answer that stands is told"),
        (letter.tells_a_new_rejection, "the rejection has a letter of its own"),
        (letter.is_told_by_another, "another letter tells it"),
        (is_overtaken(kind, letter.stage), f"untrue at {letter.stage}"),
        (letter.is_of_earlier_documents, "other documents count"),
        (is_no_news(kind, letter.timetable, letter.told, now), "the dates are known"),
    )
    return next((why for holds, why in reasons if holds), None)


def why_not_yet(letter: Letter) -> str | None:
    """Say what a letter waits for of which its reader, or the fact behind it, is ahead."""
    kind = letter.claim.kind
    reasons = (
        (letter.contradicts_its_timetable, "timetable"),
        (kind is MessageKind.NOT_ELIGIBLE and letter.explanation is None, "news"),
        (letter.is_before_a_persons_rejection, "news"),
        (kind is MessageKind.INTERVIEW_BOOKING and letter.stage in ENDED, "cancellation"),
        (kind is MessageKind.CLOSING_MOVED and letter.has_way_back_ahead, "way back"),
    )
    return next((what for holds, what in reasons if holds), None)

"""Where an application stands: one pure function of everything that is known about it.

Facts come in any order, more than once, and from several services. They are folded so that the
order does not matter (`after`), and the stage is computed from all of them anew (`stage`).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from services.progress import versions
from services.progress.versions import Documents, Versions
from shared.contracts import Event
from shared.contracts.applications import (
    ApplicationAccepted,
    ApplicationDocumentsAccepted,
    ApplicationRefused,
    ApplicationWithdrawalAccepted,
    Stage,
)
from shared.contracts.checks import (
    DocumentsChecked,
    DocumentsOutcome,
    EligibilityChecked,
    EligibilityOutcome,
)
from shared.contracts.interviews import InterviewBooked, InterviewCancelled
from shared.contracts.reviews import (
    ApplicationReviewed,
    ManagerDecision,
    ReviewCompleted,
    ReviewOpened,
)
from shared.contracts.vacancies import VacancyClosed, VacancyTimetabled

VacancyFact: TypeAlias = VacancyTimetabled | VacancyClosed | ReviewOpened | ReviewCompleted
ApplicationFact: TypeAlias = (
    ApplicationAccepted
    | ApplicationRefused
    | ApplicationWithdrawalAccepted
    | ApplicationDocumentsAccepted
    | DocumentsChecked
    | EligibilityChecked
    | ApplicationReviewed
    | InterviewBooked
    | InterviewCancelled
)
Fact: TypeAlias = ApplicationFact | VacancyFact


@dataclass(frozen=True, slots=True)
class VacancyFacts:
    """What is known of a vacancy: its highest timetable, its latest closing, its review."""

    closed_at: datetime | None = None
    timetable_version: int = 0
    last_accepted_at: datetime | None = None
    is_review_opened: bool = False
    is_review_completed: bool = False

    def after(self, event: Event[VacancyFact]) -> "VacancyFacts":
        """Add a fact."""
        match event.data:
            case VacancyTimetabled(version=version, last_accepted_at=last_accepted_at):
                if version <= self.timetable_version:
                    return self
                return replace(self, timetable_version=version, last_accepted_at=last_accepted_at)
            case VacancyClosed(closed_at=closed_at):
                return replace(self, closed_at=_later(self.closed_at, closed_at))
            case ReviewOpened():
                return replace(self, is_review_opened=True)
            case ReviewCompleted():
                return replace(self, is_review_completed=True)

    @property
    def is_closed(self) -> bool:
        """Whether it has closed, and was not extended to a later moment meanwhile (C7)."""
        if self.closed_at is None:
            return False
        return self.last_accepted_at is None or self.closed_at >= self.last_accepted_at


@dataclass(frozen=True, slots=True, order=True)
class EligibilityVerdict:
    """The outcome of the eligibility rules, or of a person's decision; the last revision stands.

    The moment decides only between verdicts of workers that do not count revisions yet.
    """

    revision: int
    checked_at: datetime
    outcome: EligibilityOutcome


@dataclass(frozen=True, slots=True, order=True)
class Review:
    """The hiring manager's decision; the one made last stands."""

    reviewed_at: datetime
    decision: ManagerDecision


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What is known about one application.

    Of facts that replace each other the later one is kept by its own version, moment or number,
    never by when it reached us. `vacancy` is known once the application is accepted or refused,
    `accepted_by` and `refused_by` name the highest timetable by which it was.
    """

    vacancy: str | None = None
    accepted_by: int | None = None
    refused_by: int | None = None
    is_withdrawn: bool = False
    eligibility: EligibilityVerdict | None = None
    documents: Versions = ()
    review: Review | None = None
    booked_sequence: int | None = None
    cancelled_sequence: int | None = None

    def after(self, event: Event[ApplicationFact]) -> "ApplicationFacts":  # noqa: PLR0911 - a line each
        """Add a fact: the same facts make the same whole, in whatever order and number."""
        match event.data:
            case ApplicationAccepted(vacancy=vacancy, timetable_version=timetable) as accepted:
                by = _later(self.accepted_by, timetable)
                own = versions.taken_in(
                    self.documents, accepted.documents_version, accepted.submitted_at
                )
                return replace(self, vacancy=vacancy, accepted_by=by, documents=own)
            case ApplicationRefused(vacancy=vacancy, timetable_version=timetable):
                by = _later(self.refused_by, timetable)
                return replace(self, vacancy=vacancy, refused_by=by)
            case ApplicationWithdrawalAccepted():
                return replace(self, is_withdrawn=True)
            case (
                ApplicationDocumentsAccepted(documents_version=number, replaced_at=sent_at) as new
            ):
                left = versions.set_aside(self.documents, new.set_aside)
                return replace(self, documents=versions.taken_in(left, number, sent_at))
            case DocumentsChecked(documents_version=number, outcome=found) as checked:
                verdict = versions.Verdict(checked.is_by_person, checked.revision, found)
                return replace(self, documents=versions.judged(self.documents, number, verdict))
            case EligibilityChecked(outcome=outcome, revision=revision):
                reached = EligibilityVerdict(revision, event.time, outcome)
                return replace(self, eligibility=_later(self.eligibility, reached))
            case ApplicationReviewed(reviewed_at=reviewed_at, decision=decision):
                return replace(self, review=_later(self.review, Review(reviewed_at, decision)))
            case InterviewBooked(sequence=sequence):
                return replace(self, booked_sequence=_later(self.booked_sequence, sequence))
            case InterviewCancelled(sequence=sequence):
                return replace(self, cancelled_sequence=_later(self.cancelled_sequence, sequence))

    @property
    def is_accepted(self) -> bool:
        """Whether it is accepted by the newest timetable; on a tie the closing has moved later.

        Whoever a manager has decided on stays: news of an earlier closing came too late for that.
        """
        if self.accepted_by is None:
            return False
        is_newest = self.refused_by is None or self.accepted_by >= self.refused_by
        return is_newest or self.review is not None

    @property
    def is_refused(self) -> bool:
        """Whether it is refused by the newest timetable (C3, C7)."""
        return self.refused_by is not None and not self.is_accepted

    @property
    def has_interview(self) -> bool:
        """Whether an interview is booked and not cancelled since."""
        if self.booked_sequence is None:
            return False
        return self.cancelled_sequence is None or self.booked_sequence > self.cancelled_sequence


Later = TypeVar("Later", int, datetime, EligibilityVerdict, Review)


def _later(known: Later | None, new: Later) -> Later:
    return new if known is None else max(known, new)


def documents_that_count(
    application: ApplicationFacts, vacancy: VacancyFacts
) -> tuple[int, DocumentsOutcome | None]:
    """Find the version of the documents that counts, and its verdict if there is one already.

    It is the last one sent in time. If that turns out faulty after the closing, when nothing can
    be mended any more, it is the last complete one before, if there is one (D8).
    """
    *earlier, last = versions.counting(application.documents) or [Documents(0)]
    if last.outcome is DocumentsOutcome.FAULTY and vacancy.is_closed:
        complete = [one for one in earlier if one.outcome is DocumentsOutcome.COMPLETE]
        last = complete[-1] if complete else last
    return last.number, last.outcome


def stage(application: ApplicationFacts, vacancy: VacancyFacts) -> Stage | None:
    """Compute where an application stands: the first line that is true. None: nowhere yet.

    No manager's decision counts without an eligibility pass (W2) or before the vacancy's review is
    complete (W7). A machine rejects for eligibility only: faulty documents go to a person once it
    is too late to mend them (C5). Nobody hears about documents before it is known whether they
    are eligible at all.
    """
    eligibility = application.eligibility.outcome if application.eligibility else None
    decision = application.review.decision if application.review else None
    _, documents = documents_that_count(application, vacancy)
    is_decided = vacancy.is_review_completed and eligibility is EligibilityOutcome.ELIGIBLE
    is_invited = is_decided and decision is ManagerDecision.INVITE
    is_faulty = documents is DocumentsOutcome.FAULTY
    lines: tuple[tuple[bool, Stage | None], ...] = (
        (application.is_refused, Stage.REFUSED),
        (not application.is_accepted, None),
        (application.is_withdrawn, Stage.WITHDRAWN),
        (eligibility is EligibilityOutcome.REJECTED, Stage.NOT_ELIGIBLE),
        (is_invited and application.has_interview, Stage.INTERVIEW_BOOKED),
        (is_invited, Stage.INVITED),
        (is_decided and decision is ManagerDecision.DECLINE, Stage.NOT_SUCCESSFUL),
        (eligibility is None, Stage.RECEIVED),
        (eligibility is EligibilityOutcome.REFERRED, Stage.WITH_A_PERSON),
        (documents is DocumentsOutcome.UNCLEAR, Stage.WITH_A_PERSON),
        (is_faulty and vacancy.is_closed, Stage.WITH_A_PERSON),
        (documents is None, Stage.RECEIVED),
        (is_faulty, Stage.DOCUMENTS_NEEDED),
        (vacancy.is_review_opened, Stage.UNDER_REVIEW),
    )
    return next((stage for is_true, stage in lines if is_true), Stage.READY_FOR_REVIEW)


@dataclass(frozen=True, slots=True)
class Application:
    """An application's facts, and the stage that was announced last, the `sequence`-th."""

    application: str
    facts: ApplicationFacts = ApplicationFacts()
    stage: Stage | None = None
    sequence: int = 0


def advance(
    application: Application,
    facts: ApplicationFacts,
    vacancy: VacancyFacts,
    earlier: VacancyFacts,
) -> Application:
    """Give an application its facts and the stage that follows; what is new of it is counted.

    That documents are needed, or a person, is new of each version of them and of faults found in
    it: the letter says what is wrong with which. `earlier` is what was known of the vacancy.
    """
    new = stage(facts, vacancy)
    is_new = new is not application.stage or (
        new in {Stage.DOCUMENTS_NEEDED, Stage.WITH_A_PERSON}
        and _faults_told(facts, vacancy) != _faults_told(application.facts, earlier)
    )
    sequence = application.sequence + is_new
    return replace(application, facts=facts, stage=new, sequence=sequence)


def _faults_told(application: ApplicationFacts, vacancy: VacancyFacts) -> tuple[int, bool]:
    """Name the documents that count, and tell whether a letter has faults of them to tell."""
    number, outcome = documents_that_count(application, vacancy)
    return number, outcome not in {None, DocumentsOutcome.COMPLETE}

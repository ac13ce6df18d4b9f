"""What a story may be made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum, auto
from typing import Final

from shared.contracts.applications import Answer, Departure, EarlyDeparture, Role, Stage
from shared.contracts.challenges import ChallengeOutcome
from shared.contracts.referrals import ReferralAnswer


class Content(StrEnum):
    """What is written in a file, by its title."""

    CV = "Curriculum Vitae"
    STATEMENT = "Personal Statement"
    CV_AS_STATEMENT = "Supporting Statement"
    BOTH = "CV and Personal Statement"
    NOTES = "Some notes"


class Flaw(StrEnum):
    """What is the matter with the bytes of a file."""

    EMPTY = auto()
    CUT_OFF = auto()
    LOCKED = auto()
    SCANNED = auto()
    BOMB = auto()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of a set; `suffix` is drawn from PDF and Word where the story leaves it open."""

    content: Content
    role: Role
    name: str
    suffix: str = ""
    flaw: Flaw | None = None


CV: Final = Sheet(Content.CV, Role.CV, "CV")
STATEMENT: Final = Sheet(Content.STATEMENT, Role.PERSONAL_STATEMENT, "Personal Statement")
GOOD_PAPERS: Final = (CV, STATEMENT)


class Repeat(StrEnum):
    """How the careers site stutters."""

    SAME_EVENT = auto()
    SAME_ID_OTHER_BODY = auto()
    OTHER_ID_OTHER_BODY = auto()


class Arrival(StrEnum):
    """When an event reaches us or was sent, where that is no busy hour."""

    BEFORE_ADVERT = auto()
    BEFORE_EXTENSION = auto()
    NEXT_MORNING = auto()
    DURING_REVIEW = auto()


class Replacement(StrEnum):
    """New papers put in place of the first ones."""

    LATER = auto()
    OVERTAKING = auto()
    AFTER_CLOSING = auto()


class Withdrawal(StrEnum):
    """When a candidate gives up."""

    BEFORE_CLOSING = auto()
    DURING_REVIEW = auto()
    AFTER_BOOKING = auto()


def never_served(_: date) -> EarlyDeparture:
    """Declare that there was no earlier service."""
    return EarlyDeparture(served_before=Answer.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the generator puts into an application and what must come out."""

    name: str
    ends: Stage | None = None
    """Its last stage; None where the hiring manager decides."""
    is_held: bool = False
    """Whether it waits for a person as it came, and never becomes an application."""
    why: str
    papers: tuple[Sheet, ...] = GOOD_PAPERS
    new_papers: tuple[Sheet, ...] = GOOD_PAPERS
    declares: Callable[[date], EarlyDeparture] = never_served
    is_convicted: bool = False
    submits: time | None = None
    """The London time on the closing day, to the second; None for any day."""
    is_before_posting: bool = False
    is_somebody_again: bool = False
    """Whether it comes from whoever sent the application before it."""
    arrives: Arrival | None = None
    repeats: Repeat | None = None
    replaces: Replacement | None = None
    withdraws: Withdrawal | None = None
    answer: ReferralAnswer | None = None
    """What a recruiter answers, the morning after closing, to what the machine left open."""
    corrected: Departure | None = None
    """What a recruiter puts in place of the departure declared, the morning after closing."""
    challenge: ChallengeOutcome | None = None
    """What comes of a challenge, decided on the second day of the review."""

    @property
    def is_for_the_manager(self) -> bool:
        """Tell whether the hiring manager will decide."""
        is_interviewed = self.withdraws is Withdrawal.AFTER_BOOKING
        return (self.ends is None and not self.is_held) or is_interviewed

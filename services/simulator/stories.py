"""Every kind of application that matters: what its candidate does and how it must end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum, auto
from typing import Final

from shared.contracts.applications import (
    Answer,
    Departure,
    EarlyDeparture,
    LeavingReason,
    Role,
    Stage,
)


class Content(StrEnum):
    """What is written in a file."""

    CV = "Curriculum Vitae"
    STATEMENT = "Personal Statement"
    NOTES = "Some notes"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of a set; `suffix` is drawn from PDF and Word where the story leaves it open."""

    content: Content
    role: Role
    name: str
    suffix: str = ""


CV: Final = Sheet(Content.CV, Role.CV, "CV")
STATEMENT: Final = Sheet(Content.STATEMENT, Role.PERSONAL_STATEMENT, "Personal Statement")
GOOD_PAPERS: Final = (CV, STATEMENT)


class Repeat(StrEnum):
    """How the careers site stutters."""

    SAME_EVENT = auto()
    SAME_ID_OTHER_BODY = auto()
    OTHER_ID_OTHER_BODY = auto()


class Replacement(StrEnum):
    """Good papers put in place of the first ones before closing."""

    LATER = auto()
    OVERTAKING = auto()


class Withdrawal(StrEnum):
    """When a candidate gives up."""

    BEFORE_CLOSING = auto()
    DURING_REVIEW = auto()
    AFTER_BOOKING = auto()


def _never_served(_: date) -> EarlyDeparture:
    return EarlyDeparture(served_before=Answer.NO)


def _unanswered(_: date) -> EarlyDeparture:
    return EarlyDeparture(served_before=Answer.UNANSWERED)


def _left(
    left_on: str,
    reason: LeavingReason = LeavingReason.EARLY_DEPARTURE_SCHEME,
    compensated: Answer = Answer.YES,
) -> EarlyDeparture:
    departure = Departure(left_on=left_on, reason=reason, compensated=compensated)
    return EarlyDeparture(served_before=Answer.YES, departures=(departure,))


def _fifth_anniversary(after_days: int) -> Callable[[date], EarlyDeparture]:
    """Declare a leaving whose fifth anniversary is that many days after the submission."""

    def declare(submitted_on: date) -> EarlyDeparture:
        anniversary = submitted_on + timedelta(days=after_days)
        return _left(anniversary.replace(year=anniversary.year - 5).isoformat())

    return declare


def _month_five_years_ago(submitted_on: date) -> EarlyDeparture:
    """Declare a month whose first days do not bar and whose last days do."""
    return _left(f"{submitted_on.year - 5}-{submitted_on.month:02}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the generator puts into an application and what must come out."""

    name: str
    ends: Stage | None = None
    """Its last stage; None where the hiring manager decides."""
    why: str
    papers: tuple[Sheet, ...] = GOOD_PAPERS
    declares: Callable[[date], EarlyDeparture] = _never_served
    is_convicted: bool = False
    submits: time | None = None
    """The London time on the closing day, to the second; None for any day."""
    is_published_next_morning: bool = False
    repeats: Repeat | None = None
    replaces: Replacement | None = None
    withdraws: Withdrawal | None = None


ORDINARY: Final = Story(name="ordinary", why="complete and eligible")

STORIES: Final = (
    # Documents
    Story(
        name="cv_twice",
        why="the statement is the CV again in another format, never replaced (D2, C5)",
        papers=(
            Sheet(Content.CV, Role.CV, "CV", ".pdf"),
            Sheet(Content.CV, Role.PERSONAL_STATEMENT, "Personal Statement", ".docx"),
        ),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="two_cvs_one_replaced",
        why="two CVs and a statement, put right before closing (D2, D8)",
        papers=(
            Sheet(Content.CV, Role.CV, "CV", ".pdf"),
            Sheet(Content.CV, Role.CV, "CV", ".docx"),
            STATEMENT,
        ),
        replaces=Replacement.LATER,
    ),
    Story(
        name="statement_missing",
        why="no personal statement, never sent (D1, C5)",
        papers=(CV,),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="statement_sent_later",
        why="no personal statement, sent before closing (D1, D8)",
        papers=(CV,),
        replaces=Replacement.LATER,
    ),
    Story(
        name="open_document",
        why="a statement as .odt, replaced before closing (D3, D8)",
        papers=(CV, Sheet(Content.STATEMENT, Role.PERSONAL_STATEMENT, "Statement", ".odt")),
        replaces=Replacement.LATER,
    ),
    Story(
        name="photograph",
        why="a CV as .png, never replaced (D3, C5)",
        papers=(Sheet(Content.CV, Role.CV, "CV", ".png"), STATEMENT),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="unlabelled",
        why="a file that does not say what it is (D4)",
        papers=(CV, Sheet(Content.NOTES, Role.UNLABELLED, "Scan 0001")),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="replacement_overtakes",
        why="the replacement of good papers arrives before the submission (D8)",
        replaces=Replacement.OVERTAKING,
    ),
    # The five-year rule
    Story(
        name="returner",
        why="left two years ago with compensation (E1, E2)",
        declares=_fifth_anniversary(3 * 365),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="day_before_anniversary",
        why="applies on the last day of the five years (E3)",
        declares=_fifth_anniversary(1),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="anniversary",
        why="applies on the fifth anniversary itself (E3)",
        declares=_fifth_anniversary(0),
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="day_after_anniversary",
        why="applies the day after the fifth anniversary (E3)",
        declares=_fifth_anniversary(-1),
    ),
    Story(
        name="leap_day_barred",
        why="left on 29 February 2024 with compensation (E4)",
        declares=lambda _: _left("2024-02-29"),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="leap_day_free",
        why="left on 29 February 2020, more than five years ago (E4)",
        declares=lambda _: _left("2020-02-29"),
    ),
    Story(
        name="month_only",
        why="gives only the month of leaving, and both readings differ (E8)",
        declares=_month_five_years_ago,
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="year_only_barred",
        why="gives only the year 2023, and every day of it bars (E8)",
        declares=lambda _: _left("2023"),
        ends=Stage.NOT_ELIGIBLE,
    ),
    Story(
        name="resigned",
        why="left the Met last year by resigning, which bars nobody (E10)",
        declares=lambda _: _left("2024-03-31", LeavingReason.RESIGNATION, Answer.NO),
    ),
    Story(
        name="unanswered",
        why="does not answer the question about earlier service (E14)",
        declares=_unanswered,
        ends=Stage.WITH_A_PERSON,
    ),
    Story(
        name="convicted",
        why="declares a conviction, which stops nothing by itself (K1)",
        is_convicted=True,
    ),
    # The closing instant
    Story(name="last_minute", why="submitted at 23:54:59 (C2)", submits=time(23, 54, 59)),
    Story(name="last_second", why="submitted at 23:55:59 (C2)", submits=time(23, 55, 59)),
    Story(
        name="too_late",
        why="submitted at 23:56:00 (C2)",
        submits=time(23, 56),
        ends=Stage.REFUSED,
    ),
    Story(
        name="arrives_after_close",
        why="submitted in time, arriving the next morning (C3)",
        submits=time(22, 41, 17),
        is_published_next_morning=True,
    ),
    # A stuttering careers site
    Story(name="sent_twice", why="the same event twice", repeats=Repeat.SAME_EVENT),
    Story(
        name="id_reused",
        why="another body under the id of the first event, which is held",
        repeats=Repeat.SAME_ID_OTHER_BODY,
    ),
    Story(
        name="conflicting",
        why="submitted again with other content, which changes nothing",
        repeats=Repeat.OTHER_ID_OTHER_BODY,
    ),
    # Changing one's mind
    Story(
        name="withdrawn_early",
        why="withdrew before closing",
        withdraws=Withdrawal.BEFORE_CLOSING,
        ends=Stage.WITHDRAWN,
    ),
    Story(
        name="withdrawn_in_review",
        why="withdrew while under review",
        withdraws=Withdrawal.DURING_REVIEW,
        ends=Stage.WITHDRAWN,
    ),
    Story(
        name="withdrawn_after_booking",
        why="withdrew with an interview booked, which is cancelled",
        withdraws=Withdrawal.AFTER_BOOKING,
        ends=Stage.WITHDRAWN,
    ),
)

"""Events about a vacancy."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.contracts.envelope import (
    FromCareersSite,
    FromPeople,
    Instant,
    Line,
    Model,
    Payload,
    Ref,
    Text,
)

Pounds = Annotated[int, Field(ge=0, le=1_000_000)]
Weeks = Annotated[int, Field(ge=0, le=52)]


class Employer(StrEnum):
    """Whose vacancy it is; the early-departure rule belongs to the Met alone (E15)."""

    MET = "met"
    KENT_ESSEX = "kent_essex"


class RoleType(StrEnum):
    """Police staff or police officer; the rule is about police staff roles (E12)."""

    POLICE_STAFF = "police_staff"
    POLICE_OFFICER = "police_officer"


class Engagement(StrEnum):
    """How the post is held; temporary and interim are doubtful under the rule (E18)."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    INTERIM = "interim"


class ClosingAnchor(StrEnum):
    """What the weeks to the review count from (C7)."""

    CLOSING_DATE = "closing_date"
    ACTUAL_CLOSE = "actual_close"


class Salary(Model):
    """The advertised pay in whole pounds a year; the sum is checked on reading (A1)."""

    starting: Pounds
    basic: Pounds
    top_of_scale: Pounds
    location_allowance: Pounds
    non_pensionable_allowance: Pounds

    @property
    def allowances(self) -> int:
        """Both together, which are paid at every point of the scale (A2)."""
        return self.location_allowance + self.non_pensionable_allowance

    @property
    def at_the_top_of_the_scale(self) -> int:
        """What is paid in all at the top: derived, never stored (A2)."""
        return self.top_of_scale + self.allowances

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.basic + self.allowances != self.starting:
            message = "starting must equal basic plus both allowances (A1)"
            raise ValueError(message)
        if self.basic > self.top_of_scale:
            message = "basic must not exceed the top of the scale (A1)"
            raise ValueError(message)
        return self


class Window(Model):
    """`1 to 2 weeks after` as two whole numbers of calendar weeks (W11)."""

    min_weeks: Weeks
    max_weeks: Weeks

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_weeks > self.max_weeks:
            message = "min_weeks must not exceed max_weeks"
            raise ValueError(message)
        return self


class CriterionKind(StrEnum):
    """What a printed requirement is; a duty of the job is no test of entry (K8)."""

    EXPERIENCE = "experience"
    QUALIFICATION = "qualification"
    KNOWLEDGE = "knowledge"
    COMPETENCY = "competency"
    VALUE = "value"
    TECHNICAL = "technical"
    DUTY = "duty"


class Criterion(Model):
    """One requirement as printed; a person judges it, nothing matches strings (K6 to K14).

    `level` is as printed too: `1`, `Accredited`; None where the advert gives none.
    """

    key: Ref
    kind: CriterionKind
    text: Annotated[Text, Field(min_length=1, max_length=1000)]
    is_essential: bool = True
    level: Annotated[Line, Field(max_length=40)] | None = None


class VacancyPublished(FromCareersSite):
    """The careers site advertises a vacancy.

    `grace_seconds` is the vacancy's own and wins over the employer's, 0 included; left out, the
    employer's counts (C2).
    """

    type: ClassVar[str] = "vacancy.published.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    employer: Employer
    title: Line
    location: Line
    role_type: RoleType
    engagement: Engagement
    posted_on: date | None = None
    closes_at: Instant
    grace_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    review: Window
    review_anchor: ClosingAnchor = ClosingAnchor.CLOSING_DATE
    interviews: Window
    salary: Salary | None = None
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=60, strict=False)] = ()
    vetting: Line | None = None


class VacancyAmended(FromCareersSite):
    """The careers site changes a vacancy: only what is new is named, the rest stays as it was.

    `amended_at` puts amendments in order, however they arrive: of two that name the same thing the
    later one stands. `closes_at` moves the closing date itself. `actual_close_at` says that
    applications end at another moment although the printed date stands, until a later amendment
    moves the date again. The weeks of `closing_date` count from the one, those of `actual_close`
    from the other (C7). Neither may have passed at `amended_at`: nobody who applied in time
    becomes late.
    """

    type: ClassVar[str] = "vacancy.amended.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    amended_at: Instant
    title: Line | None = None
    location: Line | None = None
    closes_at: Instant | None = None
    actual_close_at: Instant | None = None
    review: Window | None = None
    review_anchor: ClosingAnchor | None = None
    interviews: Window | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_dump(exclude={"vacancy", "amended_at"}, exclude_none=True):
            message = "must name at least one thing that changes"
            raise ValueError(message)
        return self


class VacancyReplanRequested(FromPeople):
    """A person of ours has changed bank holidays or an employer's settings: plan anew (W10)."""

    type: ClassVar[str] = "vacancy.replan_requested.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class VacancyClosingDatePassed(FromCareersSite):
    """The careers site says the closing date has passed: a trigger, never the truth (C6)."""

    type: ClassVar[str] = "vacancy.closing_date_passed.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class VacancyTimetabled(Payload):
    """The vacancy's computed timetable, with the facts the other workers need.

    Every amendment makes a higher `version`, and the highest stands. One that closes later than
    a `vacancy.closed` that was announced opens the vacancy again.

    Dates are London dates as promised in the advert; `..._at` are instants of the work itself,
    moved to a working day where the promised date is none (W10).
    """

    type: ClassVar[str] = "vacancy.timetabled.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    version: Annotated[int, Field(ge=1)]
    employer: Employer
    title: Line
    location: Line
    role_type: RoleType
    engagement: Engagement
    posted_on: date | None
    closes_at: Instant
    last_accepted_at: Instant
    review_promised_on: date
    review_opens_at: Instant
    review_latest_on: date
    interviews_promised_on: date
    interviews_latest_on: date
    interviews: Window


class VacancyOpened(Payload):
    """Applications are welcome from now on: said once for each vacancy."""

    type: ClassVar[str] = "vacancy.opened.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class VacancyClosingDue(Payload):
    """Our own timer: the closing instant of the timetable has come."""

    type: ClassVar[str] = "vacancy.closing_due.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref


class VacancyClosed(Payload):
    """The vacancy has closed; said once for each closing, whoever noticed first.

    It holds while `closed_at` is not before the `last_accepted_at` of the highest timetable.
    """

    type: ClassVar[str] = "vacancy.closed.v1"
    about: ClassVar[str] = "vacancy"

    vacancy: Ref
    closed_at: Instant

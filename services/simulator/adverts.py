"""The three vacancies that the pretend careers site advertises (facts of the real adverts)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from shared.calendar import at_london
from shared.contracts.vacancies import (
    ClosingAnchor,
    Criterion,
    CriterionKind,
    Employer,
    Engagement,
    RoleType,
    Salary,
    VacancyPublished,
    Window,
)

LOCATION_ALLOWANCE: Final = 1_928
NON_PENSIONABLE_ALLOWANCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Advert:
    """What an advert prints, in its own order.

    One that is extended was printed first with so many days less; it is amended the morning after
    that closing had passed.
    """

    vacancy: str
    title: str
    location: str
    starting: int
    basic: int
    top_of_scale: int
    posted_on: date
    closes_on: date
    review: Window
    interviews: Window
    anchor: ClosingAnchor = ClosingAnchor.CLOSING_DATE
    extended_by_days: int = 0
    criteria: tuple[Criterion, ...] = ()

    @property
    def published_at(self) -> datetime:
        """Ten in the morning of the posting day."""
        return at_london(self.posted_on, time(10))

    @property
    def closes_at(self) -> datetime:
        """Every advert says `23:55`, London time (C1)."""
        return at_london(self.closes_on, time(23, 55))

    @property
    def first_closes_at(self) -> datetime:
        """The closing as it was printed at first."""
        return at_london(self.closes_on - timedelta(days=self.extended_by_days), time(23, 55))

    @property
    def amended_at(self) -> datetime:
        """Ten in the morning after the first closing."""
        first_closed_on = self.closes_on - timedelta(days=self.extended_by_days)
        return at_london(first_closed_on + timedelta(days=1), time(10))

    @property
    def review_on(self) -> date:
        """The first day promised for the hiring manager's review (W3 to W5)."""
        return self.closes_on + timedelta(weeks=self.review.min_weeks)

    def as_published(self) -> VacancyPublished:
        """Write the advert as the careers site's event."""
        return VacancyPublished(
            vacancy=self.vacancy,
            employer=Employer.MET,
            title=self.title,
            location=self.location,
            role_type=RoleType.POLICE_STAFF,
            engagement=Engagement.PERMANENT,
            posted_on=self.posted_on,
            closes_at=self.first_closes_at,
            review=self.review,
            review_anchor=self.anchor,
            interviews=self.interviews,
            criteria=self.criteria,
            salary=Salary(
                starting=self.starting,
                basic=self.basic,
                top_of_scale=self.top_of_scale,
                location_allowance=LOCATION_ALLOWANCE,
                non_pensionable_allowance=NON_PENSIONABLE_ALLOWANCE,
            ),
        )


ADVERTS: Final = (
    Advert(
        vacancy="001",
        title="Communications Support - Fleet Services",
        location="Marlowe House",
        starting=38_926,
        basic=35_998,
        top_of_scale=38_523,
        posted_on=date(2025, 6, 7),
        closes_on=date(2025, 6, 19),
        review=Window(min_weeks=1, max_weeks=2),
        interviews=Window(min_weeks=2, max_weeks=3),
    ),
    Advert(
        vacancy="002",
        title="Head of Business Support, Fleet Services",
        location="Marlowe House (travel to various sites in London)",
        starting=80_260,
        basic=77_332,
        top_of_scale=89_320,
        posted_on=date(2025, 8, 4),
        closes_on=date(2025, 8, 27),
        extended_by_days=7,
        review=Window(min_weeks=1, max_weeks=1),
        interviews=Window(min_weeks=2, max_weeks=2),
        anchor=ClosingAnchor.ACTUAL_CLOSE,
    ),
    Advert(
        vacancy="000",
        title="Quality Technician",
        location="Belvedere and Ponton Road",
        starting=43_294,
        basic=40_366,
        top_of_scale=42_071,
        posted_on=date(2025, 9, 26),
        closes_on=date(2025, 10, 21),
        review=Window(min_weeks=1, max_weeks=1),
        interviews=Window(min_weeks=1, max_weeks=1),
        criteria=(  # the other two print none, so none is invented (K15)
            Criterion(
                key="years",
                kind=CriterionKind.EXPERIENCE,
                text="At least 4 years relevant experience within the vehicle maintenance and "
                "repair industry",
            ),
            Criterion(
                key="nvq",
                kind=CriterionKind.QUALIFICATION,
                text="NVQ Level 3 in vehicle maintenance and repair (or equivalent)",
            ),
            Criterion(
                key="manufacturers",
                kind=CriterionKind.EXPERIENCE,
                text="Working with a wide range of manufacturers",
            ),
            Criterion(key="mot", kind=CriterionKind.DUTY, text="Maintain MOT tester status"),
        ),
    ),
)
"""In the order in which they are posted."""

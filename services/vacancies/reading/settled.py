"""What a person has settled by saying it: it goes before whatever is printed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.contracts.vacancies import (
    ClosingAnchor,
    Employer,
    Engagement,
    RoleType,
    Salary,
    Window,
)

NO_SALARY: Final = "none"
LEVELLED: Final = "levelled"


@dataclass(frozen=True, slots=True)
class Settled:
    """Fields given by a person; None leaves a field to the advert.

    `closes_at` without an offset is what a London clock shows.
    `salary` is NO_SALARY where the person wants no figure published, `criteria` is LEVELLED where
    what seems to lack its level is no criterion.
    """

    vacancy: str | None = None
    employer: Employer | None = None
    title: str | None = None
    location: str | None = None
    role_type: RoleType | None = None
    engagement: Engagement | None = None
    posted_on: date | None = None
    closes_at: datetime | None = None
    review: Window | None = None
    review_anchor: ClosingAnchor | None = None
    interviews: Window | None = None
    salary: Salary | str | None = None
    vetting: str | None = None
    criteria: str | None = None

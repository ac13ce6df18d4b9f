"""Events about the requirements that an advert prints, as a person judges them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import FromPeople, Line, Ref


class CriterionFinding(StrEnum):
    """Whether a person found a requirement met."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"


class CriterionJudged(FromPeople):
    """A person judged one printed requirement; nothing follows from it by itself (K6 to K10).

    `part` names one of several facts in a requirement, such as full and clean of a driving
    licence, each judged apart; `current_on` is the day for which it was true (K9). An equivalent
    is accepted with a note: the rationale (K7).
    """

    type: ClassVar[str] = "criterion.judged.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    criterion: Ref
    part: Ref | None = None
    finding: CriterionFinding
    found_in: Annotated[Line, Field(max_length=200)]
    is_equivalent: bool = False
    current_on: date | None = None

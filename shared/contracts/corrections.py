"""Events by which people correct what an application declares, and what comes of it."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.applications import Departure
from shared.contracts.envelope import FromPeople, Payload, Ref


class DeclarationCorrected(FromPeople):
    """A person found out how somebody really left the Met; every decision on it is reached anew.

    `departure` counts the declared departures from 1; `corrected` replaces that one as a whole,
    so that corrections made twice or in another order end in the same declaration (E21).
    """

    type: ClassVar[str] = "declaration.corrected.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    departure: Annotated[int, Field(ge=1, le=20)]
    corrected: Departure


class RejectionCorrected(Payload):
    """A rejection no longer stands as it was told: it is reversed, or has other dates (E21).

    `number` counts the verdicts on the application; the letter is about this one.
    """

    type: ClassVar[str] = "rejection.corrected.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    number: Annotated[int, Field(ge=2)]

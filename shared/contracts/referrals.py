"""Events in which a person answers what a machine left to a person."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from shared.contracts.envelope import FromPeople, Instant, Ref


class ReferralKind(StrEnum):
    """What a question is about, and so which worker owns it."""

    ELIGIBILITY = "eligibility"
    DOCUMENTS = "documents"
    CONVICTION = "conviction"
    CONFLICT = "conflict"


class ReferralAnswer(StrEnum):
    """What a person can answer; the rationale says the rest (F2).

    Documents are accepted as they are, or returned to the candidate to be mended until closing;
    no answer ends an application for its documents (D8). A conviction has been considered, which
    gates nothing (K1). Of a conflict what came first stands, as it has all the while; what else
    is meant comes as new documents, a withdrawal or another application.
    """

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    ACCEPT = "accept"
    RETURN = "return"
    CONSIDERED = "considered"
    FIRST_STANDS = "first_stands"


ANSWERS: Final[Mapping[ReferralKind, frozenset[ReferralAnswer]]] = {
    ReferralKind.ELIGIBILITY: frozenset({ReferralAnswer.ELIGIBLE, ReferralAnswer.NOT_ELIGIBLE}),
    ReferralKind.DOCUMENTS: frozenset({ReferralAnswer.ACCEPT, ReferralAnswer.RETURN}),
    ReferralKind.CONVICTION: frozenset({ReferralAnswer.CONSIDERED}),
    ReferralKind.CONFLICT: frozenset({ReferralAnswer.FIRST_STANDS}),
}


class ReferralResolved(FromPeople):
    """A person answered a question about an application.

    `asked_at` is the moment of the verdict that the person saw, `documents_version` what it was
    about: an answer to another verdict than the one that stood by then changes nothing. Of a
    conflict `asked_at` is when what contradicts reached us.
    """

    type: ClassVar[str] = "referral.resolved.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    kind: ReferralKind
    asked_at: Instant
    documents_version: Annotated[int, Field(ge=1)] | None = None
    answer: ReferralAnswer

    @model_validator(mode="after")
    def _answers_the_question(self) -> Self:
        if self.answer not in ANSWERS[self.kind]:
            message = "`answer` does not belong to `kind`"
            raise ValueError(message)
        if (self.documents_version is None) == (self.kind is ReferralKind.DOCUMENTS):
            message = "`documents_version` belongs to an answer about documents, and only there"
            raise ValueError(message)
        return self

"""Events that say what a check of an application found: its documents, its eligibility."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Model, Payload, Ref


class DocumentsOutcome(StrEnum):
    """Complete; curable until closing; or a question for a person. There is no rejection (D8)."""

    COMPLETE = "complete"
    FAULTY = "faulty"
    UNCLEAR = "unclear"


class FindingCode(StrEnum):
    """Everything that can be the matter with a set of documents."""

    CV_MISSING = "cv_missing"
    STATEMENT_MISSING = "statement_missing"
    SECOND_CV = "second_cv"
    SECOND_STATEMENT = "second_statement"
    COPY_OF_CV = "copy_of_cv"
    NEAR_COPY_OF_CV = "near_copy_of_cv"
    WRONG_FORMAT = "wrong_format"
    PASSWORD_LOCKED = "password_locked"  # noqa: S105 - a finding, not a secret
    EMPTY = "empty"
    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    MACROS = "macros"
    TWO_FORMATS = "two_formats"
    BOMB = "bomb"
    INFECTED = "infected"
    UNSAFE_CONTENT = "unsafe_content"
    TOO_LARGE = "too_large"
    NO_TEXT = "no_text"
    LABEL_UNCLEAR = "label_unclear"
    COMBINED = "combined"
    NOT_AS_SENT = "not_as_sent"
    NOT_INSPECTED = "not_inspected"
    NOT_SCANNED = "not_scanned"


class Finding(Model):
    """One finding; `document` counts from 0 in the submitted order, None means the set."""

    code: FindingCode
    document: int | None = None


class DocumentsChecked(Payload):
    """One version of an application's documents has been inspected, or judged by a person.

    Of one version a person's word stands over the machine's, then the higher revision.
    """

    type: ClassVar[str] = "documents.checked.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    documents_version: Annotated[int, Field(ge=1)]
    outcome: DocumentsOutcome
    findings: Annotated[tuple[Finding, ...], Field(strict=False)] = ()
    is_by_person: bool = False
    revision: Annotated[int, Field(ge=0)] = 0


class EligibilityOutcome(StrEnum):
    """Eligible, a question for a person, or rejected: by the machine (E2) or by a person."""

    ELIGIBLE = "eligible"
    REFERRED = "referred"
    REJECTED = "rejected"


class EligibilityChecked(Payload):
    """The eligibility rules have been applied to an application, or a person has decided.

    The working stays with us. The highest revision stands, whoever reached it.
    """

    type: ClassVar[str] = "eligibility.checked.v1"
    about: ClassVar[str] = "application"

    application: Ref
    vacancy: Ref
    outcome: EligibilityOutcome
    reasons: Annotated[tuple[str, ...], Field(strict=False)] = ()
    submitted_on: date
    eligible_from: date | None = None
    rules_version: str
    is_by_person: bool = False
    revision: Annotated[int, Field(ge=0)] = 0

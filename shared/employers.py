"""What each employer has decided where the words of its adverts and rules leave it open.

One frozen value per employer, read once from `employers.toml`; `MUSTER_EMPLOYERS` names another
file. Every setting has the default that rejects nobody by machine; the file says what each does.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.contracts.applications import LeavingDay
from shared.contracts.vacancies import Employer

_SHIPPED: Final = Path(__file__).with_name("employers.toml")


class Reading(StrEnum):
    """How an employer reads words that can be read in two ways; by default a person does."""

    BARS = "bars"
    ALLOWS = "allows"
    REFERS = "refers"


class CombinedDocument(StrEnum):
    """What becomes of one file labelled as both CV and personal statement (D4)."""

    REFER = "refer"
    ACCEPT = "accept"
    RETURN = "return"


class Terms(BaseModel):
    """A table of the file: unknown keys are refused, so that a typing error is no default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EarlyDepartureTerms(Terms):
    """An employer's early-departure rule, and how it reads what the words leave open."""

    years: Annotated[int, Field(ge=1, le=20)] = 5
    leaving: LeavingDay = LeavingDay.LAST_DAY_OF_SERVICE
    anniversary: Reading = Reading.REFERS
    temporary_posts: Reading = Reading.REFERS
    compensation_repaid: Reading = Reading.REFERS
    early_retirement: Reading = Reading.REFERS
    officer_schemes: Reading = Reading.REFERS
    contractors: Reading = Reading.REFERS


class EmployerTerms(Terms):
    """Everything one employer may decide; the comments of `employers.toml` say the effect."""

    name: str
    early_departure: EarlyDepartureTerms | None = None
    combined_document: CombinedDocument = CombinedDocument.REFER
    near_copy_percent: Annotated[int, Field(ge=50, le=100)] = 80
    closing_time: time = time(23, 55)
    grace_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    review_opens: time = time(9)
    late_review_working_days: Annotated[int, Field(ge=1, le=60)] = 5
    referral_working_days: Annotated[int, Field(ge=1, le=60)] = 5
    hold_hours: Annotated[int, Field(ge=0, le=240)] = 24
    challenge_days: Annotated[int, Field(ge=1, le=365)] = 28
    challenge_working_days: Annotated[int, Field(ge=1, le=60)] = 10


class UnusableTerms(Exception):  # noqa: N818 - it names what the file is
    """The file of employers cannot be used; the message says where and why."""


def terms_of(employer: Employer) -> EmployerTerms:
    """Return what an employer has decided. Raises UnusableTerms if the file is at fault."""
    return _all_terms()[employer]


def read_terms(text: str, source: str) -> Mapping[Employer, EmployerTerms]:
    """Read the text of a file of employers; `source` names it in errors.

    Raises UnusableTerms: a misspelt setting must not silently be the default.
    """
    try:
        found = _FILE.validate_python(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise UnusableTerms(f"{source}: {error}") from None
    if missing := set(Employer) - found.keys():
        raise UnusableTerms(f"{source}: no table for {', '.join(sorted(missing))}")
    if strangers := [one for one in found if found[one].early_departure and one not in _ASKED]:
        raise UnusableTerms(
            f"{source}: {', '.join(strangers)}.early_departure: the form asks only about service "
            "with the Met, so no other employer can have this rule; remove the table"
        )
    return found


def read_terms_from(file: Path) -> Mapping[Employer, EmployerTerms]:
    """Read a file of employers. Raises UnusableTerms, or OSError if there is none."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UnusableTerms(f"{file}: is not text in UTF-8; save it as UTF-8") from None
    return read_terms(text, str(file))


# Whose former people the form asks about (E15).
_ASKED: Final = {Employer.MET}
_FILE: Final = TypeAdapter(dict[Employer, EmployerTerms])


@cache
def _all_terms() -> Mapping[Employer, EmployerTerms]:
    return read_terms_from(Path(os.environ.get("MUSTER_EMPLOYERS", _SHIPPED)))

"""What a reader says of one field: found it, with its words, or held it, with the reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Source(StrEnum):
    """Where a value comes from; only the first has a phrase, and the last no value."""

    PRINTED = "printed"
    GIVEN = "given"
    ASSUMED = "assumed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at before publishing; it stops nothing."""

    code: str
    detail: str
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """A field's value and the exact words it was read from."""

    value: T_co
    phrase: str = ""
    source: Source = Source.PRINTED
    findings: tuple[Finding, ...] = ()


NOT_PRINTED: Final[Found[None]] = Found(None, source=Source.NOT_PRINTED)
"""Nothing is printed, and nothing need be."""


@dataclass(frozen=True, slots=True)
class Held:
    """A field that a person has to settle: `reason` is a code, `detail` a sentence."""

    reason: str
    detail: str
    phrases: tuple[str, ...] = ()


Outcome: TypeAlias = Found[T] | Held

"""Whether two messages say the same, where they differ, and whose applications look alike."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Final

from shared.contracts import Payload
from shared.contracts.applications import Candidate

_FEWEST_DIGITS: Final = 7
_NATIONAL_DIGITS: Final = 10  # what is left of a British number without 0 or +44


def content_sha256(payload: Payload) -> str:
    """Hash what a message says, so that the same fact under another event id is recognised.

    Instants are compared as instants, whatever their offset. A field left at its default does not
    count, so that a field added to the contract later changes no hash.
    """
    content = payload.model_dump(exclude_defaults=True)
    text = json.dumps(content, default=_canonical, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def differing_fields(one: Payload, other: Payload) -> tuple[str, ...]:
    """Name the fields in which two messages differ, never what they say in them."""
    return tuple(sorted(_differing(one.model_dump(), other.model_dump(), "")))


def _differing(one: object, other: object, path: str) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in one.keys() | other.keys():
            yield from _differing(one.get(key), other.get(key), f"{path}.{key}".strip("."))
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        for number, (left, right) in enumerate(zip_longest(one, other)):
            yield from _differing(left, right, f"{path}.{number}")
    elif _comparable(one) != _comparable(other):
        yield path


def _comparable(value: object) -> object:
    return storable(value) if isinstance(value, str) else value


def storable(text: str) -> str:
    """Replace NUL, which a file name may contain but PostgreSQL cannot store."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the applications of one person have in common, as hashes; None where that is nothing.

    They suggest and never merge: people share a mailbox, and a family a telephone.
    """

    email: bytes
    person: bytes | None


def marks(candidate: Candidate) -> Marks:
    """Fold an e-mail address, and a name with its telephone number, to what a person may vary."""
    digits = re.sub(r"\D", "", candidate.phone or "")
    name = " ".join(unicodedata.normalize("NFKC", candidate.name).casefold().split())
    has_number = len(digits) >= _FEWEST_DIGITS
    return Marks(
        email=_hashed(candidate.email.strip().casefold()),
        person=_hashed(name, digits[-_NATIONAL_DIGITS:]) if has_number else None,
    )


def _hashed(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()

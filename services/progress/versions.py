"""The versions of an application's documents, and which of them counts: pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from shared.contracts.checks import DocumentsOutcome


@dataclass(frozen=True, slots=True, order=True)
class Verdict:
    """A verdict on one version: a person's stands over the machine's, then the higher revision."""

    is_by_person: bool
    revision: int
    outcome: DocumentsOutcome


@dataclass(frozen=True, slots=True)
class Documents:
    """One version of the documents: its number says which, `sent_at` (UTC) which is later.

    Without `sent_at` we have not heard yet that it was taken in. Once it is set aside it never
    counts again: if the same documents do, they are another version.
    """

    number: int
    sent_at: datetime | None = None
    verdict: Verdict | None = None
    is_set_aside: bool = False

    @property
    def outcome(self) -> DocumentsOutcome | None:
        """What was found in them, as far as we have heard."""
        return self.verdict.outcome if self.verdict else None


Versions: TypeAlias = tuple[Documents, ...]
"""What is known of each version, in the order of their numbers."""


def taken_in(versions: Versions, number: int, sent_at: datetime) -> Versions:
    """Add that a version was taken in, and when the candidate had sent it."""
    return _with(versions, replace(_find(versions, number), sent_at=sent_at))


def judged(versions: Versions, number: int, verdict: Verdict) -> Versions:
    """Add a verdict on a version; the one that stands is kept, whichever is heard first."""
    known = _find(versions, number)
    standing = max(known.verdict, verdict) if known.verdict else verdict
    return _with(versions, replace(known, verdict=standing))


def set_aside(versions: Versions, numbers: Iterable[int]) -> Versions:
    """Add that versions count no longer, as when a closing moves to before them."""
    for number in numbers:
        versions = _with(versions, replace(_find(versions, number), is_set_aside=True))
    return versions


def counting(versions: Versions) -> Sequence[Documents]:
    """Find those that were taken in and are not set aside, the one sent last at the end (D8)."""
    sent = [
        (one.sent_at, one.number, one) for one in versions if one.sent_at and not one.is_set_aside
    ]
    return [one for *_, one in sorted(sent)]


def _find(versions: Versions, number: int) -> Documents:
    return next((one for one in versions if one.number == number), Documents(number))


def _with(versions: Versions, changed: Documents) -> Versions:
    others = [one for one in versions if one.number != changed.number]
    return tuple(sorted([*others, changed], key=lambda one: one.number))

"""Pages that are no vacancy: role profiles, and talent pools with job families (P1 to P6)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.vacancies.reading.labels import labelled
from services.vacancies.reading.result import NOT_PRINTED, Found
from services.vacancies.reading.statements import Statement, Topic
from services.vacancies.reading.text import Line, Text


class Kind(StrEnum):
    """What a text is."""

    VACANCY = "vacancy"
    ROLE_PROFILE = "role_profile"
    TALENT_POOL = "talent_pool"


_PROFILE: Final = tuple(
    re.compile(form, re.IGNORECASE | re.MULTILINE)
    for form in (
        r"\brole\s+profile\b",
        r"^[ \t]*role\s+code\b",
        r"^[ \t]*home\s+office\s+code\b",
        r"^[ \t]*main\s+purpose\b",
        r"\bpost\s?holder\s+must\b",
        r"^[ \t]*necessary\s+experience\b",
        r"^.{2,80}\(\s*(?:level\s*\d*|accredited)\s*\)\s*$",
        r"^[ \t]*national\s+occupational\s+standards\b",
    )
)
_POOL: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\bregist(?:er|ering|ration)\b[^.\n]{0,20}\binterest\b",
        r"\bregistration\s+is\s+(?:now\s+)?open\b",
        r"\bjob\s+titles?\s+(?:may|might|can)\s+include\b",
        r"\btalent\s+(?:pool|bank|community)\b",
        r"\bmatch\s+you\s+(?:with|to)\b",
    )
)
_MARKS: Final = 2
_INCLUDES: Final = re.compile(r"\b(?:titles?|roles?)\b.*\binclude", re.IGNORECASE)
_ENGAGEMENT: Final = re.compile(r"\b(?:temporary|interim)\b", re.IGNORECASE)
_QUALIFICATIONS: Final = re.compile(r"\bqualifications\s+are\s+no\s+longer\b", re.IGNORECASE)
_EARLY_DEPARTURE: Final = re.compile(
    r"\bearly\s+departure\b|\bautomatically\s+rejected\b", re.IGNORECASE
)
_CONVICTIONS: Final = re.compile(
    r"\bconvict(?:ed|ions?)\b|\bcriminal\s+(?:offence|record)", re.IGNORECASE
)
_AMENDED: Final = re.compile(
    r"^[ \t]*(?:last\s+)?(?:amended|revised)\b:?[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE
)
_REGISTRATION: Final = re.compile(r"\bregistration\s+is\s+(?:now\s+)?(\w+)\b", re.IGNORECASE)
# A pool has no place of work; its people work where the force polices.
_POLICED: Final = re.compile(
    r"(?:\b[Ll]ocation:\s*|\b(?:to\s+police|[Ww]e\s+police|policing)\s+)([A-Z]\w+(?: [A-Z]\w+)*)"
)
_CLEARANCE: Final = re.compile(r"\b(?:SC|DV|CTC)\b|\bcleared\b")
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class JobFamily:
    """A family of jobs that one may register for; `needs_clearance` where it says so (K5)."""

    name: str
    titles: tuple[str, ...]

    @property
    def needs_clearance(self) -> bool:
        """Whether only people with a verified clearance can be matched to it."""
        return _CLEARANCE.search(self.name) is not None


@dataclass(frozen=True, slots=True)
class Policies:
    """Sentences that a page prints for everybody's information (K1, P4 to P6)."""

    early_departure: tuple[str, ...]
    convictions: tuple[str, ...]
    engagement: tuple[str, ...]
    qualifications: tuple[str, ...]


def kind_of(text: Text, said: Sequence[Statement]) -> Kind:
    """Recognise a text: with a closing date it is a vacancy, whatever else it holds."""
    closings = {Topic.CLOSING, Topic.FOR_SOME}
    if any(statement.topic in closings and statement.dates for statement in said):
        return Kind.VACANCY
    if sum(mark.search(text.folded) is not None for mark in _PROFILE) >= _MARKS:
        return Kind.ROLE_PROFILE
    if sum(mark.search(text.folded) is not None for mark in _POOL) >= _MARKS:
        return Kind.TALENT_POOL
    return Kind.VACANCY


def read_families(text: Text) -> tuple[JobFamily, ...]:
    """Read each list of job titles under its heading."""
    families: list[JobFamily] = []
    heading = ""
    titles: list[str] = []
    for line in (*text.lines, None):
        if line and line.is_bullet:
            titles.append(text.phrase(line.item))
            continue
        if titles and heading:
            families.append(JobFamily(heading, tuple(titles)))
        titles = []
        if line and not _INCLUDES.search(line.text):
            heading = text.phrase(line.span) if _is_name(line) else ""
    return tuple(families)


def read_policies(text: Text) -> Policies:
    """Quote what a page says to everybody; as information, nobody is judged by it here."""
    return Policies(
        tuple(_quoted(text, _EARLY_DEPARTURE)),
        tuple(_quoted(text, _CONVICTIONS)),
        tuple(_quoted(text, _ENGAGEMENT)),
        tuple(_quoted(text, _QUALIFICATIONS)),
    )


def read_role_facts(text: Text) -> dict[str, Found[Any]]:
    """Read the head of a role profile, as printed."""
    return {
        "grade": _first(text, r"(?:pay\s+)?(?:grade|band)"),
        "role_code": _first(text, r"(?:role|post)\s+code"),
        "status": _first(text, r"status"),
        "home_office_code": _first(text, r"home\s+office\s+code"),
        "amended": _said(text, _AMENDED),
    }


def read_pool_facts(text: Text) -> dict[str, Found[Any]]:
    """Read where a pool's people work, how (P4), and whether one can register now (P2)."""
    engaged = [sentence for sentence in text.sentences if _ENGAGEMENT.search(sentence.text)]
    kinds = [kind.casefold() for one in engaged for kind in _ENGAGEMENT.findall(one.text)]
    return {
        "place": _said(text, _POLICED),
        "engagements": Found(tuple(dict.fromkeys(kinds)), text.phrase(engaged[0]))
        if engaged
        else NOT_PRINTED,
        "registration": _said(text, _REGISTRATION),
    }


def _first(text: Text, label: str) -> Found[str | None]:
    found = next(labelled(text, label), None)
    return Found(found.value, found.phrase) if found else NOT_PRINTED


def _said(text: Text, form: re.Pattern[str]) -> Found[str | None]:
    """Take what the form's first group matches, with all that it matches for a phrase."""
    match = form.search(text.folded)
    return Found(text.quote(*match.span(1)), text.quote(*match.span())) if match else NOT_PRINTED


def _is_name(line: Line) -> bool:
    return len(line.text) <= _LONGEST and line.text[-1] not in ".:;!?"


def _quoted(text: Text, about: re.Pattern[str]) -> Iterator[str]:
    return (text.phrase(s) for s in text.sentences if about.search(s.text))

"""What a set of documents amounts to: in order, curable by the candidate, or for a person.

Nothing here rejects anybody (D8). Only the form of the documents is judged, never what they say
about the candidate (D5, D6).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from shared.contracts.applications import (
    Role,
)
from shared.contracts.checks import (
    DocumentsOutcome,
    Finding,
    FindingCode,
)

NEAR_COPY_CONTAINMENT: Final = 0.8
"""From this share of common five-word runs on, counted in the shorter text, we warn (D2)."""

MIN_SHINGLES: Final = 20
"""Shorter texts are too short to be called alike."""

FAULTS: Final = frozenset(
    {
        FindingCode.CV_MISSING,
        FindingCode.STATEMENT_MISSING,
        FindingCode.SECOND_CV,
        FindingCode.SECOND_STATEMENT,
        FindingCode.COPY_OF_CV,
        FindingCode.WRONG_FORMAT,
        FindingCode.PASSWORD_LOCKED,
        FindingCode.EMPTY,
        FindingCode.DAMAGED,
        FindingCode.UNSAFE_CONTENT,
        FindingCode.TOO_LARGE,
    }
)
"""What the candidate can put right by sending the documents again before closing."""

DOUBTS: Final = frozenset(
    {
        FindingCode.NO_TEXT,
        FindingCode.LABEL_UNCLEAR,
        FindingCode.COMBINED,
        FindingCode.NOT_AS_SENT,
        FindingCode.NOT_INSPECTED,
    }
)
"""What only a person can answer."""


class Kind(StrEnum):
    """The format of a document by its content; name and declared type prove nothing (D3)."""

    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen in the bytes of one document; its text cannot be read back from it.

    `problem` says what is wrong and `detail`, one fixed word, how we know; `title` is what the
    first lines call the document. The text survives as a hash of its letters and digits and as
    hashes of its five-word runs.
    """

    kind: Kind
    problem: FindingCode | None = None
    detail: str = ""
    title: Role = Role.UNLABELLED
    text_sha256: str | None = None
    shingles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Document:
    """One submitted document: as what, under which name, and what was seen in it."""

    role: Role
    name: str = field(repr=False)  # personal data: file names carry people's names
    sha256: str
    inspection: Inspection


@dataclass(frozen=True, slots=True)
class Complete:
    """One CV and one personal statement in good order (D1); findings are warnings only."""

    outcome: ClassVar = DocumentsOutcome.COMPLETE
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Faulty:
    """Something that the candidate can put right until closing (D8)."""

    outcome: ClassVar = DocumentsOutcome.FAULTY
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing that the candidate must put right, but a question for a person (D4, D5)."""

    outcome: ClassVar = DocumentsOutcome.UNCLEAR
    findings: tuple[Finding, ...]


Verdict: TypeAlias = Complete | Faulty | Unclear


def judge(documents: Sequence[Document]) -> Verdict:
    """Judge one version of an application's documents, in the order they were submitted.

    A fault outweighs a doubt: the candidate can cure it in time, the documents that replace these
    are judged afresh, and whatever is still faulty at closing goes to a person anyway. A fault
    that a doubt might explain away is not found: an unlabelled document may be the missing part.
    """
    findings = (*_findings_by_document(documents), *_missing_parts(documents))
    codes = {finding.code for finding in findings}
    if codes & FAULTS:
        return Faulty(findings)
    if codes & DOUBTS:
        return Unclear(findings)
    return Complete(findings)


def label(document: Document) -> Role:
    """Decide what a document is from the role field, its name and its title (D4).

    `UNLABELLED` if they say nothing or contradict each other: nobody guesses.
    """
    said = {document.role, label_in(document.name), document.inspection.title}
    said.discard(Role.UNLABELLED)
    if Role.COMBINED in said:
        return Role.COMBINED
    return said.pop() if len(said) == 1 else Role.UNLABELLED


_CV: Final = re.compile(r"\b(c ?v|curriculum ?vitae|resume)\b")
_STATEMENT: Final = re.compile(r"\b((personal|supporting) ?)?statement\b")
_WORD_BOUNDARY: Final = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[\W_]+"
)


def label_in(words: str) -> Role:
    """Read a label in a file name or a title: `JaneDoeCV2.pdf`, `Résumé`, `My.CV.final.PDF`."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", words) if not _is_accent(c))
    text = _WORD_BOUNDARY.sub(" ", letters).casefold()
    match bool(_CV.search(text)), bool(_STATEMENT.search(text)):
        case True, True:
            return Role.COMBINED
        case True, False:
            return Role.CV
        case False, True:
            return Role.PERSONAL_STATEMENT
        case _:
            return Role.UNLABELLED


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _findings_by_document(documents: Sequence[Document]) -> Iterator[Finding]:
    cv = _first(Role.CV, documents)
    for position, document in enumerate(documents):
        for code in (document.inspection.problem, *_findings(document, cv, documents)):
            if code:
                yield Finding(code=code, document=position)


def _findings(
    document: Document, cv: Document | None, documents: Sequence[Document]
) -> Iterator[FindingCode]:
    """Find what is the matter with one document among the others (D2, D4)."""
    if _is_copy(document, cv):
        yield FindingCode.COPY_OF_CV
        return
    match label(document):
        case Role.CV if document is not cv:
            yield FindingCode.SECOND_CV
        case Role.PERSONAL_STATEMENT as role if document is not _first(role, documents):
            yield FindingCode.SECOND_STATEMENT
        case Role.COMBINED:
            yield FindingCode.COMBINED
        case Role.UNLABELLED:
            yield FindingCode.LABEL_UNCLEAR
        case _:
            pass
    if cv and document is not cv and _is_near(document.inspection, cv.inspection):
        yield FindingCode.NEAR_COPY_OF_CV


def _missing_parts(documents: Sequence[Document]) -> Iterator[Finding]:
    """Find each missing part (D1), unless a doubtful document may be that part."""
    cv = _first(Role.CV, documents)
    parts = {_part(document, cv) for document in documents}
    if parts & {Role.COMBINED, Role.UNLABELLED}:
        return
    if Role.CV not in parts:
        yield Finding(code=FindingCode.CV_MISSING)
    if Role.PERSONAL_STATEMENT not in parts:
        yield Finding(code=FindingCode.STATEMENT_MISSING)


def _part(document: Document, cv: Document | None) -> Role:
    """Take a copy of the CV for a CV, unless it stands where the statement should."""
    role = label(document)
    if role is not Role.PERSONAL_STATEMENT and _is_copy(document, cv):
        return Role.CV
    return role


def _first(role: Role, documents: Sequence[Document]) -> Document | None:
    return next((document for document in documents if label(document) is role), None)


_NOT_COMPARABLE: Final = frozenset({FindingCode.EMPTY, FindingCode.NOT_AS_SENT})


def _is_copy(document: Document, cv: Document | None) -> bool:
    """Tell whether a document is the CV again, by its bytes or by its words (D2)."""
    if cv is None or document is cv:
        return False
    if {document.inspection.problem, cv.inspection.problem} & _NOT_COMPARABLE:
        return False
    words = document.inspection.text_sha256
    return document.sha256 == cv.sha256 or (
        words is not None and words == cv.inspection.text_sha256
    )


def _is_near(one: Inspection, other: Inspection) -> bool:
    """Tell whether nearly all of the shorter text stands in the other one (D2)."""
    shorter = min(len(one.shingles), len(other.shingles))
    common = len(one.shingles & other.shingles)
    return shorter >= MIN_SHINGLES and common >= NEAR_COPY_CONTAINMENT * shorter

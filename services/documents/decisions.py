"""What a set of documents amounts to: in order, curable by the candidate, or for a person.

Nothing here rejects anybody (D8). Only the form of the documents is judged, never what they say
about the candidate (D5, D6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from services.documents.labels import label_in
from shared.contracts.applications import Role
from shared.contracts.checks import DocumentsOutcome, Finding, FindingCode
from shared.employers import CombinedDocument, EmployerTerms

MIN_SHINGLES: Final = 20  # shorter texts are too short to be called alike

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
        FindingCode.TRUNCATED,
        FindingCode.MACROS,
        FindingCode.TWO_FORMATS,
        FindingCode.BOMB,
        FindingCode.INFECTED,
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
        FindingCode.NOT_SCANNED,
    }
)
"""What only a person can answer; an employer may have `combined` judged otherwise (D4)."""


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


class Scan(StrEnum):
    """What the virus scanner said of a document."""

    OFF = "off"  # there is no scanner: an operator's decision
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"  # it could not tell, or its signatures are old
    UNREAD = "unread"  # the document was not read at all


@dataclass(frozen=True, slots=True)
class Document:
    """One submitted document: as what, under which name, and what was seen in it."""

    role: Role
    name: str = field(repr=False)  # personal data: file names carry people's names
    sha256: str
    inspection: Inspection
    scan: Scan = Scan.OFF


MISSING: Final = "missing"
"""The detail of a document that is not in the store, perhaps not yet (G17)."""


def is_missing(document: Document) -> bool:
    """Tell whether a document was not there to be read."""
    return document.scan is Scan.UNREAD and document.inspection.detail == MISSING


def may_be_opened(document: Document) -> bool:
    """Tell whether a person may open a document: only if nothing speaks against it."""
    is_scanned = document.scan in {Scan.OFF, Scan.CLEAN}
    return is_scanned and document.inspection.problem in {None, FindingCode.NO_TEXT}


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


class Cure(StrEnum):
    """Who can put a finding right (D8)."""

    CANDIDATE = "candidate"  # by sending the documents again until closing
    PERSON = "person"  # by looking at it
    NOBODY = "nobody"  # nothing has to be put right


def cure_of(code: FindingCode, terms: EmployerTerms) -> Cure:
    """Keep apart what the candidate can cure and what only a person can answer."""
    if code is FindingCode.COMBINED and terms.combined_document is CombinedDocument.RETURN:
        return Cure.CANDIDATE
    if code in FAULTS:
        return Cure.CANDIDATE
    return Cure.PERSON if code in DOUBTS else Cure.NOBODY


def judge(documents: Sequence[Document], terms: EmployerTerms) -> Verdict:
    """Judge one version of an application's documents, in the order they were submitted.

    A fault outweighs a doubt: the candidate can cure it in time, the documents that replace these
    are judged afresh, and whatever is still faulty at closing goes to a person anyway. A fault
    that a doubt might explain away is not found: an unlabelled document may be the missing part.
    """
    findings = (*_findings_by_document(documents, terms), *_missing_parts(documents, terms))
    cures = {cure_of(finding.code, terms) for finding in findings}
    if Cure.CANDIDATE in cures:
        return Faulty(findings)
    if Cure.PERSON in cures:
        return Unclear(findings)
    return Complete(findings)


def label(document: Document) -> Role:
    """Decide what a document is from the role field, its name and its title (D4).

    `UNLABELLED` if they say nothing or contradict each other: nobody guesses.
    """
    said = {*labels(document).values()} - {Role.UNLABELLED}
    return said.pop() if len(said) == 1 else Role.UNLABELLED


def labels(document: Document) -> dict[str, Role]:
    """List what each of the three sources calls a document (D4)."""
    return {
        "uploaded as": document.role,
        "file name": label_in(document.name),
        "first page": document.inspection.title,
    }


def _findings_by_document(
    documents: Sequence[Document], terms: EmployerTerms
) -> Iterator[Finding]:
    for position, document in enumerate(documents):
        seen = (_SCAN_FINDINGS.get(document.scan), document.inspection.problem)
        for code in (*filter(None, seen), *_findings(document, documents, terms)):
            yield Finding(code=code, document=position)


_SCAN_FINDINGS: Final = {
    Scan.INFECTED: FindingCode.INFECTED,
    Scan.NOT_SCANNED: FindingCode.NOT_SCANNED,
}


def _findings(
    document: Document, documents: Sequence[Document], terms: EmployerTerms
) -> Iterator[FindingCode]:
    """Find what is the matter with one document among the others (D2, D4)."""
    cv = _first(Role.CV, documents, terms)
    if _is_copy(document, cv):
        yield FindingCode.COPY_OF_CV
        return
    parts = _parts(document, terms)
    if not parts:
        is_both = label(document) is Role.COMBINED
        yield FindingCode.COMBINED if is_both else FindingCode.LABEL_UNCLEAR
    if Role.CV in parts and document is not cv:
        yield FindingCode.SECOND_CV
    statement = Role.PERSONAL_STATEMENT
    if statement in parts and document is not _first(statement, documents, terms):
        yield FindingCode.SECOND_STATEMENT
    if cv and document is not cv and _is_near(document.inspection, cv.inspection, terms):
        yield FindingCode.NEAR_COPY_OF_CV


def _missing_parts(documents: Sequence[Document], terms: EmployerTerms) -> Iterator[Finding]:
    """Find each missing part (D1), unless a doubtful document may be that part."""
    cv = _first(Role.CV, documents, terms)
    parts: set[Role] = set()
    for document in documents:
        if _is_copy(document, cv):  # one CV too many, unless it stands where the statement should
            parts |= {Role.PERSONAL_STATEMENT} & {*labels(document).values()}
        elif its_parts := _parts(document, terms):
            parts |= its_parts
        else:
            return
    if Role.CV not in parts:
        yield Finding(code=FindingCode.CV_MISSING)
    if Role.PERSONAL_STATEMENT not in parts:
        yield Finding(code=FindingCode.STATEMENT_MISSING)


def _parts(document: Document, terms: EmployerTerms) -> frozenset[Role]:
    """List what a document counts as (D1); one labelled as both may count as both (D4)."""
    match label(document):
        case Role.COMBINED if terms.combined_document is CombinedDocument.ACCEPT:
            return frozenset({Role.CV, Role.PERSONAL_STATEMENT})
        case Role.COMBINED | Role.UNLABELLED:
            return frozenset()
        case role:
            return frozenset({role})


def _first(role: Role, documents: Sequence[Document], terms: EmployerTerms) -> Document | None:
    return next((document for document in documents if role in _parts(document, terms)), None)


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


def _is_near(one: Inspection, other: Inspection, terms: EmployerTerms) -> bool:
    """Tell whether nearly all of the shorter text stands in the other one (D2)."""
    shorter = min(len(one.shingles), len(other.shingles))
    common = len(one.shingles & other.shingles)
    return shorter >= MIN_SHINGLES and 100 * common >= terms.near_copy_percent * shorter

"""Documents as the documents service judges them: readable, unless the test says otherwise."""

from services.documents import decisions
from services.documents.decisions import Document, Inspection, Kind
from shared.contracts.applications import Role
from shared.employers import EmployerTerms

WORDS = frozenset(range(100))


def a_document(role=Role.CV, name="upload.pdf", *, sha256=None, problem=None, **seen):
    """Build a readable document with words of its own, unless the test says otherwise."""
    words = sha256 or f"{role} {name}"
    if problem is None:
        seen = {"text_sha256": f"words of {words}"} | seen
    inspection = Inspection(Kind.PDF, problem, **seen)
    return Document(role, name, words, inspection)


CV = a_document(Role.CV)
STATEMENT = a_document(Role.PERSONAL_STATEMENT)
UNLABELLED = a_document(Role.UNLABELLED)


TERMS = EmployerTerms(name="An employer")


def judge(documents, terms=TERMS):
    return decisions.judge(documents, terms)


def codes(*documents, terms=TERMS):
    return {(finding.code.value, finding.document) for finding in judge(documents, terms).findings}

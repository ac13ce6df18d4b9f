"""The documents and formats that an advert asks for; every vacancy is checked for the same."""

import re
from dataclasses import dataclass
from typing import Final

from services.vacancies.reading.result import Finding
from services.vacancies.reading.text import Text

_DOCUMENTS: Final = {
    "CV": r"CVs?\b|curriculum\s+vitae|r\u00e9sum\u00e9",
    "personal statement": r"(?:personal|supporting)\s+statement",
    "application form": r"application\s+form",
    "covering letter": r"cover(?:ing)?\s+letter",
    "portfolio": r"portfolio\s+of\s+(?:work|evidence)",
    "references": r"(?:two|names\s+of)\s+re(?:ferees|ferences)",
}
_FORMATS: Final = {
    "PDF": r"PDF\b",
    "Word": r"(?:Microsoft\s+|MS\s+)?Word\b|\.docx?\b",
    "ODT": r"\.?odt\b|OpenDocument",
    "RTF": r"\.?rtf\b",
    "image": r"\.?jpe?g\b|\.?png\b",
}
_ASKS: Final = re.compile(
    r"\b(?:requires?|submit\w*|attach\w*|upload\w*|provide|include|send|need|saved?|enclose"
    r"|consists?\s+of|apply\s+with|format\w*|documents?)\b",
    re.IGNORECASE,
)
_CHECKED: Final = {"CV", "personal statement", "application form"}
_ACCEPTED: Final = {"PDF", "Word"}


@dataclass(frozen=True, slots=True)
class Papers:
    """What is asked for and in which formats, with the sentences that say so."""

    documents: tuple[str, ...]
    formats: tuple[str, ...]
    phrase: str
    findings: tuple[Finding, ...]


def read_papers(text: Text) -> Papers:
    """Read what an applicant has to send; where that differs from what we check is a finding."""
    asking = [sentence for sentence in text.sentences if _ASKS.search(sentence.text)]
    documents: dict[str, None] = {}
    formats: dict[str, None] = {}
    phrases: dict[str, None] = {}
    for sentence in asking:
        here = _named(_DOCUMENTS, sentence.text)
        forms = _named(_FORMATS, sentence.text) if here or "document" in sentence.text else []
        documents |= dict.fromkeys(here)
        formats |= dict.fromkeys(forms)
        if here or forms:
            phrases[text.phrase(sentence)] = None
    phrase = "; ".join(phrases)
    findings = []
    if documents and documents.keys() != _CHECKED:
        named = ", ".join(documents)
        detail = f"it asks for {named}; checked are CV, personal statement and application form"
        findings.append(Finding("other_documents", detail, phrase))
    if formats.keys() - _ACCEPTED:
        detail = f"it names {', '.join(formats)}; accepted are PDF and Word"
        findings.append(Finding("other_formats", detail, phrase))
    return Papers(tuple(documents), tuple(formats), phrase, tuple(findings))


def _named(names: dict[str, str], sentence: str) -> list[str]:
    return [
        name
        for name, form in names.items()
        if re.search(rf"(?<!\w)(?:{form})", sentence, re.IGNORECASE)
    ]

"""What is kept of a document's text: its label, a hash, and hashes of its five-word runs."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b, sha256
from typing import Final

from services.documents.decisions import Inspection, Kind
from services.documents.labels import label_in
from shared.contracts.applications import Role
from shared.contracts.checks import FindingCode

MAX_TEXT_CHARACTERS: Final = 1_000_000
MAX_SHINGLES: Final = 3_000
_MIN_WORDS: Final = 10  # a scan has none, or on each page those of the scanning program (D5)
_WORDS_A_SHINGLE: Final = 5
_MAX_TITLE_CHARACTERS: Final = (60, 60, 17, 17, 17, 17)  # of the first lines; longer is a sentence


def describe(kind: Kind, text: str) -> Inspection:
    """Describe a readable document.

    Compared are letters and digits only: between a PDF and a Word file of the same words,
    line breaks, hyphens, bullets and ligatures differ.
    """
    text = text[:MAX_TEXT_CHARACTERS]
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    if len(set(words)) < _MIN_WORDS:
        return Inspection(kind, FindingCode.NO_TEXT, "few_words", _title(text))
    return Inspection(
        kind=kind,
        title=_title(text),
        text_sha256=sha256("".join(words).encode()).hexdigest(),
        shingles=_shingles(words),
    )


def _shingles(words: Sequence[str]) -> frozenset[int]:
    runs = range(min(len(words) - _WORDS_A_SHINGLE + 1, MAX_SHINGLES))
    return frozenset(
        int.from_bytes(
            blake2b(" ".join(words[at : at + _WORDS_A_SHINGLE]).encode(), digest_size=6).digest()
        )
        for at in runs
    )


def _title(text: str) -> Role:
    """Read what the first page calls the document (D4): mostly its first line does.

    Below a name only "CV" counts, for "Personal statement" heads a part of many a CV; and below
    an address as well it must be all that the line says.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [
        label_in(line) if len(line) <= most else Role.UNLABELLED
        for line, most in zip(lines, _MAX_TITLE_CHARACTERS, strict=False)
    ]
    if not said or len(lines[0]) > _MAX_TITLE_CHARACTERS[0]:
        return Role.UNLABELLED
    first, *below = said
    return Role.CV if first is Role.UNLABELLED and Role.CV in below else first

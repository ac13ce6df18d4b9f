"""What is kept of a document's text: its label, a hash, and hashes of its five-word runs."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b, sha256
from itertools import islice
from typing import Final

from services.documents.decisions import Inspection, Kind, label_in
from shared.contracts.applications import (
    Role,
)
from shared.contracts.checks import (
    FindingCode,
)

MAX_TEXT_CHARACTERS: Final = 1_000_000
MAX_SHINGLES: Final = 3_000
_MIN_WORDS: Final = 10  # a scan has none, or those of the scanning program (D5)
_WORDS_A_SHINGLE: Final = 5
_MAX_TITLE_CHARACTERS: Final = 60  # a longer line is a sentence


def describe(kind: Kind, text: str) -> Inspection:
    """Describe a readable document.

    Compared are letters and digits only: between a PDF and a Word file of the same words,
    line breaks, hyphens, bullets and ligatures differ.
    """
    text = text[:MAX_TEXT_CHARACTERS]
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    if len(words) < _MIN_WORDS:
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
    """Read what the first line calls the document (D4).

    In the second line only "CV" counts: below a name, "Personal statement" heads a part of a CV.
    """
    lines = list(islice((line.strip() for line in text.splitlines() if line.strip()), 2))
    if not lines or len(lines[0]) > _MAX_TITLE_CHARACTERS:
        return Role.UNLABELLED
    first, *rest = (label_in(line) for line in lines if len(line) <= _MAX_TITLE_CHARACTERS)
    if first is Role.UNLABELLED and Role.CV in rest:
        return Role.CV
    return first

"""What a file name or a title calls a document (D4)."""

import re
import unicodedata
from typing import Final

from shared.contracts.applications import Role

_CV: Final = re.compile(r"\b(c ?v|curriculum ?vitae|resume)\b")
_STATEMENT: Final = re.compile(
    r"(?<!\bbank )\bstatement\b(?! of (result|attainment|achievement|account|service|mark)s?\b)"
)
_WORD_BOUNDARY: Final = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|[\W_]+"
)


def label_in(words: str) -> Role:
    """Read a label in a file name or a title: `JaneDoeCV2.pdf`, `Résumé`, `My.CV.final.PDF`.

    A statement of results heads a certificate, and a bank's may prove an address.
    """
    letters = (c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    text = _WORD_BOUNDARY.sub(" ", "".join(letters)).casefold()
    match bool(_CV.search(text)), bool(_STATEMENT.search(text)):
        case True, True:
            return Role.COMBINED
        case True, False:
            return Role.CV
        case False, True:
            return Role.PERSONAL_STATEMENT
        case _:
            return Role.UNLABELLED

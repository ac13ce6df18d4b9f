"""Who must be told what in the whole pipeline, and who really was."""

from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Final

from shared.contracts.applications import Stage

RECEIVED: Final = "We have received your application"
CHECK: Final = "Please check your documents"
_TOLD: Final = {  # what the subjects begin with
    Stage.READY_FOR_REVIEW: (RECEIVED,),
    Stage.DOCUMENTS_NEEDED: (RECEIVED, CHECK),
}

Letters = Counter[tuple[str, str]]  # of an application, about what


def due(expected: Mapping[str, Stage]) -> Letters:
    """Return what must be told: who forgot a document two things, all others one."""
    return Counter((name, about) for name, stage in expected.items() for about in _TOLD[stage])


def told(mails: Path) -> Letters:
    """Read who was really told what."""
    return Counter(read(message_from_bytes(p.read_bytes())) for p in mails.glob("*.eml"))


def read(letter: Message) -> tuple[str, str]:
    """Read whom a letter was delivered to, and what it is about."""
    return str(letter["Delivered-To"]).partition("@")[0], str(letter["Subject"]).partition(":")[0]


def kinds(letters: Letters) -> dict[str, int]:
    """Count by what they are about, as a mismatch names no candidate."""
    return dict(Counter(about for _, about in letters.elements()))
